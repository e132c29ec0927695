import type { MessageDefinition, MessageParameters } from "../../grammar/index.ts";

/** What a diagnostic is about, shown: documentation that the tests run. */
export interface Example {
  /** Gives the diagnostic. */
  readonly invalid: string;
  /** The same as it should be. */
  readonly valid: string;
  /** What the placeholders of the message and of its help stand for when `invalid` gives it. */
  readonly given?: Readonly<Record<string, string | number>>;
  /** Files that the two name, by their path beside them. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the project's `lavisc.json` says, where it matters. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** What the two are: recipes unless told, command lines, or configurations of LAVIS. */
  readonly language?: "lavis" | "sh" | "yaml";
}

/** The example of one message: it gives every placeholder, as far as there are any. */
export type ExampleOf<D extends MessageDefinition> = Example &
  (keyof MessageParameters<D> extends never ? unknown : { readonly given: MessageParameters<D> });

/** The examples of a table of messages, by code. */
export type ExamplesOf<T extends Readonly<Record<string, MessageDefinition>>, C extends keyof T = keyof T> = {
  readonly [Code in C]: ExampleOf<T[Code]>;
};
