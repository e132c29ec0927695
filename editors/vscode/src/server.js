// Which lavisc an editor starts: the one that the settings name, else the project's own, else the one on the PATH.
const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");

/**
 * @typedef {object} Server
 * @property {string} command
 * @property {readonly string[]} args
 * @property {boolean} shell Whether the command is a script that only a shell can start, as on Windows.
 */

/**
 * Finds the server for some workspace folders.
 *
 * @param {string} setting the path in the settings; empty where there is none
 * @param {readonly string[]} folders absolute, the first that has a lavisc counts
 * @param {NodeJS.Platform} platform
 * @returns {Server}
 */
function findServer(setting, folders, platform = process.platform) {
  const isWindows = platform === "win32";
  const own = folders.map((folder) => installedAbove(folder, isWindows)).find((path) => path !== undefined);
  const command = setting !== "" ? setting : (own ?? "lavisc");
  const shell = isWindows && !command.endsWith(".exe");
  return { command: shell ? `"${command}"` : command, args: ["lsp", "--stdio"], shell };
}

/**
 * @param {string} start
 * @param {boolean} isWindows
 * @returns {string | undefined}
 */
function installedAbove(start, isWindows) {
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, "node_modules", ".bin", isWindows ? "lavisc.cmd" : "lavisc");
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

module.exports = { findServer };
