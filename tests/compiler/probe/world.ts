import { type Probed, probeRecipes, type World } from "../../../compiler/probe/index.ts";
import { blipCaptionSize } from "../../../runtime/models/blip/caption.size.card.ts";
import { tiny } from "../../runtime/models/blip/sizes.ts";
import { checkText } from "../marked.ts";

/** The tensors of `blip_caption.tiny` with BERT's vocabulary, as a checkpoint has them. */
export const tinyTensors: ReadonlyMap<string, { readonly shape: readonly number[] }> = new Map(
  blipCaptionSize(tiny, 30_524)
    .flatMap(({ tensors }) => tensors)
    .map(({ name, shape }) => [name, { shape }]),
);

/** A world in which what recipes name by default is there: every path but those that say `missing`. */
function worldOf(changes: Partial<World> = {}): World {
  const path = (named: string) => named.replace(/^cache:/, "/cache/");
  return {
    path,
    kindOf: (file) => {
      if (file.includes("missing")) return undefined;
      return /\.\w+$/.test(file) ? "file" : "folder";
    },
    md5: async () => "0cc175b9c0f1b6a831c399e269772661",
    vocabulary: () => undefined,
    tensors: () => tinyTensors,
    tensorsOfCheckpoint: () => tinyTensors,
    disk: async (folder) => ({ folder, free: 1e12 }),
    whyNotWritable: () => undefined,
    engines: async () => [
      { name: "torch", isUsable: true, devices: ["cpu"] },
      { name: "tfjs-node", isUsable: false, reason: "not installed" },
      { name: "tfjs-node-gpu", isUsable: false, reason: "not installed" },
      { name: "wasm", isUsable: true, devices: ["cpu"] },
    ],
    ...changes,
  };
}

/** What the probes find about a recipe, and the marked places of its text. */
export async function probed(
  marked: string,
  changes: Partial<World> = {},
  files: Readonly<Record<string, string>> = {},
) {
  const { partial, spans, diagnostics } = checkText(marked, { files });
  const found: readonly Probed[] = await probeRecipes(partial, worldOf(changes));
  return { found: found.map(({ diagnostic }) => diagnostic), spans, checked: diagnostics };
}

/** The findings as lines. */
export async function findings(...given: Parameters<typeof probed>): Promise<string[]> {
  return (await probed(...given)).found.map(({ code, message }) => `${code} ${message}`);
}
