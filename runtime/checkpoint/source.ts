import type { StoredShape, StoredTensor } from "./dtype.ts";

/** Named tensors of an opened file, whatever its format; values are read one tensor at a time. */
export interface WeightSource {
  readonly path: string;
  readonly format: "safetensors" | "PyTorch zip" | "PyTorch legacy";
  /** Names in the file's order, with types and shapes, known without reading any values. */
  readonly tensors: ReadonlyMap<string, StoredShape>;
  /** Entries beside the tensors that hold none, such as a step count. */
  readonly ignored: readonly string[];
  /** Reads one tensor. @throws UserError when the file lacks or cannot give it. */
  read(name: string): StoredTensor;
  close(): void;
}
