import { expect, test } from "vitest";
import { toFloat32, toInt32 } from "../../../runtime/checkpoint/dtype.ts";
import { readSafetensors } from "../../../runtime/checkpoint/safetensors.ts";
import {
  applyMinLength,
  applyRepetitionPenalty,
  applyTemperature,
  applyTopK,
  applyTopP,
  softmax,
} from "../../../runtime/generate/logits-processors.ts";
import { goldenPath } from "../../golden.ts";

const golden = readSafetensors(goldenPath("logits_processors", "logits_processors.safetensors"));
const [numRows, vocabularySize] = golden.get("logits")!.shape as [number, number];
const length = golden.get("input_ids")!.shape[1]!;
const ids = toInt32(golden.get("input_ids")!, "input_ids");
const logits = toFloat32(golden.get("logits")!);

type Processor = (scores: Float32Array, ids: readonly number[], numbers: readonly number[]) => void;

const processors: Readonly<Record<string, Processor>> = {
  min_length: (scores, ids, [minLength, endId]) => applyMinLength(scores, ids.length, minLength!, endId!),
  repetition: (scores, ids, [penalty]) => applyRepetitionPenalty(scores, ids, penalty!),
  temperature: (scores, _, [temperature]) => applyTemperature(scores, temperature!),
  top_k: (scores, _, [k]) => applyTopK(scores, k!),
  top_p: (scores, _, [p]) => applyTopP(scores, p!),
};

const cases = [...golden.keys()].filter((name) => name !== "logits" && name !== "input_ids");

// A case's name is its processor's with its numbers: top_p_0.9, min_length_7_eos_3.
test.each(cases)("%s gives transformers' scores", (name) => {
  const kind = Object.keys(processors).find((kind) => name.startsWith(kind));
  const numbers = [...name.matchAll(/\d+(?:\.\d+)?/g)].map(Number);
  const expected = toFloat32(golden.get(name)!);
  for (let row = 0; row < numRows; row++) {
    const scores = logits.slice(row * vocabularySize, (row + 1) * vocabularySize);
    processors[kind!]!(scores, [...ids.subarray(row * length, (row + 1) * length)], numbers);
    const wanted = expected.subarray(row * vocabularySize, (row + 1) * vocabularySize);
    for (const [id, score] of scores.entries()) {
      if (Number.isFinite(wanted[id]!)) expect(score, `row ${row} token ${id}`).toBeCloseTo(wanted[id]!, 5);
      else expect(score, `row ${row} token ${id}`).toBe(wanted[id]);
    }
  }
});

test("a repeated token is penalised once", () => {
  const scores = Float32Array.of(2, -2, 1);
  applyRepetitionPenalty(scores, [0, 0, 1], 2);
  expect([...scores]).toEqual([1, -4, 1]);
});

test("top-p keeps the likeliest token even when it alone has less than p", () => {
  const scores = Float32Array.of(0, 0.1, 0);
  applyTopP(scores, 0.01);
  expect([...scores]).toEqual([Number.NEGATIVE_INFINITY, expect.closeTo(0.1), Number.NEGATIVE_INFINITY]);
});

test("top-k keeps tokens that tie with the last kept one", () => {
  const scores = Float32Array.of(1, 3, 1, 0);
  applyTopK(scores, 2);
  expect([...scores]).toEqual([1, 3, 1, Number.NEGATIVE_INFINITY]);
});

test("forbidden tokens have no probability", () => {
  expect([...softmax(Float32Array.of(0, Number.NEGATIVE_INFINITY, 0))]).toEqual([0.5, 0, 0.5]);
});
