import { engineCard } from "../../../../runtime/engine/engines.card.ts";
import { find, type Rule, textOf } from "../../rule.ts";

/** LV3019: the engine computes on the device. */
export const engineHasDevice: Rule = ({ run }, report) => {
  const engine = find(run, "engine");
  const device = find(run, "device");
  const [name, wanted] = [textOf(engine), textOf(device)];
  if (!engine || !device || name === undefined || wanted === undefined) return;
  const devices: readonly string[] | undefined = engineCard(name)?.devices;
  if (devices === undefined || devices.includes(wanted)) return;
  const notes = [`Write \`device = ${devices.join(" or ")}\`, or \`engine = auto\`.`];
  report("LV3019", { engine: name, device: wanted }, [engine, device], { notes });
};
