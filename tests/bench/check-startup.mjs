// How long `lavisc check` of one file takes from a cold start: `node tests/bench/check-startup.mjs [runs]`.
// Prints milliseconds, and those of a Node that does nothing for comparison.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const runs = Number(process.argv[2] ?? 20);

/** Prints what a command takes; the first run, which fills the disk cache, does not count. */
function measure(title, args) {
  spawnSync(process.execPath, args, { cwd: root });
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(`${title} failed: ${stderr}`);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const at = (share) => times[Math.min(runs - 1, Math.floor(share * runs))].toFixed(0);
  console.log(`${title.padEnd(24)} min ${at(0)}  median ${at(0.5)}  p95 ${at(0.95)} ms  (${runs} runs)`);
}

measure("node -e 0", ["-e", "0"]);
measure("lavisc --version", ["dist/lavisc.js", "--version"]);
measure("lavisc check", ["dist/lavisc.js", "check", "recipes/quickstart/emoji_caption.lavis"]);
