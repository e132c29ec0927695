import { existsSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { main } from "../../../compiler/cli/main.ts";
import type { Terminal } from "../../../compiler/cli/terminal.ts";

/** Runs `lavisc` on a standard input that fails in a way that nobody foresaw. */
async function crash(argv: readonly string[], failure: unknown) {
  let error = "";
  const terminal: Terminal = {
    workingFolder: process.cwd(),
    environment: {},
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    out: () => {},
    error: (text) => {
      error += text;
    },
    readInput: () => Promise.reject(failure),
    stdinIsTerminal: false,
    ask: async () => undefined,
    interrupted: () => new Promise(() => {}),
  };
  const code = await main(argv, terminal);
  const path = /(\S+lavisc-failure-\S+\.md)/.exec(error)?.[1] ?? "";
  const report = existsSync(path) ? readFileSync(path, "utf8") : "";
  rmSync(path, { force: true });
  return { code, error, report };
}

describe("a failure of the compiler itself", () => {
  it("exits with 3 and writes a report with the stack and the versions", async () => {
    const { code, error, report } = await crash(["check", "-"], new TypeError("x is not a function"));
    expect(code).toBe(3);
    expect(error).toContain("internal error: x is not a function\n");
    expect(report).toContain("- command: lavisc check -\n");
    expect(report).toContain(`- Node ${process.versions.node}`);
    expect(report).toContain("crash.test.ts");
  });

  it("keeps the values of parameters out of the report", async () => {
    const argv = [
      "check",
      "-",
      "-p",
      "token=abc=def",
      "-pother=xyz",
      "--param=third=uvw",
      "--set",
      "run.seed=7",
    ];
    const { report } = await crash(argv, new Error("broken"));
    expect(report).toContain("lavisc check - -p token=… -pother=… --param=third=… --set run.seed=7");
  });

  it("has the program that was about to be emitted in the report", async () => {
    const failure = Object.assign(new Error("does not type-check"), { program: "const recipe = 1;" });
    expect((await crash(["check", "-"], failure)).report).toContain(
      "## Program\n\n```\nconst recipe = 1;\n```",
    );
  });

  it("copes with anything that is thrown", async () => {
    expect(await crash(["check", "-"], "just text")).toMatchObject({
      code: 3,
      error: expect.stringContaining("internal error: just text"),
    });
  });
});
