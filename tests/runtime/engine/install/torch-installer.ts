import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { installTorch, type TorchRequest } from "../../../../runtime/engine/install/torch.ts";
import { torchCache } from "../../../../runtime/engine/torch/installed.ts";
import {
  buildStandIn,
  FakeTools,
  hasBuildTools,
  writeSources,
  writeTorch,
  writeWheel,
} from "./torch-fixture.ts";

/** Gives each test of a file a cache, fake tools, and addon sources of its own, and the installer on them. */
export function freshInstaller() {
  let shared: string;
  let standIn: string;
  beforeAll(async () => {
    shared = mkdtempSync(join(tmpdir(), "lavis-stand-in-"));
    if (hasBuildTools()) standIn = await buildStandIn(shared);
  });
  afterAll(() => rmSync(shared, { recursive: true, force: true }));

  let folder: string;
  let tools: FakeTools;
  let sources: string;
  let steps: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lavis-torch-"));
    tools = new FakeTools(folder, standIn);
    sources = writeSources(join(folder, "addon"));
    steps = [];
    vi.stubEnv("PATH", `${tools.bin}:${process.env.PATH}`);
    vi.stubEnv("LAVIS_CACHE", join(folder, "cache"));
    for (const name of ["VIRTUAL_ENV", "CONDA_PREFIX", "CXX", "MAKE", "PYTHON"]) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const request = (more: Partial<TorchRequest> = {}): TorchRequest => ({ cuda: false, sources, ...more });
  const install = (more: Partial<TorchRequest> = {}) =>
    installTorch({ ...request(more), progress: { step: (text) => steps.push(text) } });

  return {
    /** The test's folder; its cache is `cache` in it. */
    get folder() {
      return folder;
    },
    get tools() {
      return tools;
    },
    /** The addon's sources. */
    get sources() {
      return sources;
    },
    /** What installations have said that they do. */
    get steps() {
      return steps;
    },
    /** The addon that the fake make hands out. */
    get standIn() {
      return standIn;
    },
    request,
    install,
    /** The error of an installation that must fail. */
    failure: async (more: Partial<TorchRequest> = {}) =>
      install(more).then(
        () => expect.fail("it was installed"),
        (error: Error & { hint?: string }) => error,
      ),
    /** Lets pip hand out a wheel of torch. */
    offerWheel(version = "2.13.0+cpu", cuda = false): void {
      const [wheels, torch] = [join(folder, "wheels"), join(folder, `site-${version}`, "torch")];
      writeTorch(torch, { version, cuda });
      writeFileSync(join(torch, "__init__.py"), "raise SystemExit('imported')");
      rmSync(wheels, { recursive: true });
      mkdirSync(wheels);
      writeWheel(wheels, `torch-${version}-cp311-cp311-linux_x86_64.whl`, [torch]);
    },
  };
}

/** The files of the cache, without the log. */
export const cached = (): string[] =>
  existsSync(torchCache())
    ? readdirSync(torchCache(), { recursive: true, encoding: "utf8" })
        .filter((file) => file !== "install.log")
        .sort()
    : [];
