import { find, type Rule, textOf } from "../../rule.ts";

/** The device of each engine that has but one; `torch` has both, and `auto` looks for one that fits. */
const devices: Readonly<Record<string, string>> = { wasm: "cpu", tfjs_node: "cpu", tfjs_node_gpu: "cuda" };

/** LV3019: the engine computes on the device. */
export const engineHasDevice: Rule = ({ run }, report) => {
  const engine = find(run, "engine");
  const device = find(run, "device");
  const [name, wanted] = [textOf(engine), textOf(device)];
  if (!engine || !device || name === undefined || wanted === undefined) return;
  const only = devices[name];
  if (only === undefined || only === wanted) return;
  const notes = [`Write \`device = ${only}\`, or \`engine = auto\`.`];
  report("LV3019", { engine: name, device: wanted }, [engine, device], { notes });
};
