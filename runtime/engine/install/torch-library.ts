import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../../errors.ts";
import { firstLine } from "./build-tools.ts";

/** A libtorch on this machine that the engine can be built on. */
export interface TorchLibrary {
  /** Its own version with its build, such as 2.13.0+cpu. */
  readonly version: string;
  readonly cuda: boolean;
  /** The folder that holds `lib/` and `include/`. */
  readonly folder: string;
}

/** The release that pip is asked for: the one that the engine is written and tested with. */
export const testedVersion = "2.13.0";

/**
 * The oldest release that the engine takes: earlier ones lack functions that the addon calls
 * (`at::cpu::get_cpu_capabilities`), and those before 2.7 have wheels with another C++ ABI than compilers use unless
 * told otherwise. The newest is any of the same major release: what changed in one shows when the addon is built.
 */
const oldest = [2, 11] as const;
const supportedRange = `${oldest.join(".")} to 2.x, tested with ${testedVersion}`;

function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major === oldest[0] && minor >= oldest[1];
}

const suffix = process.platform === "darwin" ? "dylib" : "so";

/** The version that a folder with libtorch says it has: Python packages in version.py, archives in build-version. */
function versionOf(folder: string): string | undefined {
  const read = (file: string): string | undefined =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : undefined;
  const written = /^__version__\s*(?::[^=]*)?=\s*['"]([^'"]+)['"]/m.exec(read("version.py") ?? "")?.[1];
  return written ?? (read("build-version")?.trim() || undefined);
}

/**
 * Reads what libtorch a folder holds: an unpacked archive of libtorch (lib/, include/, build-version), an installed
 * `torch` package, or the folder (site-packages) that holds it.
 *
 * @returns the library, or in words why the folder is none that the engine can be built on
 */
export function readTorchFolder(given: string): TorchLibrary | string {
  const folders = [given, join(given, "torch"), join(given, "libtorch")];
  const library = join("lib", `libtorch_cpu.${suffix}`);
  const folder = folders.find((one) => existsSync(join(one, library)));
  if (folder === undefined) {
    return `${given} holds no ${library} (looked in it, in torch/ and in libtorch/)`;
  }
  if (!existsSync(join(folder, "include", "ATen", "ATen.h"))) {
    return `${folder} has libraries but no headers (include/ATen/ATen.h)`;
  }
  const version = versionOf(folder);
  if (version === undefined) return `${folder} does not say its version (in version.py or build-version)`;
  if (!isSupported(version)) {
    return `${folder} holds torch ${version}; the engine takes ${supportedRange}`;
  }
  const cuda = existsSync(join(folder, "lib", `libtorch_cuda.${suffix}`));
  return { version, cuda, folder: realpathSync(folder) };
}

/** The library in a folder of the user's. Throws a `UserError` that says what the folder lacks. */
export function torchFromFolder(from: string, cuda: boolean): TorchLibrary {
  const folder = resolve(from);
  const found = existsSync(folder) ? readTorchFolder(folder) : `there is no folder ${folder}`;
  const hint = "give an unpacked libtorch, or a site-packages folder with torch in it, or use --from pip";
  if (typeof found === "string") throw new UserError(`--from ${from}: ${found}`, hint);
  if (cuda && !found.cuda) {
    throw new UserError(
      `--from ${from}: torch ${found.version} in ${found.folder} is built without CUDA`,
      "give a CUDA build, or leave --cuda out",
    );
  }
  return found;
}

/** A Python of this machine and the torch that it would import. */
export interface PythonTorch {
  /** The command that runs this Python. */
  readonly python: string;
  /** The library, or in words why the engine cannot be built on it. */
  readonly torch: TorchLibrary | string;
}

/**
 * Prints the folder of the torch package that this Python would import, without importing it. The working folder
 * is not looked in: a folder named torch there is somebody's own.
 */
const findScript = `
import importlib.util, os, sys
sys.path[:] = [path for path in sys.path if path]
spec = importlib.util.find_spec("torch")
print(os.path.dirname(spec.origin) if spec and spec.origin else "")
`;

/** The torch installed in each Python on the PATH and in the active environment; Pythons without torch are left out. */
export async function findPythonTorch(): Promise<PythonTorch[]> {
  const { VIRTUAL_ENV, CONDA_PREFIX } = process.env;
  const active = [VIRTUAL_ENV, CONDA_PREFIX].flatMap((folder) =>
    folder ? [join(folder, "bin", "python")] : [],
  );
  const pythons = [...active, "python3", "python"];
  const folders = await Promise.all(pythons.map((python) => firstLine(python, ["-c", findScript])));
  return pythons.flatMap((python, index) => {
    const folder = folders[index];
    if (!folder || folders.indexOf(folder) < index) return [];
    return [{ python, torch: readTorchFolder(folder) }];
  });
}
