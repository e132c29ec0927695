import { existsSync, writeFileSync } from "node:fs";
import { shmAddonFile, shmCache, shmSources } from "../../distributed/shm/installed.ts";
import { UserError } from "../../errors.ts";
import { withLock } from "../../lock.ts";
import { buildAddon, removeLeftovers, requirePlainPath } from "./addon.ts";
import { findBuildTools, headersLine, howToGet, missingTools, requireBuildTools } from "./build-tools.ts";
import { fetchNodeHeaders } from "./node-gyp.ts";
import { type Progress, runStep } from "./run-step.ts";

/** What is asked for. */
export interface ShmRequest {
  /** Build again although it is there. */
  readonly force?: boolean;
  /** The folder of the addon's sources; this package's own unless given. */
  readonly sources?: string;
}

export interface ShmInstallOptions extends ShmRequest {
  readonly progress: Progress;
}

const isThere = ({ force = false, sources }: ShmRequest): boolean =>
  !force && existsSync(shmAddonFile(sources));

/** What {@link installShm} would do, one line each; changes nothing. */
export async function planShm(request: ShmRequest): Promise<string[]> {
  const addon = shmAddonFile(request.sources);
  if (isThere(request)) return [`shm is installed (${addon}): nothing to do`];
  const { tools } = await findBuildTools("c");
  const needed = tools.filter(({ name }) => name !== "pip");
  const missing = missingTools(tools, false);
  return [
    ...needed.map(({ name, found }) => `${name}: ${found ?? "missing"}`),
    ...(missing.length === 0 ? [] : [`first ${howToGet(missing)}`]),
    headersLine(),
    `builds the addon with node-gyp into ${addon}`,
    "lets two processes sum something with it",
  ];
}

/**
 * Builds the addon through which processes of one host share memory into the cache, in some seconds, and returns
 * its file. It is there under its name only once two processes have summed something with it; one installation runs
 * at a time.
 *
 * @throws UserError that says what is missing or which step failed
 */
export async function installShm(options: ShmInstallOptions): Promise<string> {
  if (process.platform === "win32") {
    throw new UserError(
      "the shm backend is built on Linux and macOS only",
      "processes on Windows use sockets: --backend socket",
    );
  }
  requirePlainPath(shmCache(), "set LAVIS_CACHE to another folder");
  return withLock(shmCache("install.lock"), async () => {
    const addon = shmAddonFile(options.sources);
    if (!isThere(options)) await build(addon, options);
    return addon;
  });
}

async function build(addon: string, { sources = shmSources, progress }: ShmInstallOptions): Promise<void> {
  removeLeftovers(shmCache());
  const compiler = requireBuildTools("the shm backend", await findBuildTools("c"), false);
  const log = shmCache("install.log");
  writeFileSync(log, "");
  await fetchNodeHeaders({ cwd: shmCache(), log });
  progress.step("building the addon for shared memory");
  await buildAddon(addon, {
    sources,
    variables: {},
    // There is no C++ in it: nothing needs a linker that brings its library.
    environment: { CC: compiler, LINK: compiler },
    log,
    hint: "please report it with the log; until then processes on one host use sockets: --backend socket",
    progress,
    verify: (built) => verify(built, log),
  });
}

/** Two processes that sum 2 and 3: the first starts the second. */
const verifyScript = `
const [addon, path] = process.argv.slice(1);
const shm = require(addon);
const rank = path === undefined ? 0 : 1;
const group = rank === 0 ? shm.create(2) : shm.join(path, 1, 2);
if (rank === 0) {
  const again = [...process.execArgv, addon, shm.path(group)];
  require("node:child_process").spawn(process.execPath, again, { stdio: "inherit" });
}
const data = Float32Array.of(2 + rank);
const bytes = new Uint8Array(data.buffer);
const call = shm.start(group, 0, 0, 0, 1, new Uint8Array(192), bytes, new Uint8Array(0));
const state = shm.wait(group, call, 30000);
if (state !== 1 || data[0] !== 5) throw new Error("rank " + rank + ": 2 + 3 gave " + data[0] + ", state " + state);
shm.close(group);
`;

async function verify(addon: string, log: string): Promise<void> {
  await runStep(process.execPath, ["-e", verifyScript, addon], {
    cwd: shmCache(),
    log,
    hint: "processes cannot share memory here; they use sockets: --backend socket",
    timeout: 60,
  });
}
