import type { Style } from "../report/index.ts";

/** What is known of an engine on this machine, as `lavis/runtime/engine` tells it. */
export interface EngineStatus {
  readonly name: string;
  /** Whether programs can compute with it. */
  readonly isUsable: boolean;
  /** Why not, and what to do about it. */
  readonly reason?: string;
  /** What it can compute on. */
  readonly devices?: readonly string[];
  /** By what it joins the processes of a training, where it can at all. */
  readonly joins?: readonly string[];
}

function joining(joins: readonly string[]): string {
  return joins.length === 0
    ? "joins no processes: its libtorch has no gloo"
    : `joins processes by ${joins.join(" and ")}`;
}

/** One line an engine: whether it works, on which devices, and otherwise why not. */
export function engineLines(engines: readonly EngineStatus[], style: Style): string {
  const width = Math.max(...engines.map(({ name }) => name.length));
  const lines = engines.map(({ name, isUsable, reason, devices = [], joins }) => {
    const sign = isUsable ? style.added("✓") : style.removed("✗");
    const detail = isUsable
      ? ["works", ...devices, ...(joins ? [joining(joins)] : [])].join(", ")
      : (reason ?? "does not work");
    const [first = "", ...rest] = detail.split("\n");
    const indent = " ".repeat(width + 4);
    return [`${sign} ${name.padEnd(width)}  ${first}`, ...rest.map((line) => `${indent}${line}`)].join("\n");
  });
  return `${lines.join("\n")}\n`;
}
