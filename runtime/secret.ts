import type { Secret } from "./card.ts";
import { UserError } from "./errors.ts";

/** The secret that an environment variable holds: `token: secret("HUB_TOKEN")`. It is read when it is needed. */
export const secret = (variable: string): Secret => ({ variable });

/**
 * The secret itself, for where it is used: it goes into no option, event, record or message.
 *
 * @throws UserError when the variable is not set, or holds what cannot be one: nothing, or characters beyond
 *   printable ASCII, such as a line break at its end
 */
export function readSecret({ variable }: Secret): string {
  const value = process.env[variable];
  if (!value)
    throw new UserError(`the secret of the variable ${variable} is not set`, `export ${variable}=…`);
  if (!/^[!-~]+$/.test(value)) {
    throw new UserError(
      `the secret of the variable ${variable} has spaces, line breaks or other characters that no token has`,
      `set ${variable} to the token alone`,
    );
  }
  return value;
}
