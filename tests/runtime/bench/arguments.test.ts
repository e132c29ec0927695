import { parseArgs } from "node:util";
import { describe, expect, it } from "vitest";
import { ArgumentError, readStepArguments, stepFlags } from "../../bench/arguments.ts";
import { sizes } from "../../bench/sizes.ts";

const read = (...args: readonly string[]) =>
  readStepArguments(
    parseArgs({ args: [...args], allowPositionals: true, options: stepFlags }),
    { rounds: 5, sizes: ["small", "base"] },
    (device) => (device === "cuda" ? ["torch"] : ["torch", "wasm"]),
  );

describe("the arguments of a benchmark of steps", () => {
  it("are the benchmark's own where none are given", () => {
    const { rounds, chosen, only, device } = read();
    expect({ rounds, chosen, only, device }).toEqual({
      rounds: 5,
      chosen: [
        ["small", sizes.small],
        ["base", sizes.base],
      ],
      only: undefined,
      device: "cpu",
    });
  });

  it("change the batch and the image of each size", () => {
    const { rounds, chosen } = read("3", "tiny", "--batch", "2", "--image-size", "128");
    expect(rounds).toBe(3);
    expect(chosen).toEqual([["tiny", { ...sizes.tiny, batch: 2, image_size: 128 }]]);
  });

  it("choose contenders", () => {
    expect(read("--only", "wasm,torch").only).toEqual(["wasm", "torch"]);
  });

  it.each([
    [["large"], "size is large, expected one of quickstart, tiny, small, base"],
    [["toString"], "size is toString, expected one of quickstart, tiny, small, base"],
    [["0"], "rounds is 0, expected a whole number from 1"],
    [["2.5"], "rounds is 2.5, expected a whole number from 1"],
    [["3", "4"], "rounds are given more than once: 3, 4"],
    [["--device", "gpu"], "--device is gpu, expected one of cpu, cuda"],
    [["--batch", "x"], "--batch is x, expected a whole number from 1"],
    [["--image-size", ""], "--image-size is , expected a whole number from 1"],
    [["--threads", "0"], "--threads is 0, expected a whole number from 1"],
    [["--only", "torch,jax"], "--only on cpu is jax, expected one of torch, wasm"],
    [["--only", "wasm", "--device", "cuda"], "--only on cuda is wasm, expected one of torch"],
  ])("refuse %j", (args, message) => {
    expect(() => read(...args)).toThrow(new ArgumentError(message));
  });
});
