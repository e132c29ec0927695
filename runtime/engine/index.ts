/** What `lavisc engine` and `lavisc doctor` call: installing engines and saying what is there. */
export { type InstalledEngine, type InstallOptions, installTfjsNode } from "./install/tfjs-node.ts";
export { installTorch, planTorch, type TorchInstallOptions, type TorchRequest } from "./install/torch.ts";
export { inspectMachine, type MachineFact } from "./machine.ts";
export { probeEngines } from "./open.ts";
export type { InstalledTorch } from "./torch/installed.ts";
