import type { Range, TextEdit } from "vscode-languageserver";
import { type Analysis, analyse } from "../../../compiler/lsp/analysis.ts";
import { spanOf } from "../../../compiler/lsp/text.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import { applyEdits, SourceText } from "../../../grammar/index.ts";

/** The cursor in a text of a test. */
const cursor = "▮";

export interface Edited {
  readonly analysis: Analysis;
  readonly source: SourceText;
  readonly text: string;
  /** Where the `▮` was. */
  readonly offset: number;
}

/** Analyses a text with a `▮` for the cursor as the file `/r.lavis`, among other files. */
export function edited(marked: string, files: Readonly<Record<string, string>> = {}): Edited {
  const offset = Math.max(0, marked.indexOf(cursor));
  const text = marked.replace(cursor, "");
  const analysis = analyse(memoryHost({ ...files, "/r.lavis": text }), "/r.lavis");
  if (!analysis) throw new Error("/r.lavis cannot be read");
  return { analysis, source: analysis.source, text, offset };
}

/** A text after edits of the protocol. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  const source = new SourceText(text);
  return applyEdits(
    text,
    edits.map(({ range, newText }) => ({ span: spanOf(source, range), text: newText })),
  );
}

/** What stands in a range of a text. */
export const textIn = (text: string, range: Range): string => {
  const source = new SourceText(text);
  return source.slice(spanOf(source, range));
};

/** A recipe without mistakes, with most of what the language has. */
export const whole = `lavis 1

import { data_root, quick } from "common.lavis"

/// Highest learning rate.
param peak_lr: number = 2e-5

let name = "emoji"

recipe base {
  task captioning { max_len = 30tokens }
  model blip_caption.tiny { image_size = 64px }
  run { device = cpu }
}

/// Trains a captioner.
recipe emoji extends base {
  dataset emoji_caption {
    build_info { images = data_root / "images" }
    vis_processor {
      train = blip_image_train(min_scale = 0.5)
    }
  }
  schedule linear_warmup_cosine_lr {
    init_lr = peak_lr
    max_epoch = 3
  }
  run {
    use quick
    output_dir = "output/\${name}"
    train_splits = [train, val]
  }
}
`;

export const commonFile = `/// Where the data is.
let data_root = file("data")

fragment quick for run {
  seed = 7
}
`;
