import { availableParallelism } from "node:os";
import type { Device } from "../../runtime/tensor/index.ts";
import { type Size, sizeNames, sizes } from "./sizes.ts";

/** The flags that every benchmark of training steps has, for `parseArgs`. */
export const stepFlags = {
  only: { type: "string" },
  device: { type: "string", default: "cpu" },
  batch: { type: "string" },
  "image-size": { type: "string" },
  threads: { type: "string", default: String(availableParallelism()) },
  markdown: { type: "boolean", default: false },
} as const;

/** The lines of a usage that explain {@link stepFlags}. */
export const stepFlagsUsage = `
  --device NAME      cpu (the default) or cuda
  --batch N          samples in a step, in place of the size's own
  --image-size N     pixels, in place of the size's own
  --threads N        on the CPU; all cores unless given
  --markdown         print tables in Markdown`;

/** What `parseArgs` makes of {@link stepFlags}. */
interface StepValues {
  readonly only?: string | undefined;
  readonly device: string;
  readonly batch?: string | undefined;
  readonly "image-size"?: string | undefined;
  readonly threads: string;
  readonly markdown: boolean;
}

/** What a benchmark of steps was asked to measure. */
export interface StepArguments {
  readonly rounds: number;
  /** By name, with the batch and the image size that were asked for. */
  readonly chosen: readonly (readonly [name: string, size: Size])[];
  /** The contenders that take part; all where undefined. */
  readonly only: readonly string[] | undefined;
  readonly device: Device;
  readonly threads: number;
  readonly markdown: boolean;
}

/** An argument of a benchmark that it cannot take. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/** A number from 1. */
export function count(what: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new ArgumentError(`${what} is ${text}, expected a whole number from 1`);
  return Number(text);
}

/** One of some names. */
export function oneOf<Name extends string>(what: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new ArgumentError(`${what} is ${text}, expected one of ${names.join(", ")}`);
  return found;
}

/**
 * Reads `[rounds] [sizes…]` and {@link stepFlags}; `contenders` are those that a device has.
 * @throws ArgumentError where one of them is not understood
 */
export function readStepArguments(
  { values, positionals }: { readonly values: StepValues; readonly positionals: readonly string[] },
  defaults: { readonly rounds: number; readonly sizes: readonly string[] },
  contenders: (device: Device) => readonly string[],
): StepArguments {
  const device = oneOf("--device", values.device, ["cpu", "cuda"]);
  const isNumber = (text: string) => /^[-\d]/.test(text);
  const [rounds = String(defaults.rounds), ...more] = positionals.filter(isNumber);
  if (more.length > 0)
    throw new ArgumentError(`rounds are given more than once: ${rounds}, ${more.join(", ")}`);
  const names = positionals.filter((text) => !isNumber(text));
  const changes = {
    ...(values.batch !== undefined && { batch: count("--batch", values.batch) }),
    ...(values["image-size"] !== undefined && { image_size: count("--image-size", values["image-size"]) }),
  };
  return {
    rounds: count("rounds", rounds),
    chosen: (names.length > 0 ? names : defaults.sizes).map((name) => {
      const known = oneOf("size", name, sizeNames);
      return [known, { ...sizes[known], ...changes }];
    }),
    only: values.only?.split(",").map((name) => oneOf(`--only on ${device}`, name, contenders(device))),
    device,
    threads: count("--threads", values.threads),
    markdown: values.markdown,
  };
}

/** What `read` makes of the command line; ends the process with the usage for `--help` and where it refuses. */
export function readOrExit<T>(usage: string, read: () => T): T {
  if (process.argv.includes("--help")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ArgumentError) && !isFromParseArgs(error)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

/** A flag that `parseArgs` does not know, or one without the value that it needs. */
function isFromParseArgs(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("ERR_PARSE_ARGS_")
  );
}
