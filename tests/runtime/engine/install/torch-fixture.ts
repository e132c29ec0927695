import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildBinding } from "../../../../runtime/engine/install/node-gyp.ts";

/** A libtorch that is one as far as the installer looks: no library of it can be loaded. */
export interface FakeTorch {
  readonly version?: string;
  readonly cuda?: boolean;
  /** Parts that it lacks. */
  readonly without?: readonly ("lib" | "include" | "version")[];
  /** Where it says its version: packages in version.py, archives in build-version. */
  readonly kind?: "package" | "archive";
}

/** Writes a fake libtorch into `folder`. */
export function writeTorch(folder: string, torch: FakeTorch = {}): string {
  const { version = "2.13.0+cpu", cuda = false, without = [], kind = "package" } = torch;
  rmSync(folder, { recursive: true, force: true });
  for (const part of ["lib", "include/ATen"]) mkdirSync(join(folder, part), { recursive: true });
  const libraries = [
    ...(without.includes("lib") ? [] : ["libtorch_cpu"]),
    ...(cuda ? ["libtorch_cuda"] : []),
  ];
  for (const name of libraries) {
    for (const suffix of ["so", "dylib"]) writeFileSync(join(folder, "lib", `${name}.${suffix}`), "");
  }
  if (!without.includes("include")) writeFileSync(join(folder, "include", "ATen", "ATen.h"), "");
  if (without.includes("version")) return folder;
  if (kind === "archive") writeFileSync(join(folder, "build-version"), `${version}\n`);
  else {
    const text = `from typing import Optional\n__version__ = '${version}'\ncuda: Optional[str] = None\n`;
    writeFileSync(join(folder, "version.py"), text);
  }
  return folder;
}

/** Whether this machine can build an addon at all. */
export const hasBuildTools = (): boolean =>
  ["c++", "make", "python3"].every((command) => spawnSync(command, ["--version"]).status === 0);

/** An addon that answers the installer's question as the real one does, built in a second. */
const standIn = {
  "binding.gyp": `{ "targets": [{ "target_name": "lavis_torch", "sources": ["addon.c"], "ldflags": ["-Wl,-rpath,<(torch_runpath)"] }] }\n`,
  "addon.c": `#include <node_api.h>
static napi_value answer(napi_env env, napi_callback_info info) {
  napi_value value;
  (void)info;
  return napi_create_double(env, 31, &value) == napi_ok ? value : NULL;
}
NAPI_MODULE_INIT() {
  static const char* const names[] = {"fromArray", "op", "call", "item"};
  for (int i = 0; i < 4; i++) {
    napi_value method;
    napi_create_function(env, names[i], NAPI_AUTO_LENGTH, answer, NULL, &method);
    napi_set_named_property(env, exports, names[i], method);
  }
  return exports;
}
`,
};

/** Writes the stand-in's sources. */
export function writeSources(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(standIn)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Builds the stand-in with the real tools and returns its file, which the fake make hands out. */
export async function buildStandIn(folder: string): Promise<string> {
  writeSources(folder);
  const options = { cwd: folder, log: join(folder, "log"), hint: "" };
  await buildBinding({ torch_folder: folder, torch_runpath: folder }, options);
  return join(folder, "build", "Release", "lavis_torch.node");
}

/** Packs a fake wheel: a zip file of a package folder and of what lies beside it. */
export function writeWheel(folder: string, name: string, parts: readonly string[]): void {
  execFileSync("python3", ["-m", "zipfile", "-c", join(folder, name), ...parts]);
}

/**
 * Commands that stand before the system's: pip gives the wheels in `wheels/`, make the stand-in addon, the compiler
 * takes everything. Each notes in `calls` that it ran.
 */
export class FakeTools {
  readonly bin: string;
  readonly #folder: string;

  constructor(folder: string, addon: string) {
    this.#folder = folder;
    this.bin = join(folder, "bin");
    mkdirSync(this.bin);
    mkdirSync(join(folder, "wheels"));
    const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
    this.write("g++", 'cat > /dev/null; echo "g++ 12"');
    this.write("python", "exit 1");
    this.write(
      "python3",
      `case "$*" in
        *find_spec*) cat ${folder}/python-torch 2>/dev/null ;;
        *"pip --version"*) echo "pip 24" ;;
        *"pip download"*)
          ${this.#note("pip", '"$@"')}; ${this.#hang("pip")}
          while [ "$1" != -d ]; do shift; done
          cp ${folder}/wheels/*.whl "$2" ;;
        *extract*) ${this.#note("unpack")}; ${this.#hang("unpack")}; exec ${python.trim()} "$@" ;;
        *) exec ${python.trim()} "$@" ;;
      esac`,
    );
    this.write(
      "make",
      `[ "$1" = --version ] && echo "GNU Make" && exit
      ${this.#note("make")}; ${this.#hang("make")}
      mkdir -p build/Release && cp ${addon} build/Release/lavis_torch.node`,
    );
  }

  /** Makes a command what the shell script says. */
  write(name: string, script: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  /** Makes a Python import the torch of this folder. */
  installInPython(torch: string): void {
    writeFileSync(join(this.#folder, "python-torch"), `${torch}\n`);
  }

  /** The commands that ran, in order: `pip` with its arguments, `unpack`, `make`. */
  get calls(): string[] {
    const file = join(this.#folder, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** Lets the next run of a command stand still for a while. */
  hangAt(command: string): void {
    writeFileSync(join(this.#folder, `hang-${command}`), "");
  }

  #note(command: string, args = ""): string {
    return `echo ${command} ${args} >> ${this.#folder}/calls`;
  }

  #hang(command: string): string {
    return `if rm ${this.#folder}/hang-${command} 2>/dev/null; then sleep 2; fi`;
  }
}
