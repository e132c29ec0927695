import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadShm, probeShm } from "../../../../runtime/distributed/shm/binding.ts";
import {
  isShmInstalled,
  shmAddonFile,
  shmCache,
  shmSources,
} from "../../../../runtime/distributed/shm/installed.ts";
import { installShm, planShm, type ShmRequest } from "../../../../runtime/engine/install/shm.ts";
import { hasBuildTools } from "./torch-fixture.ts";

let folder: string;
let sources: string;
let steps: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-install-shm-"));
  sources = join(folder, "sources");
  cpSync(shmSources, sources, { recursive: true });
  steps = [];
  vi.stubEnv("LAVIS_CACHE", join(folder, "cache"));
  for (const name of ["CC", "MAKE", "PYTHON"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const install = (more: ShmRequest = {}): Promise<string> =>
  installShm({ ...more, progress: { step: (text) => steps.push(text) } });
const failure = (more: ShmRequest = {}) =>
  install(more).then(
    () => expect.fail("it was installed"),
    (error: Error & { hint?: string }) => error,
  );
/** What the cache holds beside the log. */
const cached = (): string[] =>
  existsSync(shmCache()) ? readdirSync(shmCache()).filter((name) => name !== "install.log") : [];

describe.runIf(hasBuildTools())("installing shm", () => {
  it("builds the addon once, lets two processes sum something with it, and loads", async () => {
    expect(probeShm().isUsable).toBe(false);
    const addon = await install();
    expect(addon).toBe(shmAddonFile());
    expect(steps).toEqual(["building the addon for shared memory", "computing something with it"]);
    expect(probeShm()).toMatchObject({ name: "shm", isUsable: true, joins: ["shared memory on one host"] });
    expect(typeof loadShm().create).toBe("function");
    expect(await install()).toBe(addon);
    expect(steps).toHaveLength(2);
    expect(await planShm({})).toEqual([`shm is installed (${addon}): nothing to do`]);
  });

  it("says beforehand what it would do, and does nothing of it", async () => {
    const plan = await planShm({});
    expect(plan.join("\n")).toMatch(/C11 compiler.*make.*Python 3.*builds the addon .*two processes sum/s);
    expect(plan.join("\n")).not.toContain("pip");
    expect(cached()).toEqual([]);
  });

  it("builds again when the sources have changed, and when it is told to", async () => {
    const before = await install({ sources });
    appendFileSync(join(sources, "sums.c"), "// changed\n");
    const after = await install({ sources });
    expect(after).not.toBe(before);
    await install({ sources, force: true });
    expect(steps.filter((step) => step.startsWith("building"))).toHaveLength(3);
  });

  it("is done by one of two at a time", async () => {
    const [one, other] = await Promise.all([install(), install()]);
    expect(one).toBe(other);
    expect(steps.filter((step) => step.startsWith("building"))).toHaveLength(1);
  });

  it("leaves nothing when it does not build, and says why and what serves meanwhile", async () => {
    appendFileSync(join(sources, "sums.c"), "mistake\n");
    expect(await failure({ sources })).toMatchObject({
      name: "UserError",
      message: expect.stringMatching(/node-gyp.*rebuild.*error: .*install\.log/s),
      hint: expect.stringContaining("--backend socket"),
    });
    expect(cached()).toEqual([]);
    expect(isShmInstalled()).toBe(false);
  });

  it("leaves nothing when what it has built sums wrongly", async () => {
    appendFileSync(join(sources, "sums.h"), "#define reduce_range reduce_nothing\n");
    appendFileSync(
      join(sources, "calls.c"),
      `#undef reduce_range
void reduce_nothing(Reduction a, const float* const* b, int c, float* const* d, int e, size_t f, size_t g) {
  (void)a; (void)b; (void)c; (void)d; (void)e; (void)f; (void)g;
}
`,
    );
    rmSync(join(sources, "sums.c"));
    writeFileSync(join(sources, "sums.c"), "typedef int nothing;\n");
    const { message, hint } = await failure({ sources });
    expect(message).toMatch(/2 \+ 3 gave/);
    expect(hint).toContain("--backend socket");
    expect(cached()).toEqual([]);
  });

  it("names the tools that are missing, and how to get them", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    vi.stubEnv("PATH", bin);
    const { message, hint } = await failure();
    expect(message).toMatch(/building the shm backend needs a C11 compiler .*, make, Python 3: not found/);
    expect(message).not.toContain("pip");
    expect(hint).toMatch(/apt-get install gcc|xcode-select/);
    expect((await planShm({})).join("\n")).toMatch(/C11 compiler .*: missing/);
  });

  it("refuses a compiler of the user's that compiles no C11", async () => {
    vi.stubEnv("CC", "false");
    expect((await failure()).hint).toContain("CC names `false`, which compiles no C11");
  });

  it("refuses a cache that make cannot build in", async () => {
    vi.stubEnv("LAVIS_CACHE", join(folder, "my cache"));
    expect(await failure()).toMatchObject({ hint: expect.stringContaining("LAVIS_CACHE") });
  });
});
