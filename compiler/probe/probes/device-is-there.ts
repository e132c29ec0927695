import { engines } from "../../../runtime/engine/engines.card.ts";
import { find, flagOf, textOf } from "../../check/rule.ts";
import type { Probe } from "../probe.ts";
import type { EngineState } from "../world.ts";

/** LV6010: an engine that is installed computes on the device, in mixed precision where it is asked for. */
export const deviceIsThere: Probe = async (recipe, world, report) => {
  const [device, engine] = [find(recipe.run, "device"), find(recipe.run, "engine")];
  const [wanted, name] = [textOf(device), textOf(engine)];
  if (device === undefined || engine === undefined || wanted === undefined || name === undefined) return;
  const states = await world.engines();
  const fits = ({ isUsable, devices = [] }: EngineState) => isUsable && devices.includes(wanted);
  if (name === "auto") {
    const amp = flagOf(find(recipe.run, "amp")) === true;
    const able = Object.values(engines).filter(({ hasMixedPrecision }) => hasMixedPrecision || !amp);
    const titles: readonly string[] = able.map(({ title }) => title);
    if (states.some((state) => titles.includes(state.name) && fits(state))) return;
    const how = amp ? " in mixed precision" : "";
    report("LV6010", { problem: `no engine that works here computes on \`${wanted}\`${how}` }, [device]);
    return;
  }
  const title = Object.entries(engines).find(([known]) => known === name)?.[1].title;
  const state = states.find((one) => one.name === title);
  if (state === undefined || fits(state)) return;
  const problem = state.isUsable
    ? `the engine \`${name}\` sees no \`${wanted}\` here`
    : `the engine \`${name}\` does not work here: ${state.reason ?? "nobody knows why"}`;
  report("LV6010", { problem }, [state.isUsable ? device : engine]);
};
