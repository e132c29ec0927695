import { indexError } from "../../../tensor/errors.ts";
import type { Tensor } from "../../../tensor/index.ts";
import type { TorchCore } from "../core.ts";

/**
 * Requires int32 indices to lie in 0 … length − 1 or to be `except`. On a GPU reading them would wait for all work
 * before; libtorch's own check ends the process there.
 */
export function expectIndices(
  core: TorchCore,
  op: string,
  indices: Tensor,
  length: number,
  except = 0,
): void {
  if (core.device !== "cpu") return;
  const place = core.binding.firstOutside(core.at(indices), length, except);
  if (place < 0) return;
  const elements = new Int32Array(indices.size);
  core.binding.readInto(core.at(indices), elements);
  throw indexError(op, elements[place] as number, place, length);
}
