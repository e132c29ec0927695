import { oneOf } from "../../card.ts";

/** The part of a model that stays as it is, of those that it can be trained without. */
export const frozenPart = <const P extends readonly string[]>(parts: P) =>
  oneOf(parts, {
    doc: "Part of the model to keep as it was loaded while the rest is trained; it runs without dropout, and takes no memory for gradients.",
    noun: "part",
    nullable: true,
    default: { value: null },
  });
