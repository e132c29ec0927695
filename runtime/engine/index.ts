/**
 * What commands of `lavisc` call that install engines or look at this machine: `engine`, `doctor`, `plan` and
 * `check --probe`.
 */
export { dataPath } from "../cache.ts";
export { openWeights } from "../checkpoint/open.ts";
export { findCheckpoint } from "../checkpoint/store.ts";
export { probeShm, type ShmStatus } from "../distributed/shm/binding.ts";
export { parseVocabulary } from "../text/vocabulary.ts";
export { installShm, planShm, type ShmInstallOptions, type ShmRequest } from "./install/shm.ts";
export { type InstalledEngine, type InstallOptions, installTfjsNode } from "./install/tfjs-node.ts";
export { installTorch, planTorch, type TorchInstallOptions, type TorchRequest } from "./install/torch.ts";
export { inspectMachine, type MachineFact } from "./machine.ts";
export { probeEngines } from "./open.ts";
export type { InstalledTorch } from "./torch/installed.ts";
