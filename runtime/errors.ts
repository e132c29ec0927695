/** A failure that the user can mend: what happened, and how to fix it. Everything else thrown is our bug. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** How to fix it, in one sentence. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** Whether the operating system refused something, such as to write a file where there is no room or no permission. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
