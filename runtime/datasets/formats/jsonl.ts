import type { OptionsOf } from "../../card.ts";
import type { OpenDataset } from "../dataset.ts";
import { captionFields } from "../files/caption-fields.ts";
import { fieldsOf } from "../files/fields.ts";
import { readJsonLines } from "../files/json-lines.ts";
import { fileNames, folderHint, openCaptions } from "../files/open-captions.ts";
import type { jsonl } from "./jsonl.card.ts";

/** Images with captions in JSON lines; empty lines are passed over. */
export const openJsonl: OpenDataset<OptionsOf<typeof jsonl>> = (options, splits, context) => {
  const names = fileNames(options.images, (at) => `line ${at}`);
  const fields = captionFields(options.columns, options);
  return openCaptions(options.annotations, splits, context, {
    names,
    ids: options.columns,
    imageHint: folderHint,
    read: (file, add) =>
      readJsonLines(file, (value, at) => {
        const origin = () => names.origin(file, at);
        add(fields(fieldsOf(value, origin), origin), at);
      }),
  });
};
