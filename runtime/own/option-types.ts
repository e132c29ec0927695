/**
 * The types that the options of a component of one's own can have beside `number`, `boolean`, `string`, unions of
 * strings, arrays and interfaces: each is a number or a string whose name tells the compiler what a recipe may
 * write there. Numbers come in base units: pixels, bytes, seconds.
 */

/** `lavisType` is never there: only the compiler reads it. */
type Written<T, K extends string> = T & { readonly lavisType?: K };

/** An integer from 0 on. */
export type Count = Written<number, "count">;
/** A number from 0 to 1; a recipe may write `25%`. */
export type Ratio = Written<number, "ratio">;
/** A count of pixels: `384px`. */
export type Pixels = Written<number, "pixels">;
/** A count of optimizer steps: `1_000steps`. */
export type Steps = Written<number, "steps">;
/** A count of epochs: `6epochs`. */
export type Epochs = Written<number, "epochs">;
/** A count of samples: `5_000samples`. */
export type Samples = Written<number, "samples">;
/** A count of tokens: `20tokens`. */
export type Tokens = Written<number, "tokens">;
/** A count of words: `50words`. */
export type Words = Written<number, "words">;
/** A size in bytes: `8GB`. */
export type Bytes = Written<number, "bytes">;
/** A time in seconds: `30min`. */
export type Seconds = Written<number, "time">;
/** A file or folder, relative to the recipe that writes it; `create` gets it as `dataPath` takes it. */
export type Path = Written<string, "path">;
/** An address. */
export type Url = Written<string, "url">;
/** The path or URL of weights. */
export type Checkpoint = Written<string, "checkpoint">;
/** A bare name of the user's choosing, such as a split. */
export type Name = Written<string, "name">;
