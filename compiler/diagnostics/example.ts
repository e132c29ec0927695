/** What a diagnostic is about, shown: documentation that the tests run. */
export interface Example {
  /** Gives the diagnostic. */
  readonly invalid: string;
  /** The same as it should be. */
  readonly valid: string;
  /** Files that the two import, by their path beside them. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the project's `lavisc.json` says, where it matters. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Whether the two are command lines rather than recipes. */
  readonly isCommand?: boolean;
}
