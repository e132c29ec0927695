import { spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";

/** Two hosts, played by network namespaces with a cable between them. */
export interface Hosts {
  /** The address of each. */
  readonly addresses: readonly [string, string];
  /** The command that runs a program on one of them. */
  runner(host: 0 | 1): readonly string[];
  /** Takes the cable out. */
  cut(): void;
}

function ip(...words: readonly string[]): void {
  const { status, stderr, error } = spawnSync("ip", words, { encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`ip ${words.join(" ")}: ${stderr.trim()}`);
}

/**
 * Sets two hosts up for a test; nothing of them is left after it.
 * @throws Error where this machine does not allow it
 */
export function openHosts(onEnd: (close: () => void) => void = onTestFinished): Hosts {
  const names = ["a", "b"].map((side) => `lavis-${process.pid}-${side}`) as [string, string];
  const addresses = ["10.203.7.1", "10.203.7.2"] as const;
  const made: string[] = [];
  // The cable goes with its ends.
  onEnd(() => {
    for (const name of made) ip("netns", "delete", name);
  });
  for (const name of names) {
    ip("netns", "add", name);
    made.push(name);
  }
  const [a, b] = names;
  ip("link", "add", "cable", "netns", a, "type", "veth", "peer", "name", "cable", "netns", b);
  for (const [index, name] of names.entries()) {
    ip("-n", name, "address", "add", `${addresses[index]}/24`, "dev", "cable");
    for (const device of ["lo", "cable"]) ip("-n", name, "link", "set", device, "up");
  }
  return {
    addresses,
    runner: (host) => ["ip", "netns", "exec", names[host]],
    cut: () => ip("-n", a, "link", "set", "cable", "down"),
  };
}

/** Why hosts cannot be played here; undefined where they can. */
export function whyNoHosts(): string | undefined {
  const closers: (() => void)[] = [];
  try {
    openHosts((close) => closers.push(close));
    return undefined;
  } catch (error) {
    return `network namespaces are not to be had: ${error instanceof Error ? error.message : error}`;
  } finally {
    for (const close of closers) close();
  }
}
