import { defineCard, oneOf } from "../../card.ts";
import { captionColumns, captionedFields, furtherFields, imageFolder, ownData } from "./options.card.ts";

/** Comma-separated values with a header (RFC 4180). */
export const csv = defineCard({
  kind: "format",
  name: "csv",
  doc: "A table as text, as spreadsheets export it: the first line names the columns, a caption with a comma stands in quotes. Rows of one image are its captions.",
  options: {
    images: imageFolder,
    columns: captionColumns(null),
    fields: furtherFields,
    delimiter: oneOf(["comma", "semicolon", "tab"], {
      doc: "What stands between the columns.",
      default: { value: "comma" },
    }),
    ...ownData("a `.csv` file, or a list of them."),
  },
  extension: ".csv",
  provides: captionedFields,
  references: ["text_input"],
});
