import { oneOf } from "../card.ts";

/** Which of a task's metrics picks the best checkpoint. */
export function select<
  const M extends Readonly<Record<string, "higher" | "lower">>,
  const D extends keyof M & string,
>(metrics: M, best: D, doc = "") {
  return oneOf(Object.keys(metrics) as (keyof M & string)[], {
    doc: `The metric that picks the best checkpoint.${doc && ` ${doc}`}`,
    noun: "metric",
    default: { value: best },
  });
}

/** An accuracy in percent, under LAVIS's name for what picks the best checkpoint and its own. */
export const accuracy = { agg_metrics: "higher", acc: "higher" } as const;
