import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import type { ComponentKind, ComponentValue } from "../card.ts";
import type { Dataset, OpenOptions } from "../datasets/dataset.ts";
import { UserError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { Build } from "../nn/module.ts";
import type { TextProcessor, VisionProcessor } from "../processors/processor.ts";
import type { Task } from "../tasks/task.ts";
import { ownPlaceOf, traceOwnModules } from "./blame.ts";

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
  traceOwnModules();
  const loaded: { readonly create?: unknown } = await import(pathToFileURL(module).href).catch(
    (cause: unknown) => {
      const place = ownPlaceOf(cause);
      const hint = place === undefined ? "build the recipe again" : `see ${place}`;
      throw new UserError(`${where} cannot be loaded: ${messageOf(cause)}`, hint, { cause });
    },
  );
  const { create } = loaded;
  if (typeof create !== "function")
    throw new UserError(`${where} exports no function create`, "build the recipe again");
  let made: T | null | undefined;
  try {
    made = await create(...args);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const place = ownPlaceOf(cause);
    const hint = place === undefined ? "the error is in that file or in what it calls" : `see ${place}`;
    throw new UserError(`create of ${where} failed: ${messageOf(cause)}`, hint, { cause });
  }
  if (made === undefined || made === null)
    throw new UserError(`create of ${where} returned ${made}`, `return the ${kind} that it makes`);
  return made;
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
