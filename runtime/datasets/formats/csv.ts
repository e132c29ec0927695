import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import type { OptionsOf } from "../../card.ts";
import { UserError } from "../../errors.ts";
import type { OpenDataset } from "../dataset.ts";
import { captionFields } from "../files/caption-fields.ts";
import type { Fields } from "../files/fields.ts";
import { readWholeLines } from "../files/lines.ts";
import { fileNames, folderHint, openCaptions } from "../files/open-captions.ts";
import type { csv } from "./csv.card.ts";

const delimiters = { comma: ",", semicolon: ";", tab: "\t" } as const;

/** Images with captions in a table whose first line names the columns; a row's number is the line that it ends on. */
export const openCsv: OpenDataset<OptionsOf<typeof csv>> = (options, splits, context) => {
  const names = fileNames(options.images, (at) => `line ${at}`);
  const fields = captionFields(options.columns, options);
  return openCaptions(options.annotations, splits, context, {
    names,
    imageHint: folderHint,
    read: (file, add) =>
      readCsv(file, delimiters[options.delimiter], (row, at) =>
        add(
          fields(row, () => names.origin(file, at)),
          at,
        ),
      ),
  });
};

/** A row with the line that it ends on, as csv-parse gives it. */
interface Parsed {
  readonly record: Fields;
  readonly info: { readonly lines: number };
}

/** Gives each row below the header to `take`. @throws UserError that names the line at fault */
async function readCsv(
  file: string,
  delimiter: string,
  take: (row: Fields, line: number) => void,
): Promise<void> {
  const parser = parse({ columns: true, info: true, bom: true, skip_empty_lines: true, delimiter });
  try {
    await pipeline(readWholeLines(file), parser, async (rows: AsyncIterable<Parsed>) => {
      for await (const { record, info } of rows) take(record, info.lines);
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines } = cause as CsvError & { readonly lines?: number };
    throw new UserError(
      `${file}${lines === undefined ? "" : ` line ${lines}`} is not CSV: ${cause.message}`,
      'put fields with commas, quotes or line breaks into quotes, and write a quote in them twice: "a ""red"" kettle"',
      { cause },
    );
  }
}
