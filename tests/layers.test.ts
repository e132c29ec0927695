import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findViolations, readSources } from "./layers.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const violations = (file: string, text: string) =>
  findViolations(new Map([[file, text]])).map(({ why }) => why);

describe("the layers", () => {
  const sources = readSources(root);

  it("hold: data flows from grammar to compiler to runtime", () => {
    expect(findViolations(sources)).toEqual([]);
  });

  it.each(["grammar", "compiler", "runtime"])("have files of %s to check", (layer) => {
    expect([...sources.keys()].filter((file) => file.startsWith(`${layer}/`)).length).toBeGreaterThan(2);
  });
});

describe("the check of the layers", () => {
  const compilerWhy = "the compiler imports nothing of the runtime but cards";

  it.each([
    [
      "grammar/parse/parser.ts",
      'import { check } from "../../compiler/check.ts";',
      "grammar imports neither of the other layers",
    ],
    [
      "grammar/parse/parser.ts",
      'import type { Card } from "../../runtime/card.ts";',
      "grammar imports neither of the other layers",
    ],
    [
      "runtime/train/run.ts",
      'export * from "../../grammar/tree.ts";',
      "runtime imports neither of the other layers",
    ],
    ["runtime/index.ts", 'import "lavis/compiler";', "runtime imports neither of the other layers"],
    ["compiler/check/rule.ts", 'import { blip } from "../../runtime/models/blip/caption.ts";', compilerWhy],
    ["compiler/cli/main.ts", 'await import("lavis/runtime/engine");', compilerWhy],
    ["compiler/probe/machine.ts", 'await import("lavis/runtime/engine");', compilerWhy],
    ["compiler/cli/commands/engine.ts", 'import { install } from "lavis/runtime/engine";', compilerWhy],
    ["compiler/cli/commands/engine.ts", 'await import("../../../runtime/engine/install.ts");', compilerWhy],
    [
      "compiler/check/rule.ts",
      'import { Project } from "ts-morph";',
      "only compiler/emit and compiler/own may use ts-morph",
    ],
    ["compiler/emit/emit.ts", 'import ts from "typescript";', "the compiler API is reached through ts-morph"],
    ["runtime/train/run.ts", 'const { render } = await import("ink");', "only runtime/ui may use Ink"],
    ["runtime/train/run.ts", 'import { Spinner } from "@inkjs/ui";', "only runtime/ui may use Ink"],
    [
      "runtime/tasks/captioning.card.ts",
      'import { x } from "./captioning.ts";',
      "a card imports nothing but cards",
    ],
    [
      "runtime/tasks/captioning.card.ts",
      'import { join } from "node:path";',
      "a card imports nothing but cards",
    ],
    [
      "compiler/check/rule.ts",
      'import type { Recipe } from "../../grammar/tree.ts";',
      "the grammar is reached through its index",
    ],
    ["compiler/cli/main.ts", 'import { x } from "../../scripts/x.ts";', "an import leaves the layers"],
  ])("finds that %s may not contain: %s", (file, text, why) => {
    expect(violations(file, text)).toEqual([why]);
  });

  it.each([
    ["compiler/check/rule.ts", 'import type { Recipe } from "../../grammar/index.ts";'],
    ["compiler/catalog/catalog.ts", 'import { card } from "../../runtime/tasks/captioning.card.ts";'],
    ["compiler/catalog/catalog.ts", 'import { units } from "../../runtime/card.ts";'],
    ["compiler/emit/emit.ts", 'import { Project } from "ts-morph";'],
    ["compiler/own/workspace.ts", 'import type { Project } from "ts-morph";'],
    ["compiler/cli/commands/engine.ts", 'await import("lavis/runtime/engine");'],
    ["compiler/cli/commands/check.ts", 'await import("lavis/runtime/engine");'],
    ["runtime/ui/dashboard.tsx", 'import { Box } from "ink";'],
    ["runtime/tasks/captioning.card.ts", 'import { count } from "../card.ts";'],
    ["runtime/datasets/coco.card.ts", 'import { annotations } from "./annotations.card.ts";'],
    ["grammar/parse/parser.ts", 'import { CstParser } from "chevrotain"; import { x } from "./tree.ts";'],
  ])("allows %s to contain: %s", (file, text) => {
    expect(violations(file, text)).toEqual([]);
  });
});
