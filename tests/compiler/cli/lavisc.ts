import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { main } from "../../../compiler/cli/main.ts";
import type { Terminal } from "../../../compiler/cli/terminal.ts";

/** What a command did. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** A folder with files, which goes when the test has finished, and `lavisc` in it; `around` is what its terminal has differently. */
export function workspace(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "lavisc-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const lavisc = async (
    argv: readonly string[],
    input = "",
    around: Partial<Terminal> = {},
  ): Promise<Outcome> => {
    let [out, error] = ["", ""];
    const code = await main(argv, {
      workingFolder: folder,
      environment: {},
      stdoutIsTerminal: false,
      stderrIsTerminal: false,
      out: (text) => {
        out += text;
      },
      error: (text) => {
        error += text;
      },
      readInput: async () => input,
      stdinIsTerminal: false,
      ask: async () => undefined,
      interrupted: () => new Promise(() => {}),
      ...around,
    });
    return { code, out, error };
  };
  return { folder, lavisc };
}

/** A recipe without mistakes. */
export const goodRecipe = `lavis 1

/// Highest learning rate.
param peak_lr: number = 2e-5

recipe emoji {
  task captioning
  model blip_caption.tiny
  dataset emoji_caption
  schedule linear_warmup_cosine_lr {
    init_lr = peak_lr
    max_epoch = 1
  }
  run { device = cpu }
}
`;

/** The same with an unknown option. */
export const badRecipe = goodRecipe.replace("max_epoch = 1", "max_epohc = 1");
