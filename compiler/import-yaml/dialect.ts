/**
 * What LAVIS means by some values of its YAML, and does where the file says nothing: knowledge of its code that
 * no card holds.
 */

import type { Card } from "../../runtime/card.ts";
import type { SectionKind } from "../catalog/index.ts";
import type { Runner } from "./configuration.ts";
import type { YamlNode } from "./yaml/tree.ts";

/** A value that means something else than it says: written as `text`, or left to the default because of `note`. */
export type Translation = { readonly text: string } | { readonly note: string };

type Translate = (value: number) => Translation | undefined;

const translations: Readonly<Partial<Record<SectionKind, Readonly<Record<string, Translate>>>>> = {
  run: {
    // runner_base.py asks for `save_freq > 0`, and the files write -1.
    save_freq: (value) => (value < 0 ? { text: "0" } : undefined),
  },
  schedule: {
    // optims.py: `warmup_start_lr if warmup_start_lr >= 0 else init_lr`.
    warmup_lr: (value) =>
      value < 0 ? { note: "a negative one means `init_lr`, which is the default" } : undefined,
  },
};

/** What a number of the YAML means where it is a sign rather than a quantity. */
export function translate(section: SectionKind, key: string, node: YamlNode): Translation | undefined {
  if (node.kind !== "scalar" || typeof node.value !== "number") return undefined;
  return translations[section]?.[key]?.(node.value);
}

const countedIn = {
  max_epoch: "runner_base",
  max_iters: "runner_iter",
  iters_per_inner_epoch: "runner_iter",
};

/** Why a runner does not read an option of the schedule's length; undefined where it does. */
export function unreadBy(runner: Runner, key: string): string | undefined {
  const reader = Object.hasOwn(countedIn, key) ? countedIn[key as keyof typeof countedIn] : undefined;
  return reader === undefined || reader === runner
    ? undefined
    : `only ${reader} reads \`${key}\`, and this is ${runner}`;
}

/**
 * Whether LAVIS loads fine-tuned weights where a file does not say, though it trains: its code does so
 * (base_model.py), and the documentation, which the catalogue follows, says that only an evaluation does.
 */
export function startsFromFinetuned({ options, variants = {} }: Card, variant: string): boolean {
  const stated = options.load_finetuned?.default;
  const { load_finetuned, finetuned } = variants[variant]?.options ?? {};
  const isOpen = stated !== undefined && "follows" in stated && load_finetuned === undefined;
  // LAVIS asserts that the weights are named, except in models that load none.
  return isOpen && typeof finetuned === "string";
}

/**
 * Options of `run` that LAVIS's runners take as nothing where a file leaves them out (runner_base.py), while its
 * documentation, and so this language, has a default.
 */
export const emptyUnlessGiven: Readonly<Record<string, string>> = {
  valid_splits: "LAVIS validates on no split that is not named",
  test_splits: "LAVIS tests on no split that is not named",
};
