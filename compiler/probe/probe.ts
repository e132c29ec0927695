import { createDiagnostic, type Diagnostic, type MessageParameters } from "../../grammar/index.ts";
import { describeAbout, type Found } from "../check/rule.ts";
import type { PartialRecipe, Place } from "../resolve/resolved.ts";
import { type ProbeCode, type ProbeMessages, probeMessages } from "./messages.ts";
import type { World } from "./world.ts";

/** Reports what a probe found: at the value that somebody wrote, or whose default it is. */
export type ProbeReport = <C extends ProbeCode>(
  code: C,
  parameters: MessageParameters<ProbeMessages[C]>,
  about: readonly (Found | Place)[],
  notes?: readonly string[],
) => void;

/** Looks at one thing of the world that a recipe names. Changes nothing. */
export type Probe = (recipe: PartialRecipe, world: World, report: ProbeReport) => Promise<void>;

/** The way of a recipe's probes to diagnostics. */
export function probeReporter(
  recipe: PartialRecipe,
  add: (diagnostic: Diagnostic, place: Place) => void,
): ProbeReport {
  return (code, parameters, about, notes = []) => {
    const { place, ...rest } = describeAbout(recipe, about, { notes });
    add(createDiagnostic(probeMessages, code, parameters, { ...place, ...rest }), place);
  };
}
