import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { placeLibraries } from "../../../../runtime/engine/install/libtensorflow.ts";
import { runStep } from "../../../../runtime/engine/install/run-step.ts";
import {
  engineFolder,
  installedEngine,
  installTfjsNode,
} from "../../../../runtime/engine/install/tfjs-node.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-install-"));
  vi.stubEnv("LAVIS_CACHE", join(folder, "cache"));
});
afterEach(() => vi.unstubAllEnvs());

/** Puts commands of our own before the system's: each is a shell script. */
function stubCommands(scripts: Readonly<Record<string, string>>): void {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
}

/** An npm that installs a package whose own download ends well but brings nothing, as behind a proxy. */
const npmWithoutDownload =
  'mkdir -p node_modules/@tensorflow/tfjs-node/scripts && echo "" > node_modules/@tensorflow/tfjs-node/scripts/install.js';

const silent = { step: () => {} };

describe("installing tfjs-node", () => {
  it("says which command failed, with its last lines and where the rest is", async () => {
    stubCommands({ npm: 'echo "registry is out of reach" >&2; exit 7' });
    await expect(installTfjsNode({ gpu: false, progress: silent })).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(
        /`npm install .*tfjs-node@4\.22\.0` failed: it ended with exit code 7\n {4}registry is out of reach\n.*install\.log/s,
      ),
      hint: "check that npm reaches its registry",
    });
  });

  it("goes on to the pip wheel when the package's own download brings nothing, unless --from npm", async () => {
    stubCommands({ npm: npmWithoutDownload, python3: 'echo "no pip here" >&2; exit 1' });
    const steps: string[] = [];
    const progress = { step: (text: string) => steps.push(text) };
    await expect(installTfjsNode({ gpu: false, progress })).rejects.toThrow(
      /python3 -m pip download.*no pip here/s,
    );
    expect(steps).toContain("that download is out of reach; taking TensorFlow's pip wheel instead");
    await expect(installTfjsNode({ gpu: false, from: "npm", progress })).rejects.toThrow("made no binding");
  });

  it("asks pip for the CUDA build with --gpu and for the CPU build without", async () => {
    stubCommands({
      npm: npmWithoutDownload.replaceAll("tfjs-node", "$(basename $(pwd) | sed 's/^\\.//; s/-[0-9]*$//')"),
      python3: "exit 1",
    });
    const message = async (gpu: boolean) =>
      installTfjsNode({ gpu, from: "pip", progress: silent }).then(
        () => "",
        (error: Error) => error.message,
      );
    expect(await message(true)).toContain(" tensorflow==2.21.0");
    expect(await message(false)).toContain(" tensorflow-cpu==2.21.0");
  });

  it("leaves an engine that is there as it is when a new installation fails, and nothing half made", async () => {
    mkdirSync(engineFolder("tfjs-node"), { recursive: true });
    const before = {
      engine: "tfjs-node",
      version: "4.22.0",
      from: "pip",
      tensorflow: "2.21.0",
      installed: "then",
    };
    writeFileSync(join(engineFolder("tfjs-node"), "engine.json"), JSON.stringify(before));
    stubCommands({ npm: "exit 1" });
    expect(await installTfjsNode({ gpu: false, progress: silent })).toEqual(before);
    await expect(installTfjsNode({ gpu: false, force: true, progress: silent })).rejects.toThrow("failed");
    expect(installedEngine("tfjs-node")).toEqual(before);
    expect(readdirSync(join(folder, "cache", "engines")).sort()).toEqual([
      "tfjs-node",
      "tfjs-node-install.log",
    ]);
  });

  it("refuses a --from folder that is not there", async () => {
    stubCommands({ npm: npmWithoutDownload });
    const from = join(folder, "nowhere");
    await expect(installTfjsNode({ gpu: false, from, progress: silent })).rejects.toThrow(
      "there is no such folder",
    );
  });
});

describe("placing libtensorflow", () => {
  function wheelFolder(): string {
    const source = join(folder, "tensorflow");
    mkdirSync(join(source, "include", "tensorflow", "c"), { recursive: true });
    writeFileSync(join(source, "include", "tensorflow", "c", "c_api.h"), "header");
    writeFileSync(join(source, "libtensorflow_cc.so.2"), "library");
    writeFileSync(join(source, "libtensorflow_framework.so.2"), "framework");
    return source;
  }

  it("links a wheel's libraries under the names that the linker and the loader ask for", () => {
    const source = wheelFolder();
    placeLibraries(source, join(folder, "package"), false);
    const libraries = join(folder, "package", "deps", "lib");
    expect(readlinkSync(join(libraries, "libtensorflow.so"))).toBe("libtensorflow_cc.so.2");
    expect(readFileSync(join(libraries, "libtensorflow.so.2"), "utf8")).toBe("library");
    expect(readFileSync(join(libraries, "libtensorflow_framework.so"), "utf8")).toBe("framework");
    expect(existsSync(join(folder, "package", "deps", "include", "tensorflow", "c", "c_api.h"))).toBe(true);
    expect(existsSync(join(source, "libtensorflow_cc.so.2"))).toBe(true);
  });

  it("names what a folder lacks", () => {
    expect(() => placeLibraries(folder, join(folder, "package"), false)).toThrow(
      "include/tensorflow/c/c_api.h",
    );
    mkdirSync(join(folder, "include", "tensorflow", "c"), { recursive: true });
    writeFileSync(join(folder, "include", "tensorflow", "c", "c_api.h"), "");
    expect(() => placeLibraries(folder, join(folder, "package"), false)).toThrow(
      "none of libtensorflow.so.2",
    );
  });
});

describe("a step of an installation", () => {
  it("ends a command that takes too long", async () => {
    const options = { cwd: folder, log: join(folder, "log"), hint: "be patient", timeout: 0.2 };
    await expect(runStep("sleep", ["20"], options)).rejects.toThrow("it ended with SIGTERM");
  });

  it("shows the lines that tell why a command failed, where they can be told from the rest", async () => {
    const options = { cwd: folder, log: join(folder, "log"), hint: "", blame: /error:/ };
    const script = "echo a.cc:1: error: no; for i in 1 2 3 4 5 6 7 8 9; do echo more; done; exit 1";
    await expect(runStep("sh", ["-c", script], options)).rejects.toThrow(
      /exit code 1\n {4}a\.cc:1: error: no\n {2}\(all/,
    );
    await expect(runStep("sh", ["-c", "echo last; exit 1"], options)).rejects.toThrow(/\n {4}last\n/);
  });

  it("says when a command is not there", async () => {
    const options = { cwd: folder, log: join(folder, "log"), hint: "install it" };
    await expect(runStep("no-such-command", [], options)).rejects.toMatchObject({ hint: "install it" });
  });
});
