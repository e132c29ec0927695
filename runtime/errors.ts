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
