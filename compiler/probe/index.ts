/** `lavisc check --probe`: what a recipe names in the world around it. */

import type { Diagnostic, SourceText } from "../../grammar/index.ts";
import type { PartialRecipe } from "../resolve/resolved.ts";
import { type Probe, probeReporter } from "./probe.ts";
import { deviceIsThere } from "./probes/device-is-there.ts";
import { diskSuffices } from "./probes/disk-suffices.ts";
import { filesAreThere } from "./probes/files-are-there.ts";
import { weightsFit } from "./probes/weights-fit.ts";
import type { World } from "./world.ts";

export { type MachineServices, machineWorld } from "./machine.ts";
export { probeMessages } from "./messages.ts";
export type { EngineState, Shapes, World } from "./world.ts";

const probes: readonly Probe[] = [filesAreThere, weightsFit, diskSuffices, deviceIsThere];

/** A finding, and the text that it points into. */
export interface Probed {
  readonly diagnostic: Diagnostic;
  readonly source: SourceText;
}

/** Looks at what recipes name in the world, as far as they are resolved. Changes nothing, touches no network. */
export async function probeRecipes(
  recipes: readonly PartialRecipe[],
  world: World,
): Promise<readonly Probed[]> {
  const found: Probed[] = [];
  for (const recipe of recipes) {
    if (recipe.isBase) continue;
    const report = probeReporter(recipe, (diagnostic, { source }) => found.push({ diagnostic, source }));
    for (const probe of probes) await probe(recipe, world, report);
  }
  return found;
}
