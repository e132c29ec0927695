import { type Engine, type KeyStream, parameter, Tensor } from "../tensor/index.ts";

/** What constructors of modules get. */
export interface Build {
  readonly engine: Engine;
  /** Initial weights draw from here, in the order of construction. */
  readonly keys: KeyStream;
  /** Whether what is built is to stay as it is: its weights are no parameters. */
  readonly isFrozen?: boolean;
}

/** Makes a tensor one that learns, in place, unless what is built is frozen. */
export function learned({ isFrozen = false }: Build, x: Tensor): Tensor {
  return isFrozen ? x : parameter(x);
}

/** What forward gets besides its inputs. */
export interface Forward {
  /** Whether dropout and its like are on. */
  readonly training: boolean;
  /** Dropout draws from here. */
  readonly keys: KeyStream;
}

/**
 * A part of a model. Its own properties are its structure: tensors, modules, and arrays of these; their names
 * are those of LAVIS's PyTorch modules, so that `namedParameters` gives LAVIS's parameter names.
 */
export abstract class Module {
  /** Only a type: keeps objects that are no modules from passing for one. */
  declare protected readonly kind: "module";
}

function* walk(module: Module, prefix: string): Generator<readonly [string, Tensor]> {
  for (const [name, value] of Object.entries(module)) {
    const path = prefix + name;
    if (value instanceof Tensor) yield [path, value];
    else if (value instanceof Module) yield* walk(value, `${path}.`);
    else if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) {
        if (element instanceof Module) yield* walk(element, `${path}.${index}.`);
        else if (element instanceof Tensor) yield [`${path}.${index}`, element];
      }
    }
  }
}

/**
 * Every tensor of a checkpoint, parameters and buffers, under each of its dotted names, in the order of
 * construction: a tied tensor appears once for each name.
 */
export function namedTensors(module: Module): Map<string, Tensor> {
  return new Map(walk(module, ""));
}

/** The parameters (tensors that require gradients), each once, under its first name. */
export function namedParameters(module: Module): Map<string, Tensor> {
  const seen = new Set<Tensor>();
  const named = new Map<string, Tensor>();
  for (const [name, tensor] of walk(module, "")) {
    if (seen.has(tensor) || !tensor.requiresGrad) continue;
    seen.add(tensor);
    named.set(name, tensor);
  }
  return named;
}

/** Frees every tensor of a module. */
export function disposeModule(module: Module): void {
  for (const [, tensor] of walk(module, "")) tensor.dispose();
}
