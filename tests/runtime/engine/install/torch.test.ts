import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe as describeAlways,
  expect,
  it,
  vi,
} from "vitest";
import { installTorch, planTorch, type TorchRequest } from "../../../../runtime/engine/install/torch.ts";
import {
  addonSources,
  addonSourcesDigest,
  installedTorch,
  torchCache,
} from "../../../../runtime/engine/torch/installed.ts";
import {
  buildStandIn,
  FakeTools,
  hasBuildTools,
  writeSources,
  writeTorch,
  writeWheel,
} from "./torch-fixture.ts";

/** The stand-in for the addon is built with the real tools. */
const describe = describeAlways.skipIf(!hasBuildTools());

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
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const request = (more: Partial<TorchRequest> = {}): TorchRequest => ({ cuda: false, sources, ...more });
const install = (more: Partial<TorchRequest> = {}) =>
  installTorch({ ...request(more), progress: { step: (text) => steps.push(text) } });
const failure = async (more: Partial<TorchRequest> = {}) =>
  install(more).then(
    () => expect.fail("it was installed"),
    (error: Error & { hint?: string }) => error,
  );

/** Lets pip hand out a wheel of torch. */
function offerWheel(version = "2.13.0+cpu", cuda = false): void {
  const site = join(folder, `site-${version}`);
  writeTorch(join(site, "torch"), { version, cuda });
  writeFileSync(join(site, "torch", "__init__.py"), "raise SystemExit('imported')");
  rmSync(join(folder, "wheels"), { recursive: true });
  mkdirSync(join(folder, "wheels"));
  writeWheel(join(folder, "wheels"), `torch-${version}-cp311-cp311-linux_x86_64.whl`, [join(site, "torch")]);
}

/** The files of the cache, without the log. */
const cached = (): string[] =>
  existsSync(torchCache())
    ? readdirSync(torchCache(), { recursive: true, encoding: "utf8" })
        .filter((file) => file !== "install.log")
        .sort()
    : [];

describe("where libtorch comes from", () => {
  it("is the torch of a Python, which is not imported and stays where it is", async () => {
    const torch = writeTorch(join(folder, "site", "torch"));
    writeFileSync(join(torch, "__init__.py"), "raise SystemExit('imported')");
    tools.installInPython(torch);
    const installed = await install();
    expect(installed).toMatchObject({
      version: "2.13.0+cpu",
      cuda: false,
      from: "python",
      torchFolder: torch,
    });
    expect(installed).toEqual(installedTorch());
    expect(existsSync(installed.addon)).toBe(true);
    expect(tools.calls).toEqual(["make"]);
  });

  it("is pip's wheel where no Python has torch: only its libraries, headers and version are unpacked", async () => {
    offerWheel();
    const { torchFolder, from } = await install({ indexUrl: "the-index" });
    expect(from).toBe("pip");
    expect(tools.calls[0]).toMatch(
      /download --only-binary :all: .*--no-deps --index-url the-index .*torch==2\.13\.0$/,
    );
    expect(tools.calls.slice(1)).toEqual(["unpack", "make"]);
    expect(readdirSync(torchFolder).sort()).toEqual(["include", "lib", "version.py"]);
    expect(readdirSync(torchCache()).sort()).toEqual(["2.13.0+cpu", "engine.json", "install.log"]);
  });

  it("is pip's wheel where Python's torch is too old, and says so; --from python refuses it", async () => {
    tools.installInPython(writeTorch(join(folder, "site", "torch"), { version: "2.10.0" }));
    offerWheel();
    expect((await install()).from).toBe("pip");
    expect(steps.join("\n")).toMatch(
      /python3: .* holds torch 2\.10\.0; the engine takes 2\.11 to 2\.x.*from pip/,
    );
    expect(await failure({ from: "python" })).toMatchObject({
      name: "UserError",
      message: expect.stringMatching(/--from python: .*torch 2\.10\.0; .*tested with 2\.13\.0/),
      hint: expect.stringContaining("--from pip"),
    });
  });

  it("says when no Python has torch at all", async () => {
    expect((await failure({ from: "python" })).message).toBe("--from python: no Python here has torch");
  });

  it("is not a Python's build without CUDA when CUDA is asked for", async () => {
    tools.installInPython(writeTorch(join(folder, "site", "torch")));
    expect((await failure({ from: "python", cuda: true })).message).toMatch(
      /2\.13\.0\+cpu is built without CUDA/,
    );
    tools.installInPython(writeTorch(join(folder, "site", "torch"), { version: "2.13.0+cu130", cuda: true }));
    expect(await install({ cuda: true })).toMatchObject({ cuda: true, from: "python" });
  });

  it("is an unpacked archive, a torch package, or the folder that holds one", async () => {
    const archive = writeTorch(join(folder, "libtorch"), { version: "2.11.0", kind: "archive" });
    expect(await install({ from: archive })).toMatchObject({ version: "2.11.0", from: archive });
    const site = join(folder, "site");
    const torch = writeTorch(join(site, "torch"), { version: "2.12.0" });
    expect(await install({ from: site })).toMatchObject({ version: "2.12.0", torchFolder: torch });
    expect(await install({ from: torch })).toMatchObject({ version: "2.12.0", torchFolder: torch });
  });

  it.each([
    ["is not there", undefined, false, /there is no folder/],
    ["lacks the libraries", { without: ["lib"] }, false, /holds no lib\/libtorch_cpu\./],
    ["lacks the headers", { without: ["include"] }, false, /has libraries but no headers \(include\/ATen/],
    ["does not say its version", { without: ["version"] }, false, /does not say its version/],
    ["is too old", { version: "1.13.1" }, false, /torch 1\.13\.1; the engine takes 2\.11 to 2\.x/],
    ["is of the next major release", { version: "3.0.0" }, false, /torch 3\.0\.0; the engine takes/],
    ["lacks CUDA that is asked for", {}, true, /is built without CUDA/],
  ] as const)("is refused as a folder that %s", async (_, torch, cuda, message) => {
    const from = join(folder, "given");
    if (torch !== undefined) writeTorch(from, torch);
    const error = await failure({ from, cuda });
    expect(error.name).toBe("UserError");
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`--from ${from}: `);
    expect(tools.calls).toEqual([]);
  });

  it("is refused where make could not name its path", async () => {
    const from = writeTorch(join(folder, "my torch"));
    expect((await failure({ from })).message).toContain("make cannot build with a path that has spaces");
    vi.stubEnv("LAVIS_CACHE", join(folder, "my cache"));
    expect((await failure({ from: "pip" })).hint).toContain("LAVIS_CACHE");
  });
});

describe("pip's builds", () => {
  it("is told how to get a CPU build when it hands out CUDA's, which is not kept", async () => {
    offerWheel("2.13.0", true);
    expect(await failure({ from: "pip" })).toMatchObject({
      message: "pip hands out torch 2.13.0 built for CUDA, and --cuda was not given",
      hint: expect.stringMatching(/add --cuda.*--index-url/),
    });
    expect(cached()).toEqual([]);
    offerWheel();
    expect((await install({ from: "pip" })).version).toBe("2.13.0+cpu");
  });

  it("is told how to get a CUDA build when it hands out the CPU's", async () => {
    offerWheel();
    expect(await failure({ from: "pip", cuda: true })).toMatchObject({
      message: "pip hands out torch 2.13.0+cpu built without CUDA, and --cuda was given",
      hint: expect.stringContaining("--index-url"),
    });
  });

  it("come with NVIDIA's libraries for CUDA, and without the other wheels they depend on", async () => {
    offerWheel("2.13.0", true);
    for (const [name, file] of [
      ["nvidia", "cu13/lib/libcudart.so.13"],
      ["sympy", "core.py"],
    ] as const) {
      mkdirSync(dirname(join(folder, name, file)), { recursive: true });
      writeFileSync(join(folder, name, file), "");
      writeWheel(join(folder, "wheels"), `${name}_one-1.0-py3-none-any.whl`, [join(folder, name)]);
    }
    const { torchFolder } = await install({ from: "pip", cuda: true });
    expect(tools.calls[0]).not.toContain("--no-deps");
    expect(existsSync(join(torchFolder, "..", "nvidia", "cu13", "lib", "libcudart.so.13"))).toBe(true);
    expect(readdirSync(dirname(torchFolder)).sort()).toEqual(["nvidia", "torch"]);
  });

  it("say why they cannot be had: pip's last lines, where the rest is, and the other ways", async () => {
    expect(await failure({ from: "pip" })).toMatchObject({
      name: "UserError",
      message: expect.stringMatching(/`python3 -m pip download .*` failed: .*exit code 1.*install\.log/s),
      hint: expect.stringMatching(/--index-url URL.*--from DIR/),
    });
    expect(cached()).toEqual([]);
  });
});

describe("missing tools", () => {
  it("are all named with how to get them, before anything is downloaded", async () => {
    vi.stubEnv("PATH", join(folder, "nothing"));
    const error = await failure();
    expect(error.message).toMatch(/needs a C\+\+20 compiler \(g\+\+ 10, .*make, Python 3, pip: not found/);
    if (process.platform === "linux")
      expect(error.hint).toBe("on Debian or Ubuntu: apt-get install g++ make python3 python3-pip");
    expect(tools.calls).toEqual([]);
    expect(cached()).toEqual([]);
  });

  it("do not count pip where libtorch is on the machine", async () => {
    vi.stubEnv("PATH", join(folder, "nothing"));
    const from = writeTorch(join(folder, "given"));
    expect((await failure({ from })).message).not.toContain("pip");
  });

  it("count a compiler that is older than C++20, and take the next that is not", async () => {
    for (const name of ["g++", "c++"]) tools.write(name, 'case "$*" in *c++20*) exit 1;; esac; echo 8');
    tools.write("clang++", "cat > /dev/null; echo clang 16");
    const from = writeTorch(join(folder, "given"));
    tools.write(
      "make",
      `[ "$1" = --version ] && echo Make && exit; echo "error: make uses $CXX" >&2; exit 1`,
    );
    expect((await failure({ from })).message).toContain("make uses clang++");
    vi.stubEnv("CXX", "g++");
    expect((await failure({ from })).message).toContain("needs a C++20 compiler");
  });
});

describe("the addon", () => {
  it("is built by the real make, and looks for a libtorch of the cache relative to itself", async () => {
    for (const name of ["make", "g++"]) rmSync(join(tools.bin, name));
    offerWheel();
    const { addon } = await install();
    if (process.platform === "linux") {
      expect(readFileSync(addon, "latin1")).toContain("$ORIGIN/../site/torch/lib");
    }
  });

  it("keeps the engine that is there when it does not build", async () => {
    const from = writeTorch(join(folder, "given"));
    const before = await install({ from });
    const files = cached();
    tools.write("make", '[ "$1" = --version ] && exit; echo "addon.c:1: error: no such thing" >&2; exit 2');
    appendFileSync(join(sources, "addon.c"), "mistake");
    expect(await failure({ from })).toMatchObject({
      message: expect.stringMatching(/node-gyp.*rebuild.*no such thing.*install\.log/s),
      hint: expect.stringContaining("tested with torch 2.13.0"),
    });
    expect(installedTorch()).toEqual(before);
    expect(cached()).toEqual(files);
  });

  it("keeps the engine that is there when it does not load or compute", async () => {
    const from = writeTorch(join(folder, "given"));
    const before = await install({ from });
    tools.write(
      "make",
      '[ "$1" = --version ] && exit; mkdir -p build/Release; date > build/Release/lavis_torch.node',
    );
    expect(await failure({ from, force: true })).toMatchObject({
      message: expect.stringContaining("lavis_torch.node"),
      hint: expect.stringContaining("does not work here"),
    });
    expect(installedTorch()).toEqual(before);
    expect(readFileSync(before.addon)).toEqual(readFileSync(standIn));
  });

  it("is all that is made again when its sources have changed", async () => {
    offerWheel();
    const before = await install();
    appendFileSync(join(sources, "addon.c"), "// changed\n");
    const after = await install();
    expect(tools.calls.slice(1)).toEqual(["unpack", "make", "make"]);
    expect(after.sources).not.toBe(before.sources);
    expect(after.torchFolder).toBe(before.torchFolder);
    expect([existsSync(before.addon), existsSync(after.addon)]).toEqual([false, true]);
  });

  it("is made again when the Python has another torch than it was built for", async () => {
    const torch = join(folder, "site", "torch");
    tools.installInPython(writeTorch(torch));
    await install();
    writeTorch(torch, { version: "2.14.1" });
    expect((await install()).version).toBe("2.14.1");
    expect(tools.calls).toEqual(["make", "make"]);
  });
});

describe("installing again", () => {
  it("does nothing when the engine is there, unless it is forced or another is asked for", async () => {
    offerWheel();
    const first = await install();
    expect(await install()).toEqual(first);
    expect(await install({ from: "pip" })).toEqual(first);
    expect(tools.calls).toHaveLength(3);
    await install({ force: true });
    expect(tools.calls.slice(3).map((call) => call.split(" ")[0])).toEqual(["pip", "unpack", "make"]);
    const from = writeTorch(join(folder, "given"));
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
    expect(tools.calls).toHaveLength(3);
  });

  it("finds everything when the cache was moved", async () => {
    offerWheel();
    const before = await install();
    renameSync(join(folder, "cache"), join(folder, "moved"));
    vi.stubEnv("LAVIS_CACHE", join(folder, "moved"));
    const after = installedTorch();
    expect(after?.addon).toBe(before.addon.replace("/cache/", "/moved/"));
    expect(await install()).toEqual(after);
    expect(tools.calls).toHaveLength(3);
  });

  it("happens once when two ask at a time", async () => {
    offerWheel();
    const [one, other] = await Promise.all([install(), install()]);
    expect(one).toEqual(other);
    expect(tools.calls).toHaveLength(3);
  });
});

describe("an installation that is killed", () => {
  /** Installs in a process that is killed while `command` runs. */
  async function killAt(command: string): Promise<void> {
    tools.hangAt(command);
    const script = fileURLToPath(new URL("./install-torch.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(request())]);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    for (let i = 0; i < 500 && !tools.calls.some((call) => call.startsWith(command)); i++) await sleep(20);
    child.kill("SIGKILL");
    await ended;
    expect(tools.calls.at(-1)).toMatch(command);
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
    expect(tools.calls.map((call) => call.split(" ")[0])).toEqual(calls);
    expect(readdirSync(torchFolder).sort()).toEqual(["include", "lib", "version.py"]);
    expect(readFileSync(addon)).toEqual(readFileSync(standIn));
  });
});

describe("a dry run", () => {
  it("says what it found and would do, and changes nothing", async () => {
    const plan = (await planTorch(request())).join("\n");
    expect(plan).toMatch(/^a C\+\+20 compiler.*: g\+\+ 12$/m);
    expect(plan).toContain("no Python here has torch: torch comes from pip");
    expect(plan).toMatch(/^downloads torch==2\.13\.0 \(about 0\.2 GB\) into .*cache/m);
    expect(plan).toMatch(/^builds the addon/m);
    expect(existsSync(join(folder, "cache"))).toBe(false);
    expect(tools.calls).toEqual([]);
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
    vi.stubEnv("PATH", join(folder, "nothing"));
    const plan = await planTorch(request());
    expect(plan).toContain("make: missing");
    if (process.platform === "linux") expect(plan).toContainEqual(expect.stringContaining("first on Debian"));
  });
});

describe("the addon's sources", () => {
  it("lie in this package, and have a digest that only they change", () => {
    expect(existsSync(join(addonSources, "binding.gyp"))).toBe(true);
    const digest = addonSourcesDigest(sources);
    mkdirSync(join(sources, "build"));
    writeFileSync(join(sources, "build", "output.o"), "");
    expect(addonSourcesDigest(sources)).toBe(digest);
    renameSync(join(sources, "addon.c"), join(sources, "other.c"));
    expect(addonSourcesDigest(sources)).not.toBe(digest);
  });
});
