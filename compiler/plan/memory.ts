import { engines } from "../../runtime/engine/engines.card.ts";
import { type EngineMemory, engineMemory } from "../../runtime/engine/memory.card.ts";
import { type Kept, type ModelPart, type ModelSize, parametersOf } from "../../runtime/models/size.card.ts";
import { type Known, unknown } from "./known.ts";
import type { RunFigures } from "./values.ts";

/** The memory of one training process at its peak, in bytes. */
export interface Memory {
  readonly engine: string;
  readonly device: "cpu" | "cuda";
  /** At which moment of a step the peak is. */
  readonly when: string;
  readonly weights: number;
  /** Weights in the precision of mixed precision; 0 without. */
  readonly convertedWeights: number;
  readonly gradients: number;
  /** Gradients once more, as processes exchange them; 0 in one process. */
  readonly exchange: number;
  readonly moments: number;
  readonly activations: number;
  /** The engine's own, its allocator's slack included. */
  readonly overhead: number;
  readonly total: number;
  /** How far measurements were from the estimate at most, as a share; undefined where nothing was measured. */
  readonly accuracy: number | undefined;
}

/** What of the memory does not depend on the engine. */
type Moment = Pick<Memory, "when" | "convertedWeights" | "gradients" | "activations">;

/** Measurements of one process on the CPU were within this share of the estimate (docs/plan.md). */
const measuredAccuracy = 0.1;

/** What the memory of a run depends on beside its model. */
export type MemoryFigures = Pick<
  RunFigures,
  "batch" | "accumulation" | "processes" | "engine" | "device" | "amp"
>;

/** The training memory of one process. */
export function memoryOf(size: ModelSize, run: MemoryFigures): Known<Memory> {
  const { batch, accumulation, processes, device } = run;
  if (batch === undefined) return unknown("run.batch_size_train has no value");
  if (accumulation === undefined) return unknown("run.accum_grad_iters has no value before the run");
  if (processes === undefined) return unknown("run.world_size has no value before the run");
  if (device !== "cpu" && device !== "cuda") return unknown("run.device has no value before the run");
  if (run.amp === undefined) return unknown("run.amp has no value before the run");
  const engine = engineOf(run, device);
  const facts = engineMemory[engine]?.[device];
  if (facts === undefined) return unknown(`the engine ${engine} was not measured on ${device}`);
  const { weights, moments, exchange } = fixedOf(size, processes);
  const peak = momentsOf(size, facts, { batch, isAccumulating: accumulation > 1, amp: run.amp }).reduce(
    (highest, moment) => (tensorsAt(moment) > tensorsAt(highest) ? moment : highest),
  );
  const tensors = weights + moments + exchange + tensorsAt(peak);
  const overhead = facts.base + facts.slack * tensors;
  return {
    engine,
    device,
    ...peak,
    weights,
    moments,
    exchange,
    overhead,
    total: tensors + overhead,
    accuracy: device === "cpu" && processes === 1 ? measuredAccuracy : undefined,
  };
}

/** The engine that a run takes: of `auto` the fastest with the device, as if it were installed. */
function engineOf({ engine, amp }: MemoryFigures, device: "cpu" | "cuda"): string {
  if (engine !== undefined && engine !== "auto") return engine;
  const fitting = Object.entries(engines).find(
    ([, { devices, hasMixedPrecision }]) =>
      (devices as readonly string[]).includes(device) && (hasMixedPrecision || !amp),
  );
  return fitting?.[0] ?? "torch";
}

const tensorsAt = ({ convertedWeights, gradients, activations }: Moment): number =>
  convertedWeights + gradients + activations;

const parametersIn = (parts: ModelSize): number =>
  parts.reduce((total, part) => total + parametersOf(part), 0);

const trainedOf = (parts: ModelSize): ModelSize => parts.filter(({ isTrained }) => isTrained);

/**
 * What is there all the time: weights of all parts, of those that are trained two moments, and buckets of gradients.
 */
function fixedOf(size: ModelSize, processes: number): Pick<Memory, "weights" | "moments" | "exchange"> {
  const trained = parametersIn(trainedOf(size));
  return { weights: 4 * parametersIn(size), moments: 8 * trained, exchange: processes > 1 ? 4 * trained : 0 };
}

interface Step {
  readonly batch: number;
  readonly isAccumulating: boolean;
  readonly amp: boolean;
}

/**
 * A step at the moments that can be its peak: when the forward pass ends, when the gradient of a part begins (the parts
 * behind it have theirs, and have given back what they kept), and when all gradients are there.
 */
function momentsOf(size: ModelSize, engine: EngineMemory, step: Step): readonly Moment[] {
  const { batch, isAccumulating, amp } = step;
  const bytes = (of: (part: ModelPart) => number, parts: ModelSize) =>
    batch * parts.reduce((total, part) => total + of(part), 0);
  const kept = (part: ModelPart) => bytesOf(part.kept, engine, amp);
  const sums = isAccumulating ? 4 * parametersIn(trainedOf(size)) : 0;
  const convertedOf = (parts: ModelSize) => (amp ? 2 * parametersIn(parts) : 0);
  return [
    {
      when: "the forward pass has ended",
      convertedWeights: convertedOf(size),
      gradients: sums,
      activations: bytes(kept, size),
    },
    ...size.map((part, i): Moment => {
      const [before, behind] = [size.slice(0, i + 1), size.slice(i + 1)];
      const during = bytesOf(part.recomputed, engine, amp) + gradientBytes(part, engine);
      return {
        when: `the gradient of the ${part.name} is computed`,
        convertedWeights: convertedOf(before),
        gradients: sums + 4 * parametersIn(trainedOf(behind)),
        activations: bytes(kept, before) + batch * during,
      };
    }),
    {
      when: "the gradients are complete",
      convertedWeights: 0,
      gradients: sums + 4 * parametersIn(trainedOf(size)),
      activations: 0,
    },
  ];
}

/** What is kept of a sample, in bytes. */
function bytesOf(kept: Kept, engine: EngineMemory, amp: boolean): number {
  const { products, precise, converted, attention, dropsAttention } = kept;
  const copies = dropsAttention ? engine.droppedAttention : engine.attention;
  return (amp ? 2 * (products + converted) : 4 * products) + 4 * precise + 4 * copies * attention;
}

/** What an engine needs beside to compute the gradient of one layer's attention, in bytes of a sample. */
const gradientBytes = ({ attentionOfLayer }: ModelPart, engine: EngineMemory): number =>
  4 * engine.attentionGradient * attentionOfLayer;
