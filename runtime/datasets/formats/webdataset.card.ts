import { block, defineCard, mapOf, string } from "../../card.ts";
import { captionedFields, ownData } from "./options.card.ts";

/** Tar archives in which the files of a sample share a name (https://github.com/webdataset/webdataset). */
export const webdataset = defineCard({
  kind: "format",
  name: "webdataset",
  doc: "Tar archives (shards) in which the files of a sample share a name: `000.jpg` with `000.txt` or `000.json`. Images are read from where they lie in the archives.",
  options: {
    columns: block(
      {
        image: string({
          doc: "Extensions of the image, the first that a sample has; `;` stands between them.",
          default: { value: "jpg;jpeg;png;webp" },
        }),
        caption: string({
          doc: 'Extension of the file with the caption, such as `"txt"`, or `"json.caption"` for a field of the `.json`; none where the data has images only.',
          nullable: true,
          default: { value: "txt" },
        }),
        image_id: string({
          doc: 'What names the image in results, as `caption` does: `"json.uid"`; none is the shard with the sample\'s name.',
          nullable: true,
          default: { value: null },
        }),
        instance_id: string({
          doc: "What names the sample, as `caption` does; none counts the samples.",
          nullable: true,
          default: { value: null },
        }),
      },
      { doc: "Which file of a sample, or field of its `.json`, holds what." },
    ),
    fields: mapOf(string({ doc: "The extension, or field of the `.json`." }), {
      doc: 'What samples carry besides, by the name under which model and task read it, as `caption` has it: `fields { price = "json.price" }`.',
      default: { value: {} },
    }),
    ...ownData('a `.tar`, a folder of them, a range such as `"shard-{000..015}.tar"`, or a list of these.'),
  },
  extension: ".tar",
  isSharded: true,
  provides: captionedFields,
  references: ["text_input"],
});
