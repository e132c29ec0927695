/** What an engine takes of memory beside the tensors that every engine must hold; measured, see docs/plan.md. */
export interface EngineMemory {
  /** The process or GPU context with nothing in it, bytes. */
  readonly base: number;
  /** What its allocator holds beyond the tensors, as a share of them. */
  readonly slack: number;
  /** Of attention's weights, how many copies each layer keeps for the gradient: none where the kernel is fused. */
  readonly attention: number;
  /** The same where attention drops weights out. */
  readonly droppedAttention: number;
  /** Copies of one layer's weights that exist while its gradient is computed. */
  readonly attentionGradient: number;
}

const torchOnCpu: EngineMemory = {
  base: 270e6,
  slack: 0.04,
  attention: 0,
  droppedAttention: 2.25,
  attentionGradient: 0,
};

/** The engines' memory by their names in recipes, on each device that was measured. */
export const engineMemory: Readonly<Record<string, Readonly<Partial<Record<"cpu" | "cuda", EngineMemory>>>>> =
  {
    torch: {
      cpu: torchOnCpu,
      // Not measured. The base is what a CUDA context and its libraries take; dropout stays in the fused kernel there.
      cuda: { ...torchOnCpu, base: 600e6, slack: 0.1, droppedAttention: 0 },
    },
    tfjs_node: {
      cpu: { base: 450e6, slack: 0.38, attention: 1, droppedAttention: 1, attentionGradient: 9 },
    },
    wasm: {
      cpu: { base: 150e6, slack: 0.05, attention: 1, droppedAttention: 1, attentionGradient: 0 },
    },
  };
