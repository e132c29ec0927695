import { ownPackage } from "../../package.ts";
import { engineLines } from "../engine-lines.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { styleOf, type Terminal } from "../terminal.ts";

/** Says what is installed, what programs can compute with and exchange gradients through, and why not with the rest. */
export async function doctor(terminal: Terminal): Promise<ExitCode> {
  const { inspectMachine, probeEngines, probeShm } = await import("lavis/runtime/engine");
  const { version } = ownPackage();
  terminal.out(`lavisc ${version}, Node ${process.versions.node} on ${process.platform} ${process.arch}\n\n`);
  for (const { name, value, advice } of await inspectMachine()) {
    terminal.out(
      `${name.padEnd(12)} ${value}${advice === undefined ? "" : `\n${" ".repeat(13)}→ ${advice}`}\n`,
    );
  }
  terminal.out("\n");
  const engines = await probeEngines();
  const style = styleOf(terminal, "results");
  terminal.out(`${engineLines(engines, style)}\n${engineLines([probeShm()], style)}`);
  return engines.some(({ isUsable }) => isUsable) ? exitCodes.clean : exitCodes.usage;
}
