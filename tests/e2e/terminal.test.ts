import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeData } from "../runtime/train/fixture.ts";
import { cleanEnvironment, writeProgram } from "../runtime/train/program.ts";

const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
if (!hasTmux) console.log("tests/e2e/terminal.test.ts is skipped: it needs tmux, which is not installed");

/** A tmux server of our own, so that no other session is touched. */
const server = `lavis-test-${process.pid}`;
const tmux = (...args: string[]) =>
  spawnSync("tmux", ["-u", "-L", server, "-f", "/dev/null", ...args], {
    encoding: "utf8",
    env: cleanEnvironment(),
  });
const screen = () => tmux("capture-pane", "-p").stdout;
const press = (...keys: string[]) => tmux("send-keys", ...keys);

/** Resolves to the screen once it fits; rejects with what it shows instead. */
async function until(fits: RegExp, seconds = 20): Promise<string> {
  for (const end = Date.now() + 1000 * seconds; ; ) {
    const shown = screen();
    if (fits.test(shown)) return shown;
    if (Date.now() > end) throw new Error(`the screen never showed ${fits}:\n${shown}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(!hasTmux)("in a real terminal", () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await makeData();
    program = writeProgram(folder, "run.mjs");
    tmux("new-session", "-d", "-x", "80", "-y", "24", "env PS1='ready> ' bash --norc --noprofile");
    await until(/ready>/);
  });
  afterAll(() => {
    tmux("kill-server");
    rmSync(folder, { recursive: true, force: true });
  });

  it("shows the run, answers its keys, follows the window, and leaves the terminal clean", async () => {
    press(`clear; node ${program}; echo "code $?"`, "Enter");
    const first = await until(/training[\s\S]*step \d+\/[\s\S]*learning rate/);
    const lines = first.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^╭─+╮$/);
    expect(lines[1]).toContain("tiny  captioning · blip_caption.tiny");
    expect(lines.at(-1)).toContain("q stop cleanly");
    expect(first).toMatch(/[\u2801-\u28ff]/);

    press("p");
    const paused = await until(/^ paused/m);
    expect(paused).toContain("p resume");
    const stepOf = (text: string) => /step (\d+)\//.exec(text)?.[1];
    press("c");
    await until(/checkpoint step_\d+ written \(asked\)/);
    expect(stepOf(screen())).toBe(stepOf(paused));
    press("p");
    await until(/^ training/m);

    press("?");
    await until(/write a checkpoint after the running step/);
    press("Escape");
    // Escape and the next key may arrive as one, which would be another key.
    await until(/learning rate/);
    tmux("resize-window", "-x", "120", "-y", "40");
    await until(/^╭─{118}╮$/m);

    press("q");
    const ended = await until(/code \d+/);
    expect(ended).toMatch(/^stopped after \d+ steps/m);
    expect(ended).toMatch(/^to go on, start the program with --resume .*checkpoints\/step_\d+$/m);
    expect(ended).toContain("code 0");
    expect(ended).not.toMatch(/[╭╰]|q stop cleanly/);
    // The shell reads keys as before, and the cursor is there.
    press("echo again", "Enter");
    await until(/^again$/m);
    expect(tmux("display-message", "-p", "#{cursor_flag}").stdout.trim()).toBe("1");
  });

  it("stops on ctrl-c with exit code 130", async () => {
    press(`clear; node ${program}; echo "code $?"`, "Enter");
    await until(/training[\s\S]*step \d+\//);
    press("C-c");
    expect(await until(/code \d+/)).toContain("code 130");
  });
});
