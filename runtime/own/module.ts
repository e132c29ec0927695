import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import type { ComponentKind, ComponentValue } from "../card.ts";
import type { Dataset, OpenOptions } from "../datasets/dataset.ts";
import { UserError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { Build } from "../nn/module.ts";
import type { TextProcessor, VisionProcessor } from "../processors/processor.ts";
import type { Task } from "../tasks/task.ts";

type Made<T> = T | Promise<T>;

/** What a file of a user's exports, by the kind of component that it is: one function, `create`. */
export interface OwnModules<O = never> {
  readonly task: { create(options: O): Made<Task<never>> };
  readonly model: { create(options: O, build: Build): Made<Model> };
  readonly dataset: {
    create(options: O, splits: readonly string[], context: OpenOptions): Made<ReadonlyMap<string, Dataset>>;
  };
  readonly vis_processor: { create(options: O): Made<VisionProcessor> };
  readonly text_processor: { create(options: O): Made<TextProcessor> };
}

/** Calls `create` of the module at an absolute path. @throws UserError when it cannot be loaded or fails. */
export async function createOwn<T>(
  kind: ComponentKind,
  { name, module }: Pick<ComponentValue, "name"> & { readonly module: string },
  args: readonly unknown[],
): Promise<T> {
  const where = `${kind} ${name} (${basename(module)})`;
  const loaded: { readonly create?: unknown } = await import(pathToFileURL(module).href).catch(
    (cause: unknown) => {
      throw new UserError(`${where} cannot be loaded: ${messageOf(cause)}`, "build the recipe again", {
        cause,
      });
    },
  );
  const { create } = loaded;
  if (typeof create !== "function")
    throw new UserError(`${where} exports no function create`, "build the recipe again");
  try {
    return await create(...args);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`create of ${where} failed: ${messageOf(cause)}`, placeOf(cause, module), { cause });
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** The line of the module that threw, as the stack has it. */
function placeOf(cause: unknown, module: string): string {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const line = stack.split("\n").find((one) => one.includes(basename(module)));
  return line === undefined ? "the error is in that file or in what it calls" : line.trim();
}
