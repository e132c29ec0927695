import type { Engine, Operand } from "./engine.ts";
import { DTypeError, formatTensor, TensorError } from "./errors.ts";
import { type DType, Tensor } from "./tensor.ts";

/** Requires that all tensors belong to one engine and are alive, and returns that engine. */
export function engineOf(op: string, first: Tensor, ...others: readonly (Tensor | undefined)[]): Engine {
  expectAlive(op, first);
  for (const other of others) {
    if (other === undefined) continue;
    expectAlive(op, other);
    if (other.engine !== first.engine) {
      throw new TensorError(
        op,
        `arguments belong to two engines (${first.engine.name} and ${other.engine.name}); ` +
          "read the values of one and make a tensor of them on the other",
      );
    }
  }
  return first.engine;
}

function expectAlive(op: string, x: Tensor): void {
  if (x.isDisposed) {
    throw new TensorError(
      op,
      `an argument (${formatTensor(x)}) was disposed, by dispose() or its scope's end`,
    );
  }
}

/** The tensor that says engine and dtype for an op between tensors and numbers. */
export function leadingTensor(op: string, a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor) return a;
  if (b instanceof Tensor) return b;
  throw new TensorError(op, `both arguments are numbers (${a} and ${b}); at least one must be a tensor`);
}

/** Requires both operands to have one dtype among `allowed`; a number must be exact in it. */
export function expectOperands(op: string, a: Operand, b: Operand, allowed: readonly DType[]): DType {
  const { dtype } = leadingTensor(op, a, b);
  if (!allowed.includes(dtype)) {
    throw new DTypeError(op, `arguments are ${dtype}, expected ${allowed.join(" or ")}; cast them first`);
  }
  for (const operand of [a, b]) {
    if (operand instanceof Tensor) {
      if (operand.dtype !== dtype) {
        const types = `${(a as Tensor).dtype} and ${(b as Tensor).dtype}`;
        throw new DTypeError(op, `arguments have dtypes ${types}; cast one of them first`);
      }
    } else if (dtype === "int32" && operand !== (operand | 0)) {
      throw new DTypeError(
        op,
        `${operand} is no int32, as the other argument is; cast that to float32 first`,
      );
    }
  }
  return dtype;
}
