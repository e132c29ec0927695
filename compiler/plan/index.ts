/** What a recipe will do and need, before any data is touched. */
export * from "./checkpoints.ts";
export { isUnknown, type Known, type Unknown } from "./known.ts";
export { epochsOf, type Length, totalStepsOf } from "./length.ts";
export { type Memory, type MemoryFigures, memoryOf } from "./memory.ts";
export * from "./plan.ts";
export type { RateAt, Rates } from "./rates.ts";
export { trainingSamples } from "./samples.ts";
export { type ParameterCount, type ReadVocabulary, sizeOf } from "./size.ts";
export { formatBytes, planText } from "./text.ts";
export { runFigures } from "./values.ts";
