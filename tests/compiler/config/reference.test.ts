import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configurationPage, configurationSchema } from "../../../compiler/config/index.ts";
import { lintRules } from "../../../compiler/lint/index.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../../../docs/reference/${name}`, import.meta.url), "utf8");

it("has a page and a JSON schema of lavisc.json that are up to date (`lavisc describe configuration` prints both)", () => {
  expect(read("configuration.md")).toBe(`[Reference](README.md)\n\n${configurationPage()}`);
  const names = lintRules.flatMap(({ slug, code }) => [slug, code]);
  expect(JSON.parse(read("lavisc.schema.json"))).toEqual(configurationSchema(names));
});
