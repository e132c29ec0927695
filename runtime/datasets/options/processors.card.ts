import { block, type ComponentValue, component } from "../../card.ts";

type ProcessorKind = "vis_processor" | "text_processor" | "audio_processor" | "pc_processor";

/** How one kind of input becomes the model's, in training and in evaluation. */
export const processor = <K extends ProcessorKind>(kind: K, what: string) =>
  block(
    {
      train: component(kind, {
        doc: `Prepares ${what} for training.`,
        nullable: true,
        default: { value: null },
      }),
      eval: component(kind, {
        doc: `Prepares ${what} for validation and test.`,
        nullable: true,
        default: { value: null },
      }),
    },
    { doc: `How ${what} become the model's input.` },
  );

/** The processors that datasets can have, by their keys. */
export const processorOptions = {
  vis_processor: processor("vis_processor", "images"),
  video_processor: processor("vis_processor", "videos"),
  audio_processor: processor("audio_processor", "sounds"),
  pc_processor: processor("pc_processor", "clouds of points"),
  text_processor: processor("text_processor", "texts"),
} as const;
export type ProcessorKey = keyof typeof processorOptions;

/** A dataset's own processors: in training, and in evaluation. */
export interface Processing {
  readonly train?: ComponentValue;
  readonly eval?: ComponentValue;
}

const named = (name: string, options: ComponentValue["options"] = {}): ComponentValue => ({ name, options });

/** CLIP's, as LAVIS gives to the datasets of instructed models. */
export const clipImages: Processing = { train: named("clip_image_train"), eval: named("clip_image_eval") };

/** ALPRO's, of a few frames: of whole videos, or of the clips that the annotations name. */
export function frames(count: number, of: "video" | "clip"): Processing {
  const options = { n_frms: count, full_video: of === "video" };
  return {
    train: named("alpro_video_train", { ...options, min_scale: 0.9, max_scale: 1.0 }),
    eval: named("alpro_video_eval", options),
  };
}

/** BEATs', of sounds: its defaults unless given. */
export function sounds(options: ComponentValue["options"] = {}): Processing {
  const beats = named("beats_audio", options);
  return { train: beats, eval: beats };
}

/** ULIP's, of clouds of points. */
export const points: Processing = { train: named("ulip_pc"), eval: named("ulip_pc") };

export const captions: Processing = { train: named("blip_caption"), eval: named("blip_caption") };
export const questions: Processing = { train: named("blip_question"), eval: named("blip_question") };

/** Instructions drawn from templates in training; evaluation reads the text as it is. */
export function instructions(
  modality: "image" | "video" | "audio" | "pc",
  task: "caption" | "qa" | "classification",
  evaluation: "blip_caption" | "blip_question" = task === "qa" ? "blip_question" : "blip_caption",
): Processing {
  return { train: named("blip_instruction", { modality, task }), eval: named(evaluation) };
}
