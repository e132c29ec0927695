import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { planTorch } from "../../../../runtime/engine/install/torch.ts";
import {
  addonSources,
  addonSourcesDigest,
  installedTorch,
  torchCache,
} from "../../../../runtime/engine/torch/installed.ts";
import { hasBuildTools, writeTorch } from "./torch-fixture.ts";
import { cached, freshInstaller } from "./torch-installer.ts";

const at = freshInstaller();
const { request, install, failure, offerWheel } = at;

describe.runIf(hasBuildTools())("the addon", () => {
  it("is built by the real make, and looks for a libtorch of the cache relative to itself", async () => {
    for (const name of ["make", "g++"]) rmSync(join(at.tools.bin, name));
    offerWheel();
    const { addon } = await install();
    if (process.platform === "linux") {
      expect(readFileSync(addon, "latin1")).toContain("$ORIGIN/../site/torch/lib");
    }
  });

  it("keeps the engine that is there when it does not build", async () => {
    const from = writeTorch(join(at.folder, "given"));
    const before = await install({ from });
    const files = cached();
    at.tools.write(
      "make",
      '[ "$1" = --version ] && exit; echo "addon.c:1: error: no such thing" >&2; exit 2',
    );
    appendFileSync(join(at.sources, "addon.c"), "mistake");
    expect(await failure({ from })).toMatchObject({
      message: expect.stringMatching(/node-gyp.*rebuild.*no such thing.*install\.log/s),
      hint: expect.stringContaining("tested with torch 2.13.0"),
    });
    expect(installedTorch()).toEqual(before);
    expect(cached()).toEqual(files);
  });

  it("keeps the engine that is there when it does not load or compute", async () => {
    const from = writeTorch(join(at.folder, "given"));
    const before = await install({ from });
    at.tools.write(
      "make",
      '[ "$1" = --version ] && exit; mkdir -p build/Release; date > build/Release/lavis_torch.node',
    );
    expect(await failure({ from, force: true })).toMatchObject({
      message: expect.stringContaining("lavis_torch.node"),
      hint: expect.stringContaining("does not work here"),
    });
    expect(installedTorch()).toEqual(before);
    expect(readFileSync(before.addon)).toEqual(readFileSync(at.standIn));
  });

  it("is all that is made again when its sources have changed", async () => {
    offerWheel();
    const before = await install();
    appendFileSync(join(at.sources, "addon.c"), "// changed\n");
    const after = await install();
    expect(at.tools.calls.slice(1)).toEqual(["unpack", "make", "make"]);
    expect(after.sources).not.toBe(before.sources);
    expect(after.torchFolder).toBe(before.torchFolder);
    expect([existsSync(before.addon), existsSync(after.addon)]).toEqual([false, true]);
  });

  it("is made again when the Python has another torch than it was built for", async () => {
    const torch = join(at.folder, "site", "torch");
    at.tools.installInPython(writeTorch(torch));
    await install();
    writeTorch(torch, { version: "2.14.1" });
    expect((await install()).version).toBe("2.14.1");
    expect(at.tools.calls).toEqual(["make", "make"]);
  });
});

describe.runIf(hasBuildTools())("installing again", () => {
  it("does nothing when the engine is there, unless it is forced or another is asked for", async () => {
    offerWheel();
    const first = await install();
    expect(await install()).toEqual(first);
    expect(await install({ from: "pip" })).toEqual(first);
    expect(at.tools.calls).toHaveLength(3);
    await install({ force: true });
    expect(at.tools.calls.slice(3).map((call) => call.split(" ")[0])).toEqual(["pip", "unpack", "make"]);
    const from = writeTorch(join(at.folder, "given"));
    expect((await install({ from })).from).toBe(from);
  });

  it("mends a damaged record, which everybody else is told of", async () => {
    offerWheel();
    const before = await install();
    for (const damage of ["", "{", "null", '{"version": "2.13.0"}', '{"version": 1, "cuda": "yes"}']) {
      writeFileSync(torchCache("engine.json"), damage);
      expect(() => installedTorch()).toThrow(
        expect.objectContaining({
          name: "UserError",
          message: expect.stringContaining("engine.json is damaged"),
          hint: expect.stringContaining("lavisc engine install torch"),
        }),
      );
    }
    expect({ ...(await install()), installed: before.installed }).toEqual(before);
    expect(at.tools.calls).toHaveLength(3);
  });

  it("finds everything when the cache was moved", async () => {
    offerWheel();
    const before = await install();
    renameSync(join(at.folder, "cache"), join(at.folder, "moved"));
    vi.stubEnv("LAVIS_CACHE", join(at.folder, "moved"));
    const after = installedTorch();
    expect(after?.addon).toBe(before.addon.replace("/cache/", "/moved/"));
    expect(await install()).toEqual(after);
    expect(at.tools.calls).toHaveLength(3);
  });

  it("removes what killed installations left", async () => {
    const from = writeTorch(join(at.folder, "given"));
    for (const left of [".partial-download-1", "2.13.0+cpu/.partial-site-2/torch"])
      mkdirSync(torchCache(left), { recursive: true });
    await install({ from });
    expect(cached().filter((file) => file.includes(".partial"))).toEqual([]);
  });

  it("happens once when two ask at a time", async () => {
    offerWheel();
    const [one, other] = await Promise.all([install(), install()]);
    expect(one).toEqual(other);
    expect(at.tools.calls).toHaveLength(3);
  });
});

describe.runIf(hasBuildTools())("an installation that is killed", () => {
  /** Installs in a process that is killed while `command` runs. */
  async function killAt(command: string): Promise<void> {
    at.tools.hangAt(command);
    const script = fileURLToPath(new URL("./install-torch.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(request())]);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    for (let i = 0; i < 500 && !at.tools.calls.some((call) => call.startsWith(command)); i++) await sleep(20);
    child.kill("SIGKILL");
    await ended;
    expect(at.tools.calls.at(-1)).toMatch(command);
    expect(installedTorch()).toBeUndefined();
  }

  it.each([
    ["pip", ["pip", "pip", "unpack", "make"]],
    ["unpack", ["pip", "unpack", "unpack", "make"]],
    ["make", ["pip", "unpack", "make", "make"]],
  ])("in %s goes on there, and takes nothing half made for whole", async (command, calls) => {
    offerWheel();
    await killAt(command);
    const { torchFolder, addon } = await install();
    expect(at.tools.calls.map((call) => call.split(" ")[0])).toEqual(calls);
    expect(readdirSync(torchFolder).sort()).toEqual(["include", "lib", "version.py"]);
    expect(readFileSync(addon)).toEqual(readFileSync(at.standIn));
  });
});

describe.runIf(hasBuildTools())("a dry run", () => {
  it("says what it found and would do, and changes nothing", async () => {
    const plan = (await planTorch(request())).join("\n");
    expect(plan).toMatch(/^a C\+\+20 compiler.*: g\+\+ 12$/m);
    expect(plan).toContain("no Python here has torch: torch comes from pip");
    expect(plan).toMatch(/^downloads torch==2\.13\.0 \(about 0\.2 GB\) into .*cache/m);
    expect(plan).toMatch(/^builds the addon/m);
    expect(existsSync(join(at.folder, "cache"))).toBe(false);
    expect(at.tools.calls).toEqual([]);
  });

  it("says what is there already", async () => {
    offerWheel();
    const { addon } = await install();
    expect(await planTorch(request())).toEqual([expect.stringMatching(/is installed .*: nothing to do/)]);
    rmSync(torchCache("engine.json"));
    const plan = (await planTorch(request())).join("\n");
    expect(plan).toContain("torch 2.13.0+cpu is unpacked in");
    expect(plan).toContain(`the addon is built already: ${addon}`);
    expect(plan).not.toContain("downloads");
  });

  it("names the tools that are missing", async () => {
    vi.stubEnv("PATH", join(at.folder, "nothing"));
    const plan = await planTorch(request());
    expect(plan).toContain("make: missing");
    if (process.platform === "linux") expect(plan).toContainEqual(expect.stringContaining("first on Debian"));
  });
});

describe.runIf(hasBuildTools())("the addon's sources", () => {
  it("lie in this package, and have a digest that only they change", () => {
    expect(existsSync(join(addonSources, "binding.gyp"))).toBe(true);
    const digest = addonSourcesDigest(at.sources);
    mkdirSync(join(at.sources, "build"));
    writeFileSync(join(at.sources, "build", "output.o"), "");
    expect(addonSourcesDigest(at.sources)).toBe(digest);
    renameSync(join(at.sources, "addon.c"), join(at.sources, "other.c"));
    expect(addonSourcesDigest(at.sources)).not.toBe(digest);
  });
});
