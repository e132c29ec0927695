import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Collectives } from "../../../runtime/distributed/collectives.ts";
import { CollectiveError } from "../../../runtime/distributed/errors.ts";
import type { Operation, Transport } from "../../../runtime/distributed/transport.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const pass = (seconds: number) => vi.advanceTimersByTime(1000 * seconds);

/** A group of two whose other process is waited for as `wait` says. */
function groupOf(wait: Operation["wait"], warnings: string[] = [], aborts: string[] = []): Collectives {
  const transport: Transport = {
    backend: "shm",
    rank: 0,
    size: 2,
    allocate: () => ({ wait, memory: () => new ArrayBuffer(8) }),
    start: () => ({ wait }),
    missing: () => [1],
    abort: (reason) => void aborts.push(reason),
    close: async () => {},
  };
  const onWarning = (text: string): void => void warnings.push(text);
  return Collectives.over(transport, { timeout: 10, warnAfter: 4, onWarning });
}

describe("waiting for another process", () => {
  it.each([
    ["a call", (group: Collectives) => group.barrier("epoch 1"), 'barrier for "epoch 1", call 1'],
    [
      "an allocation",
      (group: Collectives) => void group.allocate(8, "gradients"),
      'allocation of 8 bytes for "gradients", call 1',
    ],
  ])("in %s is warned of, and given up with word to the others when its time is over", (_, call, words) => {
    const warnings: string[] = [];
    const aborts: string[] = [];
    const group = groupOf(
      (milliseconds) => {
        pass(milliseconds / 1000);
        return false;
      },
      warnings,
      aborts,
    );
    expect(() => call(group)).toThrow(CollectiveError);
    expect(warnings).toEqual([
      `rank 1 has not come to ${words} for 4 s`,
      `rank 1 has not come to ${words} for 8 s`,
    ]);
    expect(aborts).toEqual([`rank 0 gave up: rank 1 has not come to ${words} within 10 s`]);
    // What comes after fails with what was first.
    expect(() => group.barrier("later")).toThrow(words);
  });

  it("does not count the time in which the whole job was halted", () => {
    let calls = 0;
    const group = groupOf(() => {
      pass(calls === 0 ? 3600 : 0.01);
      return calls++ > 0;
    });
    expect(() => group.barrier("after the break")).not.toThrow();
  });
});
