import { type Engine, type KeyStream, Tensor } from "../tensor/index.ts";

/** What constructors of modules get. */
export interface Build {
  readonly engine: Engine;
  /** Initial weights draw from here, in the order of construction. */
  readonly keys: KeyStream;
}

/** What forward gets besides its inputs. */
export interface Forward {
  /** Whether dropout and its like are on. */
  readonly training: boolean;
  /** Dropout draws from here. */
  readonly keys: KeyStream;
}

/**
 * A part of a model. Its own properties are its structure: tensors, modules, and arrays of modules; their names
 * are those of LAVIS's PyTorch modules, so that `namedParameters` gives LAVIS's parameter names.
 */
export abstract class Module {
  /** Properties of this module that hold buffers which checkpoints leave out (PyTorch: `persistent=False`). */
  protected transientBuffers(): readonly string[] {
    return [];
  }

  /** @internal Whether the buffer of that name is left out of checkpoints. */
  isTransient(name: string): boolean {
    return this.transientBuffers().includes(name);
  }
}

/** A module that is a list of modules, named by their indices (`layer.0`), as PyTorch's ModuleList. */
export class ModuleList<M extends Module> extends Module implements Iterable<M> {
  readonly #modules: readonly M[];

  constructor(modules: readonly M[]) {
    super();
    this.#modules = modules;
    for (const [index, module] of modules.entries()) {
      Object.defineProperty(this, String(index), { value: module, enumerable: true });
    }
  }

  get length(): number {
    return this.#modules.length;
  }

  at(index: number): M | undefined {
    return this.#modules.at(index);
  }

  [Symbol.iterator](): Iterator<M> {
    return this.#modules[Symbol.iterator]();
  }
}

function* walk(module: Module, prefix: string): Generator<readonly [string, Tensor, boolean]> {
  for (const [name, value] of Object.entries(module)) {
    const path = prefix + name;
    if (value instanceof Tensor) yield [path, value, module.isTransient(name)];
    else if (value instanceof Module) yield* walk(value, `${path}.`);
    else if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) {
        if (element instanceof Module) yield* walk(element, `${path}.${index}.`);
        else if (element instanceof Tensor) yield [`${path}.${index}`, element, module.isTransient(name)];
      }
    }
  }
}

/**
 * Every tensor of a checkpoint under each of its dotted names, in the order of construction: a tied tensor
 * appears once for each name. Transient buffers are left out.
 */
export function namedTensors(module: Module): Map<string, Tensor> {
  const named = new Map<string, Tensor>();
  for (const [name, tensor, transient] of walk(module, "")) if (!transient) named.set(name, tensor);
  return named;
}

/** The parameters (tensors that require gradients), each once, under its first name. */
export function namedParameters(module: Module): Map<string, Tensor> {
  return firstNames(module, (tensor) => tensor.requiresGrad);
}

/** The tensors that are no parameters, each once, transient ones too. */
export function namedBuffers(module: Module): Map<string, Tensor> {
  return firstNames(module, (tensor) => !tensor.requiresGrad);
}

function firstNames(module: Module, wanted: (tensor: Tensor) => boolean): Map<string, Tensor> {
  const seen = new Set<Tensor>();
  const named = new Map<string, Tensor>();
  for (const [name, tensor] of walk(module, "")) {
    if (seen.has(tensor) || !wanted(tensor)) continue;
    seen.add(tensor);
    named.set(name, tensor);
  }
  return named;
}

/** Frees every tensor of a module. */
export function disposeModule(module: Module): void {
  for (const [, tensor] of walk(module, "")) tensor.dispose();
}
