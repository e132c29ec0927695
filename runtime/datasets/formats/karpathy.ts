import type { OptionsOf } from "../../card.ts";
import { UserError } from "../../errors.ts";
import type { OpenDataset } from "../dataset.ts";
import { captionFields } from "../files/caption-fields.ts";
import { fieldsOf } from "../files/fields.ts";
import { type JsonItem, readJsonItems } from "../files/json-items.ts";
import { fileNames, folderHint, openCaptions } from "../files/open-captions.ts";
import type { karpathy } from "./karpathy.card.ts";

/** The field that LAVIS's rows have their ids in. */
const standardId = "image_id";

/** Images with captions in one JSON list, as LAVIS's caption annotations are. */
export const openKarpathy: OpenDataset<OptionsOf<typeof karpathy>> = (options, splits, context) => {
  const { image_id } = options.columns;
  const names = fileNames(options.images, (at) => `row ${at}`);
  const fields = captionFields(options.columns, options);
  return openCaptions(options.annotations, splits, context, {
    names,
    // Rows have `image_id` or not, unless a recipe says so.
    ids: { ...options.columns, image_id: image_id === standardId ? null : image_id },
    imageHint: folderHint,
    read: (file, add) =>
      readList(file, ({ value, index }) => {
        const origin = () => names.origin(file, index);
        add(fields(fieldsOf(value, origin), origin), index);
      }),
  });
};

/** The rows of a file that is a JSON list. @throws UserError where it is an object */
export async function readList(file: string, take: (item: JsonItem) => void): Promise<void> {
  const { form, keys } = await readJsonItems(file, [], take);
  if (form === "list") return;
  const isCoco = keys.includes("images") && keys.includes("annotations");
  const hint = isCoco
    ? "COCO's own files are read with `from coco_captions`"
    : "give a list of rows: [{…}, {…}]";
  throw new UserError(
    `${file} is not a list of rows, but an object with ${keys.join(", ") || "no keys"}`,
    hint,
  );
}
