import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { planTorch } from "../../../../runtime/engine/install/torch.ts";
import { installedTorch, torchCache } from "../../../../runtime/engine/torch/installed.ts";
import { hasBuildTools, writeTorch, writeWheel } from "./torch-fixture.ts";
import { cached, freshInstaller } from "./torch-installer.ts";

const at = freshInstaller();
const { request, install, failure, offerWheel } = at;

describe.runIf(hasBuildTools())("where libtorch comes from", () => {
  it("is the torch of a Python, which is not imported and stays where it is", async () => {
    const torch = writeTorch(join(at.folder, "site", "torch"));
    writeFileSync(join(torch, "__init__.py"), "raise SystemExit('imported')");
    at.tools.installInPython(torch);
    const installed = await install();
    expect(installed).toMatchObject({
      version: "2.13.0+cpu",
      cuda: false,
      from: "python",
      torchFolder: torch,
    });
    expect(installed).toEqual(installedTorch());
    expect(existsSync(installed.addon)).toBe(true);
    expect(at.tools.calls).toEqual(["make"]);
  });

  it("is pip's wheel where no Python has torch: only its libraries, headers and version are unpacked", async () => {
    offerWheel();
    const { torchFolder, from } = await install({ indexUrl: "the-index" });
    expect(from).toBe("pip");
    expect(at.tools.calls[0]).toMatch(
      /download --only-binary :all: .*--no-deps --index-url the-index .*torch==2\.13\.0$/,
    );
    expect(at.tools.calls.slice(1)).toEqual(["unpack", "make"]);
    expect(readdirSync(torchFolder).sort()).toEqual(["include", "lib", "version.py"]);
    expect(readdirSync(torchCache()).sort()).toEqual(["2.13.0+cpu", "engine.json", "install.log"]);
  });

  it("is pip's wheel where Python's torch is too old, and says so; --from python refuses it", async () => {
    at.tools.installInPython(writeTorch(join(at.folder, "site", "torch"), { version: "2.10.0" }));
    offerWheel();
    expect((await install()).from).toBe("pip");
    expect(at.steps.join("\n")).toMatch(
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
    at.tools.installInPython(writeTorch(join(at.folder, "site", "torch")));
    expect((await failure({ from: "python", cuda: true })).message).toMatch(
      /2\.13\.0\+cpu is built without CUDA/,
    );
    at.tools.installInPython(
      writeTorch(join(at.folder, "site", "torch"), { version: "2.13.0+cu130", cuda: true }),
    );
    expect(await install({ cuda: true })).toMatchObject({ cuda: true, from: "python" });
  });

  it("is an unpacked archive, a torch package, or the folder that holds one", async () => {
    const archive = writeTorch(join(at.folder, "libtorch"), { version: "2.11.0", kind: "archive" });
    expect(await install({ from: archive })).toMatchObject({ version: "2.11.0", from: archive });
    const site = join(at.folder, "site");
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
    const from = join(at.folder, "given");
    if (torch !== undefined) writeTorch(from, torch);
    const error = await failure({ from, cuda });
    expect(error.name).toBe("UserError");
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`--from ${from}: `);
    expect(at.tools.calls).toEqual([]);
  });

  it("is refused where make could not name its path", async () => {
    const from = writeTorch(join(at.folder, "my torch"));
    expect((await failure({ from })).message).toContain("make cannot build with a path that has spaces");
    vi.stubEnv("LAVIS_CACHE", join(at.folder, "my cache"));
    expect((await failure({ from: "pip" })).hint).toContain("LAVIS_CACHE");
  });
});

describe.runIf(hasBuildTools())("pip's builds", () => {
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
      mkdirSync(dirname(join(at.folder, name, file)), { recursive: true });
      writeFileSync(join(at.folder, name, file), "");
      writeWheel(join(at.folder, "wheels"), `${name}_one-1.0-py3-none-any.whl`, [join(at.folder, name)]);
    }
    const { torchFolder } = await install({ from: "pip", cuda: true });
    expect(at.tools.calls[0]).not.toContain("--no-deps");
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

describe.runIf(hasBuildTools())("missing tools", () => {
  it("are all named with how to get them, before anything is downloaded", async () => {
    vi.stubEnv("PATH", join(at.folder, "nothing"));
    const error = await failure();
    expect(error.message).toMatch(/needs a C\+\+20 compiler \(g\+\+ 10, .*make, Python 3, pip: not found/);
    if (process.platform === "linux")
      expect(error.hint).toBe("on Debian or Ubuntu: apt-get install g++ make python3 python3-pip");
    expect(at.tools.calls).toEqual([]);
    expect(cached()).toEqual([]);
  });

  it("do not count pip where libtorch is on the machine", async () => {
    vi.stubEnv("PATH", join(at.folder, "nothing"));
    const from = writeTorch(join(at.folder, "given"));
    expect((await failure({ from })).message).not.toContain("pip");
  });

  it("count a compiler that is older than C++20, and take the next that is not", async () => {
    for (const name of ["g++", "c++"]) at.tools.write(name, 'case "$*" in *c++20*) exit 1;; esac; echo 8');
    at.tools.write("clang++", "cat > /dev/null; echo clang 16");
    const from = writeTorch(join(at.folder, "given"));
    at.tools.write(
      "make",
      `[ "$1" = --version ] && echo Make && exit; echo "error: make uses $CXX" >&2; exit 1`,
    );
    expect((await failure({ from })).message).toContain("make uses clang++");
    vi.stubEnv("CXX", "g++");
    expect(await failure({ from })).toMatchObject({
      message: expect.stringContaining("needs a C++20 compiler"),
      hint: expect.stringContaining("CXX names `g++`, which compiles no C++20"),
    });
  });
});

describe.runIf(hasBuildTools())("Node's headers", () => {
  /** A Node that was installed without its headers, and a host of them that is out of reach. */
  function withoutHeaders(): void {
    const node = join(at.folder, "node", "bin", "node");
    mkdirSync(dirname(node), { recursive: true });
    symlinkSync(process.execPath, node);
    vi.spyOn(process, "execPath", "get").mockReturnValue(node);
    vi.stubEnv("npm_config_devdir", join(at.folder, "headers"));
    vi.stubEnv("npm_config_disturl", "http://127.0.0.1:9");
    vi.stubEnv("npm_config_nodedir", undefined);
  }

  it("are fetched before libtorch is, which is left alone when they cannot be had", async () => {
    withoutHeaders();
    offerWheel();
    expect((await planTorch(request())).join("\n")).toContain("Node's headers: node-gyp fetches them");
    expect(await failure()).toMatchObject({
      name: "UserError",
      message: expect.stringMatching(/node-gyp\.js install --ensure` failed/),
      hint: expect.stringMatching(/libnode-dev.*npm_config_nodedir/),
    });
    expect(at.tools.calls).toEqual([]);
  });

  it("are those that npm's settings name", async () => {
    withoutHeaders();
    vi.stubEnv("npm_config_nodedir", "/opt/node");
    expect((await planTorch(request())).join("\n")).toContain("Node's headers: in /opt/node");
  });
});
