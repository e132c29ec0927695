/** What an engine computes on and in. */
interface EngineCard {
  /** As `lavisc doctor` and `lavisc engine` name it: names of the language have no dashes. */
  readonly title: string;
  readonly devices: readonly ("cpu" | "cuda")[];
  readonly hasMixedPrecision: boolean;
}

/** The engines by their names in recipes, fastest first. */
export const engines = {
  torch: { title: "torch", devices: ["cpu", "cuda"], hasMixedPrecision: true },
  tfjs_node_gpu: { title: "tfjs-node-gpu", devices: ["cuda"], hasMixedPrecision: false },
  tfjs_node: { title: "tfjs-node", devices: ["cpu"], hasMixedPrecision: false },
  wasm: { title: "wasm", devices: ["cpu"], hasMixedPrecision: false },
} as const satisfies Record<string, EngineCard>;

/** What the recipe's engine is; undefined for `auto`, which takes one that fits, and for what is none. */
export function engineCard(name: string): EngineCard | undefined {
  return Object.entries(engines).find(([known]) => known === name)?.[1];
}
