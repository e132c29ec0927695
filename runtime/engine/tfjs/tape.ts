import type { Value, ValueStore } from "./value.ts";

/**
 * Gradients of a node's inputs from that of its output. Returns one value for each input whose `needed` is
 * true (the caller becomes its holder), anything for the rest; `dy` stays its owner's.
 */
export type Backward = (
  dy: Value,
  saved: readonly Value[],
  needed: readonly boolean[],
) => (Value | undefined)[];

/**
 * One op of the graph that a coming gradient runs through, or a parameter (no inputs). Held by the tensor that
 * it made and by the nodes that read it; when nobody holds it, it gives its saved values back.
 */
export class Node {
  /** In order of creation, which is a topological order. */
  readonly order: number;
  readonly op: string;
  inputs: readonly (Node | undefined)[];
  saved: readonly Value[];
  backward: Backward | undefined;
  holders = 1;
  /** Whether a gradient has run through it; its saved values are gone then. */
  isUsed = false;

  constructor(
    order: number,
    op: string,
    inputs: readonly (Node | undefined)[],
    saved: readonly Value[],
    backward: Backward | undefined,
  ) {
    this.order = order;
    this.op = op;
    this.inputs = inputs;
    this.saved = saved;
    this.backward = backward;
  }
}

/** A gradient is final; whoever is told becomes its holder. */
export type OnFinal = (target: Node, gradient: Value) => void;

/** The graph of one engine: records ops and runs gradients back through them. */
export class Tape {
  readonly #values: ValueStore;
  readonly #add: (target: Value, value: Value) => Value;
  #order = 0;
  #pauses = 0;

  /** `add` gives the sum of two gradients and takes over the first; the second stays its owner's. */
  constructor(values: ValueStore, add: (target: Value, value: Value) => Value) {
    this.#values = values;
    this.#add = add;
  }

  get isPaused(): boolean {
    return this.#pauses > 0;
  }

  paused<T>(body: () => T): T {
    this.#pauses++;
    try {
      return body();
    } finally {
      this.#pauses--;
    }
  }

  resumed<T>(body: () => T): T {
    const pauses = this.#pauses;
    this.#pauses = 0;
    try {
      return body();
    } finally {
      this.#pauses = pauses;
    }
  }

  leaf(): Node {
    return new Node(this.#order++, "parameter", [], [], undefined);
  }

  /** Records an op. Holds `saved` and the inputs' nodes. */
  record(
    op: string,
    inputs: readonly (Node | undefined)[],
    saved: readonly Value[],
    backward: Backward,
  ): Node {
    for (const input of inputs) if (input !== undefined) input.holders++;
    for (const value of saved) this.#values.hold(value);
    return new Node(this.#order++, op, inputs, saved, backward);
  }

  /** Gives up one hold of a node; without holders it and what only it needed are freed. */
  release(node: Node): void {
    const stack = [node];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (--next.holders > 0) continue;
      for (const input of next.inputs) if (input !== undefined) stack.push(input);
      this.#strip(next);
    }
  }

  #strip(node: Node): void {
    for (const value of node.saved) this.#values.release(value);
    node.saved = [];
    node.inputs = [];
    node.backward = undefined;
  }

  /**
   * Runs back from `root`, whose gradient `seed` makes, and returns the gradients of `targets` that
   * it reaches (the caller becomes their holder). The nodes between are used up. With `isEnd` it does not go on
   * beyond a target. With `onFinal` the gradients are told, each as soon as it is final, and none is returned.
   */
  backpropagate(
    root: Node,
    seed: () => Value,
    targets: ReadonlySet<Node>,
    { isEnd = false, onFinal }: { readonly isEnd?: boolean; readonly onFinal?: OnFinal } = {},
  ): Map<Node, Value> {
    const leading = this.#nodesLeadingTo(root, targets, isEnd);
    const gradients = new Map<Node, Value>([[root, seed()]]);
    const found = new Map<Node, Value>();
    const readers = onFinal === undefined ? undefined : countReaders(leading, targets);
    const tell = (target: Node): void => {
      const gradient = gradients.get(target);
      if (gradient === undefined) return;
      // A parameter has no use of its own for it.
      if (target.backward === undefined) gradients.delete(target);
      else this.#values.hold(gradient);
      onFinal?.(target, gradient);
    };
    // A node gives its inputs up when it is done; they must last until it is their turn.
    for (const node of leading) node.holders++;
    const waiting = new Set(leading);
    try {
      if (readers !== undefined && targets.has(root)) tell(root);
      for (const node of leading) {
        const read = readers === undefined ? [] : targetsRead(node, targets);
        const dy = gradients.get(node);
        if (dy !== undefined) {
          const isTarget = targets.has(node);
          if (isTarget && readers === undefined) found.set(node, this.#values.hold(dy));
          if (node.backward !== undefined && !(isTarget && isEnd)) this.#step(node, dy, leading, gradients);
          gradients.delete(node);
          this.#values.release(dy);
        }
        for (const target of read) {
          const left = (readers?.get(target) ?? 0) - 1;
          readers?.set(target, left);
          if (left === 0) tell(target);
        }
        waiting.delete(node);
        this.release(node);
      }
      return found;
    } catch (error) {
      for (const gradient of found.values()) this.#values.release(gradient);
      throw error;
    } finally {
      // What is left after a failure.
      for (const dy of gradients.values()) this.#values.release(dy);
      for (const node of waiting) this.release(node);
    }
  }

  #step(node: Node, dy: Value, leading: ReadonlySet<Node>, gradients: Map<Node, Value>): void {
    const { inputs, saved, backward } = node;
    const needed = inputs.map((input) => input !== undefined && leading.has(input));
    if (backward !== undefined && needed.includes(true)) {
      const results = backward(dy, saved, needed);
      for (const [index, input] of inputs.entries()) {
        const result = results[index];
        if (result === undefined) continue;
        if (input === undefined || needed[index] !== true) {
          this.#values.release(result);
          continue;
        }
        const before = gradients.get(input);
        if (before === undefined) gradients.set(input, result);
        else {
          gradients.set(input, this.#add(before, result));
          this.#values.release(result);
        }
      }
    }
    node.isUsed = true;
    for (const input of inputs) if (input !== undefined) this.release(input);
    this.#strip(node);
  }

  /** The nodes on ways from `root` to a target, latest first. */
  #nodesLeadingTo(root: Node, targets: ReadonlySet<Node>, isEnd: boolean): Set<Node> {
    const reachable = new Set<Node>([root]);
    for (const node of reachable) {
      if (isEnd && targets.has(node)) continue;
      if (node.isUsed) {
        throw new Error(
          `grad: the graph was used up by an earlier grad (at ${node.op}); compute the loss again for another`,
        );
      }
      for (const input of node.inputs) if (input !== undefined) reachable.add(input);
    }
    const inOrder = [...reachable].sort((a, b) => a.order - b.order);
    const leading = new Set<Node>();
    for (const node of inOrder) {
      const leads =
        targets.has(node) || node.inputs.some((input) => input !== undefined && leading.has(input));
      if (leads) leading.add(node);
    }
    return new Set([...leading].reverse());
  }
}

/** The targets that a node reads, each once. */
function targetsRead(node: Node, targets: ReadonlySet<Node>): Node[] {
  return [...new Set(node.inputs)].filter((input) => input !== undefined && targets.has(input)) as Node[];
}

/** How many of the nodes read each target: as many may add to its gradient. */
function countReaders(nodes: Iterable<Node>, targets: ReadonlySet<Node>): Map<Node, number> {
  const readers = new Map<Node, number>();
  for (const node of nodes) {
    for (const target of targetsRead(node, targets)) readers.set(target, (readers.get(target) ?? 0) + 1);
  }
  return readers;
}
