import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import type { OptionsOf } from "../../card.ts";
import { UserError } from "../../errors.ts";
import type { OpenDataset } from "../dataset.ts";
import { captionFields } from "../files/caption-fields.ts";
import type { Fields } from "../files/fields.ts";
import { readWholeLines } from "../files/lines.ts";
import { fileNames, folderHint, openCaptions } from "../files/open-captions.ts";
import { checkColumns, namedColumns, type TableColumn } from "../files/table-columns.ts";
import type { csv } from "./csv.card.ts";

const delimiters = { comma: ",", semicolon: ";", tab: "\t" } as const;
type Delimiter = keyof typeof delimiters;

/** Images with captions in a table whose first line names the columns; a row's number is the line that it ends on. */
export const openCsv: OpenDataset<OptionsOf<typeof csv>> = (options, splits, context) => {
  const names = fileNames(options.images, (at) => `line ${at}`);
  const fields = captionFields(options.columns, options);
  const named = namedColumns(options);
  return openCaptions(options.annotations, splits, context, {
    names,
    ids: options.columns,
    imageHint: folderHint,
    read: (file, add) =>
      readCsv(file, options.delimiter, named, (row, at) =>
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

/** Gives each row below the header to `take`. @throws UserError that names the line or column at fault */
async function readCsv(
  file: string,
  delimiter: Delimiter,
  named: readonly TableColumn[],
  take: (row: Fields, line: number) => void,
): Promise<void> {
  let hasHeader = false;
  const columns = (header: readonly string[]) => {
    hasHeader = true;
    checkColumns(file, header, named, (name) => otherDelimiter(header, delimiter, name));
    return [...header];
  };
  const options = { info: true, bom: true, skip_empty_lines: true, delimiter: delimiters[delimiter] };
  const parser = parse({ ...options, columns });
  try {
    await pipeline(readWholeLines(file), parser, async (rows: AsyncIterable<Parsed>) => {
      for await (const { record, info } of rows) take(record, info.lines);
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines } = cause as CsvError & { readonly lines?: number };
    throw new UserError(
      `${file}${lines === undefined ? "" : ` line ${lines}`} is not CSV: ${cause.message}`,
      hasHeader
        ? 'put fields with commas, quotes or line breaks into quotes, and write a quote in them twice: "a ""red"" kettle"'
        : `its first line must name the columns, with a ${delimiter} between them: delimiter = … says if something else stands there`,
      { cause },
    );
  }
}

/** How to mend a header that was taken apart at the wrong places; undefined where it was not. */
function otherDelimiter(header: readonly string[], delimiter: Delimiter, name: string): string | undefined {
  const line = header.join(delimiters[delimiter]);
  if (line.startsWith("sep=")) return `take out its first line, ${line}, which only spreadsheets read`;
  for (const [other, character] of Object.entries(delimiters)) {
    const columns = line.split(character);
    const isMeant = columns.includes(name) || (header.length === 1 && columns.length > 1);
    if (other !== delimiter && isMeant)
      return `its columns are not parted by a ${delimiter}: write delimiter = ${other}`;
  }
  return undefined;
}
