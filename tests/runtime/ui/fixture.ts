import type { EvaluatedEvent, Stamped, StartEvent, StepEvent } from "../../../runtime/train/events.ts";

const time = 0;

export const start: StartEvent & { time: number } = {
  type: "start",
  time,
  recipe: "emoji_caption",
  source: "emoji_caption.lavis",
  task: "captioning",
  model: "blip_caption.tiny",
  engine: "wasm",
  device: "cpu",
  threads: 1,
  engineReason: "tfjs-node is not installed",
  outputDir: "output/emoji/20260131-120000",
  numParameters: 3_250_000,
  numTrainSamples: 19_437,
  batchSize: 32,
  numEpochs: 2,
  stepsPerEpoch: 100,
  totalSteps: 200,
  startStep: 0,
  logFreq: 50,
  valFreq: 1,
};

export function step(number: number, loss = 5 - number / 50): StepEvent & { time: number } {
  return {
    type: "step",
    time,
    epoch: Math.ceil(number / 100),
    stepInEpoch: ((number - 1) % 100) + 1,
    step: number,
    lr: 3e-4,
    losses: { loss, loss_lm: loss },
    gradNorm: 1.5,
    seconds: 0.5,
    loaderSeconds: 0.05,
    samples: 32,
    memory: { engine: 120e6, rss: 450e6 },
  };
}

/** Processes of a run: each takes half a second a step, the third a tenth of that more, for which the others wait. */
export const processes = {
  size: 4,
  backend: "shm",
  topology: "rank 0 of 4 on one host; data goes by shm",
} as const;

export function stepTogether(number: number, size: number = processes.size): StepEvent & { time: number } {
  const ranks = Array.from({ length: size }, (_, rank) =>
    rank === 2
      ? { seconds: 0.55, communicationSeconds: 0.05, samples: 8 }
      : { seconds: 0.5, communicationSeconds: 0.1, samples: 8 },
  );
  return { ...step(number), seconds: 0.6, samples: 8 * size, ranks };
}

export const evaluated: EvaluatedEvent & { time: number } = {
  type: "evaluated",
  time,
  split: "val",
  epoch: 1,
  metrics: { Bleu_4: 0.1312, CIDEr: 0.8231 },
  select: "CIDEr",
  isBest: true,
  samples: [{ id: "7", prediction: "red apple", references: ["a red apple", "apple fruit"] }],
  seconds: 3,
};

export const done: Stamped = {
  type: "done",
  time,
  outcome: "stopped",
  step: 120,
  seconds: 60,
  outputDir: "output/emoji/20260131-120000",
  resumeFrom: "output/emoji/20260131-120000/checkpoints/step_120",
};
