import { ByteFile } from "./file.ts";
import { openPth } from "./pth.ts";
import { openSafetensors } from "./safetensors.ts";
import type { WeightSource } from "./source.ts";

/**
 * Opens a file of weights, safetensors or PyTorch (zip or legacy), told apart by its content.
 * The caller closes it.
 * @throws UserError when it cannot be opened or is damaged; says what and where.
 */
export function openWeights(path: string): WeightSource {
  return isPth(path) ? openPth(path) : openSafetensors(path);
}

/** A zip archive, or a pickle of protocol 2 and up (0x80): as a safetensors length 0x80 is followed by zeros. */
function isPth(path: string): boolean {
  const file = new ByteFile(path);
  try {
    const [a, b, c, d] = file.read(0, Math.min(4, file.size), "the first bytes");
    return (
      (a === 0x50 && b === 0x4b && c === 3 && d === 4) || (a === 0x80 && b! >= 2 && b! <= 5 && c === 0x8a)
    );
  } finally {
    file.close();
  }
}
