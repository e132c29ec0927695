import type { OptionsOf } from "../../card.ts";
import { UserError } from "../../errors.ts";
import type { OpenDataset } from "../dataset.ts";
import { captionFields } from "../files/caption-fields.ts";
import { fieldsOf } from "../files/fields.ts";
import { readLines } from "../files/lines.ts";
import { fileNames, folderHint, openCaptions } from "../files/open-captions.ts";
import type { jsonl } from "./jsonl.card.ts";

/** Images with captions in JSON lines; empty lines are passed over. */
export const openJsonl: OpenDataset<OptionsOf<typeof jsonl>> = (options, splits, context) => {
  const names = fileNames(options.images, (at) => `line ${at}`);
  const fields = captionFields(options.columns);
  return openCaptions(options.annotations, splits, context, {
    names,
    imageHint: folderHint,
    read: (file, add) =>
      readLines(file, (line, at) => {
        if (line.trim() === "") return;
        const origin = () => names.origin(file, at);
        add(fields(fieldsOf(parseLine(line, origin), origin), origin), at);
      }),
  });
};

function parseLine(line: string, origin: () => string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const isWhole = line.trimStart().startsWith("[");
    const hint = isWhole
      ? "a file that is one JSON list is read with `from karpathy`"
      : "each line must be one JSON object: mend the line, or take it out";
    throw new UserError(`${origin()} is not JSON: ${(cause as Error).message}`, hint, { cause });
  }
}
