import { defineCard } from "../../card.ts";
import { captionColumns, captionedFields, furtherFields, imageFolder, ownData } from "./options.card.ts";

/** JSON lines: one object on each line. */
export const jsonl = defineCard({
  kind: "format",
  name: "jsonl",
  doc: 'JSON lines: an object on each line, such as `{"image": "1.jpg", "caption": "a red kettle"}`. Files of any length are read line by line.',
  options: {
    images: imageFolder,
    columns: captionColumns(null),
    fields: furtherFields,
    ...ownData("a `.jsonl` file, or a list of them."),
  },
  extension: ".jsonl",
  provides: captionedFields,
  references: ["text_input"],
});
