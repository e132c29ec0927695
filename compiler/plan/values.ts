import { elementsOf, find, flagOf, numberOf, textOf } from "../check/rule.ts";
import { type PartialRecipe, plainOptions, type ResolvedSection } from "../resolve/resolved.ts";
import { type Known, unknown } from "./known.ts";

/** What a plan reads of `run`; undefined where it is not known. */
export interface RunFigures {
  readonly batch: number | undefined;
  readonly processes: number | undefined;
  readonly accumulation: number | undefined;
  readonly saveFreq: number | undefined;
  readonly saveLast: boolean | undefined;
  readonly engine: string | undefined;
  readonly device: string | undefined;
  readonly amp: boolean | undefined;
  readonly validates: boolean;
}

export function runFigures({ run, task }: PartialRecipe): RunFigures {
  const number = (key: string) => numberOf(find(run, key));
  const select = find(task, "select");
  const choosesBest = select?.value.kind === "scalar" && select.value.value !== null;
  return {
    batch: number("batch_size_train"),
    processes: flagOf(find(run, "distributed")) === false ? 1 : number("world_size"),
    accumulation: number("accum_grad_iters"),
    saveFreq: number("save_freq"),
    saveLast: flagOf(find(run, "save_last")),
    engine: textOf(find(run, "engine")),
    device: textOf(find(run, "device")),
    amp: flagOf(find(run, "amp")),
    validates: choosesBest && (elementsOf(find(run, "valid_splits"))?.length ?? 0) > 0,
  };
}

/** The options of a section as plain data; unknown where the recipe lacks it, or only the run knows one of `keys`. */
export function optionsOf<T>(
  section: ResolvedSection | undefined,
  kind: string,
  keys: readonly (keyof T & string)[],
): Known<T> {
  if (section === undefined) return unknown(`the recipe has no ${kind}`);
  const options = plainOptions(section.options);
  const open = keys.filter((key) => options[key] === undefined);
  if (open.length > 0)
    return unknown(`${kind}.${open[0]} has no value before the run: give its parameter one with -p`);
  return options as T;
}
