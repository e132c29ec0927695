import type { Card, ComponentValue, Options, OptionsOf } from "../card.ts";
import { UserError } from "../errors.ts";
import { completeOptions } from "../options.ts";
import { nearest } from "../suggestion.ts";
import { blip_caption_text } from "./blip-caption.card.ts";
import { blip_image_eval } from "./blip-image-eval.card.ts";
import { blip_image_train } from "./blip-image-train.card.ts";
import type { TextProcessor, VisionProcessor } from "./processor.ts";

/** Checks a component's options and builds its processor; the implementation is imported only then. */
type Entry<P> = (options: ComponentValue["options"]) => Promise<P>;

function entry<O extends Options, P>(
  card: Card<"vis_processor" | "text_processor", O>,
  load: () => Promise<(options: OptionsOf<{ options: O }>) => P>,
): Entry<P> {
  return async (given) => {
    const where = `${card.kind} ${card.name}`;
    const options = completeOptions(where, card.options, given);
    const open = Object.keys(card.options).filter((key) => !(key in options));
    if (open.length > 0)
      throw new UserError(
        `${where}: ${open.join(" and ")} must be given`,
        "It follows another component's option.",
      );
    const build = await load();
    // Every option is there and checked against the card that the type is derived from.
    return build(options as OptionsOf<{ options: O }>);
  };
}

const vision: Readonly<Record<string, Entry<VisionProcessor>>> = {
  blip_image_train: entry(
    blip_image_train,
    async () => (await import("./blip-image-train.ts")).blipImageTrain,
  ),
  blip_image_eval: entry(blip_image_eval, async () => (await import("./blip-image-eval.ts")).blipImageEval),
};

const text: Readonly<Record<string, Entry<TextProcessor>>> = {
  blip_caption: entry(blip_caption_text, async () => (await import("./blip-caption.ts")).blipCaption),
};

/**
 * Builds the image processor of a component, in any thread: its name and its options as plain data are enough.
 * @throws UserError when the name is unknown, or an option is missing, unknown, or out of range.
 */
export function openVisionProcessor({ name, options }: ComponentValue): Promise<VisionProcessor> {
  return find("vis_processor", vision, name)(options);
}

/** Builds the text processor of a component. @throws UserError as {@link openVisionProcessor}. */
export function openTextProcessor({ name, options }: ComponentValue): Promise<TextProcessor> {
  return find("text_processor", text, name)(options);
}

function find<P>(kind: string, entries: Readonly<Record<string, Entry<P>>>, name: string): Entry<P> {
  const found = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (found) return found;
  const names = Object.keys(entries);
  const near = nearest(name, names);
  throw new UserError(
    `there is no ${kind} ${name}`,
    near ? `Did you mean ${near}?` : `There are ${names.join(", ")}.`,
  );
}
