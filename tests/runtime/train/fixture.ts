import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect } from "vitest";
import type { GivenOptions } from "../../../runtime/card.ts";
import { openSafetensors } from "../../../runtime/checkpoint/safetensors.ts";
import * as components from "../../../runtime/components.ts";
import type { Recipe } from "../../../runtime/recipe.ts";
import { Control } from "../../../runtime/train/control.ts";
import type { FailedEvent, Stamped, StepEvent } from "../../../runtime/train/events.ts";
import type { run as runCard } from "../../../runtime/train/run.card.ts";
import { train } from "../../../runtime/train/worker.ts";

/** Pictures of the training split; the other two share a few more. */
export const numTrain = 12;
const numEval = 3;
const colours = ["red", "green", "blue", "white"] as const;
const backgrounds = { red: "#d02020", green: "#20a040", blue: "#2040c0", white: "#f0f0f0" };
const shapes = ["circle", "square", "stripe"] as const;
const drawn = {
  circle: `<circle cx="20" cy="20" r="12"/>`,
  square: `<rect x="9" y="9" width="22" height="22"/>`,
  stripe: `<rect x="0" y="16" width="40" height="8"/>`,
};
const words = [..."[PAD] [UNK] [CLS] [SEP] [MASK]".split(" "), "a", "picture", "of", "black", "on"];
const vocabulary = [...words, ...colours, ...shapes];

/** Makes a folder with twelve small pictures, captions in Karpathy's form for three splits, and a vocabulary. */
export async function makeData(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "lavis-train-"));
  mkdirSync(join(folder, "images"));
  const rows = [];
  for (let index = 0; index < numTrain; index++) {
    const [colour, shape] = [colours[index % 4], shapes[index % 3]] as const;
    const extension = index % 2 === 0 ? "png" : "jpg";
    const image = `${index}.${extension}`;
    const frame = `<svg width="40" height="40"><rect width="40" height="40" fill="${backgrounds[colour!]}"/>`;
    await sharp(Buffer.from(`${frame}${drawn[shape!]}</svg>`)).toFile(join(folder, "images", image));
    rows.push({ image, image_id: index, caption: `a black ${shape} on ${colour}` });
  }
  const referenced = rows.map((row) => ({ ...row, caption: [row.caption, row.caption.replace("a ", "")] }));
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  write("train.json", rows);
  write("val.json", referenced.slice(0, numEval));
  write("test.json", referenced.slice(numEval, 2 * numEval));
  writeFileSync(join(folder, "vocab.txt"), vocabulary.map((token) => `${token}\n`).join(""));
  return folder;
}

/** What a program gives of a component's options. */
type Given<K extends keyof typeof components> = GivenOptions<(typeof components)[K]["card"]>;

/** What a test changes of the tiny recipe, section by section. */
export interface Changes {
  readonly task?: Given<"captioning">;
  readonly model?: Given<"blip_caption">;
  readonly schedule?: Partial<Given<"linear_warmup_cosine_lr">>;
  readonly optimizer?: Given<"adamw">;
  readonly run?: Partial<GivenOptions<typeof runCard>>;
  /** Folder of `images`, in place of the data's own. */
  readonly images?: string;
}

/** Steps in an epoch of the tiny recipe. */
export const stepsPerEpoch = 3;

/** The options of a model that takes a step in milliseconds, with the vocabulary of {@link makeData}. */
export function tinyModel(folder: string) {
  return {
    image_size: 32,
    patch_size: 16,
    vit_embed_dim: 32,
    vit_depth: 1,
    vit_num_heads: 2,
    text_hidden_size: 32,
    text_num_layers: 1,
    text_num_heads: 2,
    text_intermediate_size: 64,
    max_position_embeddings: 16,
    max_txt_len: 16,
    vocab_file: join(folder, "vocab.txt"),
  } as const;
}

/**
 * A captioner of a few thousand parameters on the pictures of {@link makeData}: two epochs of three steps of
 * four samples, with dropout and augmentation, validated and tested.
 */
export function tinyRecipe(folder: string, changes: Changes = {}): Recipe {
  const {
    blip_caption: captioner,
    blip_caption_text: text,
    blip_image_eval: evalImage,
    blip_image_train: trainImage,
  } = components;
  return {
    name: "tiny",
    source: "tiny.lavis",
    task: components.captioning({ max_len: 7, min_len: 4, num_beams: 2, ...changes.task }),
    model: captioner("tiny", {
      ...tinyModel(folder),
      ...changes.model,
    }),
    datasets: [
      components.coco_caption("shapes", {
        vis_processor: { train: trainImage({}), eval: evalImage({}) },
        text_processor: { train: text({}), eval: text({}) },
        build_info: {
          images: changes.images ?? join(folder, "images"),
          annotations: Object.fromEntries(
            ["train", "val", "test"].map((split) => [
              split,
              { url: null, md5: null, storage: join(folder, `${split}.json`) },
            ]),
          ),
        },
      }),
    ],
    schedule: components.linear_warmup_cosine_lr({
      init_lr: 2e-3,
      min_lr: 1e-4,
      warmup_lr: 5e-4,
      warmup_steps: 2,
      ...("max_iters" in (changes.schedule ?? {}) ? {} : { max_epoch: 2 }),
      ...changes.schedule,
    }),
    optimizer: components.adamw({ ...changes.optimizer }),
    run: {
      batch_size_train: numTrain / stepsPerEpoch,
      batch_size_eval: 2,
      device: "cpu",
      engine: "wasm",
      threads: 1,
      num_workers: 0,
      save_freq: 0,
      output_dir: join(folder, "output"),
      ...changes.run,
    },
  };
}

/** A run that has ended: its exit code and all that it said. */
export interface Ended {
  readonly code: number;
  readonly events: readonly Stamped[];
  readonly steps: readonly StepEvent[];
  /** The events of a type. */
  of<T extends Stamped["type"]>(type: T): readonly Extract<Stamped, { readonly type: T }>[];
  /** The run's folder. @throws Error when it has none */
  readonly folder: string;
}

/** Trains in this process; `onEvent` may ask for a stop and the like while it runs. */
export async function trainTiny(
  recipe: Recipe,
  onEvent: (event: Stamped, control: Control) => void = () => {},
): Promise<Ended> {
  const control = new Control();
  const events: Stamped[] = [];
  const code = await train(recipe, control, (event) => {
    events.push(event);
    onEvent(event, control);
  });
  return ended(code, events);
}

/** Trains a recipe to its end. */
export async function finished(recipe: Recipe): Promise<Ended> {
  const run = await trainTiny(recipe);
  expect(run.of("failed")).toEqual([]);
  expect({ code: run.code, done: run.of("done") }).toMatchObject({
    code: 0,
    done: [{ outcome: "finished" }],
  });
  return run;
}

/** Trains a recipe that fails for a reason that its user can mend: what was said, and the steps before. */
export async function failure(recipe: Recipe): Promise<Partial<FailedEvent> & Pick<Ended, "steps">> {
  const { code, of, steps } = await trainTiny(recipe);
  expect(code).toBe(1);
  const [failed] = of("failed");
  expect(failed?.stack).toBeUndefined();
  return { ...failed, steps };
}

/** Collects what a run said. */
export function ended(code: number, events: readonly Stamped[]): Ended {
  const of = <T extends Stamped["type"]>(type: T) =>
    events.filter((event) => event.type === type) as Extract<Stamped, { readonly type: T }>[];
  return {
    code,
    events,
    of,
    steps: of("step"),
    get folder() {
      const [start] = of("start");
      if (!start) throw new Error(`the run did not start: ${JSON.stringify(events.at(-1))}`);
      return start.outputDir;
    },
  };
}

/** Asks for a stop when optimizer step `step` is done. */
export function stopAfter(step: number): (event: Stamped, control: Control) => void {
  return (event, control) => {
    if (event.type === "step" && event.step === step) control.receive({ type: "stop" });
  };
}

/** The tensors of a checkpoint's file, as plain numbers by name. */
export function tensorsOf(checkpoint: string, file = "model.safetensors"): Record<string, readonly number[]> {
  const source = openSafetensors(join(checkpoint, file));
  try {
    return Object.fromEntries(
      [...source.tensors.keys()].map((name) => [name, [...(source.read(name).data as Iterable<number>)]]),
    );
  } finally {
    source.close();
  }
}

/** The name that a pointer of a run's checkpoints holds. */
export function pointed(run: string, pointer: "latest" | "best"): string {
  return readFileSync(join(run, "checkpoints", pointer), "utf8").trim();
}

/** The lines of a run's `log.jsonl`. */
export function logOf(run: string): Record<string, unknown>[] {
  const text = readFileSync(join(run, "log.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Where a run that was stopped may go on from. */
export function resumeFrom({ code, of }: Ended): string {
  expect(of("failed")).toEqual([]);
  expect({ code, done: of("done") }).toMatchObject({ code: 0, done: [{ outcome: "stopped" }] });
  const [done] = of("done");
  expect(done?.resumeFrom).toBeDefined();
  return done?.resumeFrom ?? "";
}

/** What steps and evaluations gave, without times and memory. */
export const learned = ({ events }: Pick<Ended, "events">) =>
  events.flatMap((event): object[] => {
    if (event.type === "step") {
      const { epoch, stepInEpoch, step, lr, losses, gradNorm } = event;
      return [{ epoch, stepInEpoch, step, lr, losses, gradNorm }];
    }
    if (event.type !== "evaluated") return [];
    const { split, epoch, metrics, isBest, samples } = event;
    return [{ split, epoch, metrics, isBest, samples }];
  });

/** All that the last checkpoint of a run holds. */
export function lastState({ folder }: Ended) {
  const name = pointed(folder, "latest");
  const checkpoint = join(folder, "checkpoints", name);
  const { state } = JSON.parse(readFileSync(join(checkpoint, "state.json"), "utf8"));
  return {
    name,
    best: pointed(folder, "best"),
    state,
    model: tensorsOf(checkpoint),
    optimizer: tensorsOf(checkpoint, "optimizer.safetensors"),
  };
}
