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
  const number = numberOf(node);
  return number === undefined ? undefined : translations[section]?.[key]?.(number);
}

/** The number that a node is, also as a text: LAVIS's runners convert what they read. */
function numberOf(node: YamlNode): number | undefined {
  if (node.kind !== "scalar" || node.value === null || typeof node.value === "boolean") return undefined;
  const number = typeof node.value === "string" && node.value.trim() === "" ? Number.NaN : Number(node.value);
  return Number.isFinite(number) ? number : undefined;
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

/** By section, card and option. */
const unheard: Readonly<
  Partial<Record<SectionKind, Readonly<Record<string, Readonly<Record<string, string>>>>>>
> = {
  task: {
    captioning: {
      use_nucleus_sampling:
        "LAVIS's captioning reads no `use_nucleus_sampling` and always searches with beams",
    },
  },
};

/** Why LAVIS's code does not read what is an option here and would change the results; undefined where it does. */
export const whyUnheard = (section: SectionKind, { name }: Card, key: string): string | undefined =>
  unheard[section]?.[name]?.[key];

/**
 * Options of `run` that LAVIS's runners take as nothing where a file leaves them out (runner_base.py), while its
 * documentation, and so this language, has a default.
 */
export const emptyUnlessGiven: Readonly<Record<string, string>> = {
  valid_splits: "LAVIS validates on no split that is not named",
  test_splits: "LAVIS tests on no split that is not named",
};

/**
 * What LAVIS's code takes where a file leaves options out that cards here give other defaults: those of the
 * documentation, or of the configurations that trained a model.
 */
const codeDefaults: Readonly<Partial<Record<SectionKind, Readonly<Record<string, Defaults>>>>> = {
  // captioning.py
  task: {
    captioning: { num_beams: 5, max_len: 30, min_len: 1, repetition_penalty: 1.15, length_penalty: 0 },
  },
  // runner_base.py
  optimizer: { adamw: { weight_decay: 0.05, beta2: 0.999 } },
  schedule: {
    constant_lr: { warmup_steps: 0 },
    linear_warmup_cosine_lr: { warmup_steps: 0 },
    linear_warmup_step_lr: { warmup_steps: 0 },
  },
};

type Defaults = Readonly<Record<string, number>>;

/** The defaults of LAVIS's code for the options of a card, by key. */
export const defaultsInCode = (section: SectionKind, { name }: Card): Defaults =>
  codeDefaults[section]?.[name] ?? {};
