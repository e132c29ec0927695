import type { Card, ComponentKind, ComponentValue } from "../card.ts";
import type { Component } from "../component.ts";
import * as components from "../components.ts";
import { UserError } from "../errors.ts";
import { createOwn } from "../own/module.ts";
import { nearest } from "../suggestion.ts";
import type { TextProcessor, VisionProcessor } from "./processor.ts";

/**
 * Builds the image processor of a component, in any thread: its name, its options and, of a user's own, its
 * module as plain data are enough.
 * @throws UserError when the name is unknown, or an option is missing, unknown, or out of range.
 */
export function openVisionProcessor(value: ComponentValue): Promise<VisionProcessor> {
  return open<VisionProcessor>("vis_processor", value);
}

/** Builds the text processor of a component. @throws UserError as {@link openVisionProcessor}. */
export function openTextProcessor(value: ComponentValue): Promise<TextProcessor> {
  return open<TextProcessor>("text_processor", value);
}

/** A factory of {@link components}, called with options that nothing has checked yet: it does. */
type Factory<P> = {
  (given: ComponentValue["options"]): Component<ComponentKind, object, readonly [], P>;
  readonly card: Card;
};

async function open<P>(kind: ComponentKind, { name, options, module }: ComponentValue): Promise<P> {
  if (module !== undefined) return createOwn<P>(kind, { name, module }, [options]);
  const factories = Object.values(components).filter(({ card }) => card.kind === kind);
  const found = factories.find(({ card }) => card.name === name);
  if (!found) {
    const names = factories.map(({ card }) => card.name);
    const near = nearest(name, names);
    const hint = near ? `Did you mean ${near}?` : `There are ${names.join(", ")}.`;
    throw new UserError(`there is no ${kind} ${name}`, hint);
  }
  // A component of this kind makes such a processor.
  const component = (found as unknown as Factory<P>)(options);
  const missing = Object.keys(component.card.options).filter((key) => !(key in component.options));
  if (missing.length > 0)
    throw new UserError(
      `${kind} ${name}: ${missing.join(" and ")} must be given`,
      "It follows another component's option.",
    );
  return component.create(component.options);
}
