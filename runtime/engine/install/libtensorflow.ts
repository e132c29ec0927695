import { copyFileSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { UserError } from "../../errors.ts";
import { downloadWheels, unpackWheel } from "./pip.ts";
import type { Progress, StepOptions } from "./run-step.ts";

/** The TensorFlow release whose libraries the wheel gives; tfjs-node 4.22 builds and runs against it. */
const tensorflowVersion = "2.21.0";

/** The parts of a wheel that the binding is built from and runs on. */
const wheelParts = [
  "tensorflow/libtensorflow_cc.so",
  "tensorflow/libtensorflow_framework.so",
  "tensorflow/include/tensorflow/",
  "tensorflow/include/tsl/",
  "tensorflow/include/xla/tsl/",
];

/**
 * Fetches TensorFlow's wheel with pip (`tensorflow` with CUDA, `tensorflow-cpu` without) and unpacks its
 * libraries and headers under `folder`. Returns the unpacked `tensorflow` folder. Nothing of Python is run
 * beyond pip and the unpacking.
 */
export async function fetchWheel(
  folder: string,
  gpu: boolean,
  log: string,
  progress: Progress,
): Promise<string> {
  const name = gpu ? "tensorflow" : "tensorflow-cpu";
  const options: StepOptions = {
    cwd: folder,
    log,
    hint: `install Python 3 with pip, or give an unpacked libtensorflow: lavisc engine install tfjs-node --from DIR`,
  };
  progress.step(`downloading ${name} ${tensorflowVersion} with pip`);
  const wheels = join(folder, "wheel");
  const requirement = `${name}==${tensorflowVersion}`;
  const [wheel = ""] = await downloadWheels(wheels, { ...options, requirement });
  progress.step(`unpacking the libraries of ${wheel}`);
  await unpackWheel(join(wheels, wheel), folder, wheelParts, options);
  rmSync(wheels, { recursive: true });
  return join(folder, "tensorflow");
}

/** The names that libtensorflow's two libraries come under, by source: C library archives, and wheels. */
const libraryNames = {
  libtensorflow: ["libtensorflow.so.2", "libtensorflow.so", "libtensorflow_cc.so.2"],
  framework: ["libtensorflow_framework.so.2", "libtensorflow_framework.so"],
} as const;

/**
 * Puts libtensorflow's libraries and headers where tfjs-node's build looks for them (`deps/` of the package).
 *
 * `source` is an unpacked wheel's `tensorflow` folder, an installed Python's `site-packages/tensorflow`, or an
 * unpacked libtensorflow archive (`lib/`, `include/`). Files are moved when `move` is set, else copied.
 * Throws a `UserError` that names what is missing.
 */
export function placeLibraries(source: string, packageFolder: string, move: boolean): void {
  const folders = [source, join(source, "lib"), join(source, "tensorflow")];
  const find = (names: readonly string[]): string => {
    for (const folder of folders) {
      for (const name of names) if (existsSync(join(folder, name))) return join(folder, name);
    }
    throw new UserError(
      `${source} holds none of ${names.join(", ")} (looked in it, in lib/ and in tensorflow/)`,
      "give the folder of an unpacked libtensorflow archive, or of an installed Python tensorflow",
    );
  };
  const include = [join(source, "include"), join(source, "tensorflow", "include")].find((folder) =>
    existsSync(join(folder, "tensorflow", "c", "c_api.h")),
  );
  if (include === undefined) {
    throw new UserError(
      `${source} holds no include/tensorflow/c/c_api.h`,
      "give a folder that has the C headers too",
    );
  }
  const libraries = join(packageFolder, "deps", "lib");
  mkdirSync(libraries, { recursive: true });
  for (const [kind, names] of Object.entries(libraryNames)) {
    const file = find(names);
    const target = join(libraries, basename(file));
    if (move) renameSync(file, target);
    else copyFileSync(file, target);
    // The linker asks for the plain name, the loader for the versioned one that the library calls itself.
    const plain = kind === "framework" ? "libtensorflow_framework.so" : "libtensorflow.so";
    for (const name of [plain, `${plain}.2`]) {
      if (name !== basename(file)) symlinkSync(basename(file), join(libraries, name));
    }
  }
  cpSync(include, join(packageFolder, "deps", "include"), { recursive: true });
}
