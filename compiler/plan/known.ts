/** Something that a plan cannot tell: why, and what would. */
export interface Unknown {
  readonly unknown: string;
}

/** A figure of a plan, or why there is none. */
export type Known<T> = T | Unknown;

export const unknown = (why: string): Unknown => ({ unknown: why });

export const isUnknown = (value: unknown): value is Unknown =>
  typeof value === "object" && value !== null && "unknown" in value;

/** What a figure becomes, where it is known. */
export const mapKnown = <T, U>(value: Known<T>, use: (value: T) => Known<U>): Known<U> =>
  isUnknown(value) ? value : use(value);
