import type { ModelSize, TensorSize } from "../../../runtime/models/size.card.ts";
import { type Found, find, textOf } from "../../check/rule.ts";
import { isUnknown, sizeOf } from "../../plan/index.ts";
import type { PartialRecipe } from "../../resolve/resolved.ts";
import { weightsOf } from "../named-files.ts";
import type { Probe, ProbeReport } from "../probe.ts";
import type { Shapes, World } from "../world.ts";

/** LV6004 to LV6007: the header of the weights has the names and shapes of the model's tensors. */
export const weightsFit: Probe = async (recipe, world, report) => {
  for (const { found, path } of weightsOf(recipe)) {
    const absolute = world.path(path);
    if (world.kindOf(absolute) === "file") look(absolute, found, (file) => world.tensors(file));
  }
  const resumed = find(recipe.run, "resume_ckpt_path");
  const checkpoint = textOf(resumed);
  if (resumed === undefined || checkpoint === undefined) return;
  const path = world.path(checkpoint);
  if (world.kindOf(path) === undefined) report("LV6001", { path, key: resumed.name }, [resumed]);
  else look(path, resumed, (folder) => world.tensorsOfCheckpoint(folder));

  function look(file: string, found: Found, open: (file: string) => Shapes): void {
    let shapes: Shapes;
    try {
      shapes = open(file);
    } catch (error) {
      report("LV6004", { path: file, problem: (error as Error).message }, [found], hintOf(error));
      return;
    }
    compare(recipe, world, { path: file, found, shapes }, report);
  }
};

/** What an error of the runtime says to do. */
function hintOf(error: unknown): readonly string[] {
  const hint = error instanceof Error && "hint" in error ? error.hint : undefined;
  return typeof hint === "string" ? [hint] : [];
}

interface Weights {
  readonly path: string;
  readonly found: Found;
  readonly shapes: Shapes;
}

/** Names that a message lists. */
const listed = 3;

function compare(
  recipe: PartialRecipe,
  world: World,
  { path, found, shapes }: Weights,
  report: ProbeReport,
): void {
  const size = sizeOf(recipe, (file) => world.vocabulary(file));
  if (isUnknown(size)) return;
  const tensors = tensorsOf(size).map((tensor) => ({ tensor, stored: storedOf(tensor, shapes) }));
  const missing = tensors.filter(({ stored }) => stored === undefined);
  if (missing.length === tensors.length) {
    report("LV6005", { path, model: recipe.model?.label ?? "the model" }, [found]);
    return;
  }
  const misshapen = tensors.flatMap(({ tensor, stored }) =>
    stored !== undefined && !fits(tensor, stored) ? [{ tensor, stored }] : [],
  );
  if (misshapen.length > 0) {
    const shown = misshapen.map(
      ({ tensor, stored }) =>
        `${tensor.name} ${shapeText(stored)}, the model's is ${shapeText(tensor.shape)}`,
    );
    report("LV6006", { path, count: misshapen.length, first: listOf(shown) }, [found]);
  }
  if (missing.length > 0) {
    const names = missing.map(({ tensor }) => tensor.name);
    report("LV6007", { path, count: missing.length, first: listOf(names) }, [found]);
  }
}

/** What a file must give: buffers hold nothing that training found out. */
const tensorsOf = (size: ModelSize): readonly TensorSize[] =>
  size.flatMap(({ tensors }) => tensors).filter(({ isBuffer }) => !isBuffer);

/** The shape that a file has for a tensor, under any of its names. */
function storedOf({ name, aliases = [] }: TensorSize, shapes: Shapes): readonly number[] | undefined {
  const known = [name, ...aliases].find((one) => shapes.has(one));
  return known === undefined ? undefined : shapes.get(known)?.shape;
}

/** Whether weights of that shape become the tensor: those that are resized need the same width only. */
function fits({ shape, isResized }: TensorSize, stored: readonly number[]): boolean {
  if (stored.length !== shape.length) return false;
  return isResized ? stored.at(-1) === shape.at(-1) : stored.every((length, axis) => length === shape[axis]);
}

const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

const listOf = (all: readonly string[]): string =>
  `${all.slice(0, listed).join("; ")}${all.length > listed ? "; …" : ""}`;
