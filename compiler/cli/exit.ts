/** What `lavisc` exits with. */
export const exitCodes = {
  clean: 0,
  /** There were errors in recipes, or more warnings than `--max-warnings`. */
  diagnostics: 1,
  /** The command line or the surroundings are wrong: no such file, unknown flag, folder not writable. */
  usage: 2,
  /** A bug of ours; a report file says more. */
  internal: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command cannot be done as asked: exit code 2. `hint` says what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Errors that the user can mend: ours, the output folder's, and the runtime's. The runtime's class cannot be
 * imported here, since a command loads the runtime only when it runs; the name tells.
 */
export function isUserError(error: unknown): error is Error & { readonly hint?: string } {
  return (
    error instanceof Error &&
    ["UsageError", "ConfigurationError", "OutputError", "UserError"].includes(error.name)
  );
}
