import { basename } from "node:path";
import type { Card, ComponentKind } from "../../../runtime/card.ts";
import type { OwnKind } from "../../../runtime/own/options.card.ts";
import { catalog, sectionKinds } from "../../catalog/index.ts";
import {
  configurationKeySection,
  configurationKeys,
  configurationPage,
  configurationSchema,
} from "../../config/index.ts";
import { componentPage, componentText, describeComponent, rulePage } from "../../describe/index.ts";
import { DiagnosticCollector } from "../../diagnostics/index.ts";
import { oneOfNames, suggestionsFor } from "../../diagnostics/suggestions.ts";
import { explanationText, shownMessage } from "../../explain/index.ts";
import { findRule, type LintRule, lintRules } from "../../lint/index.ts";
import { isOwnKind, OwnComponents, OwnLibrary } from "../../own/index.ts";
import { nodeHost } from "../../program/index.ts";
import { type ExitCode, exitCodes, UsageError } from "../exit.ts";
import { styleOf, type Terminal } from "../terminal.ts";

export interface DescribeFlags {
  readonly format: "text" | "json" | "markdown";
}

/** Sections in the order in which recipes are written, then what is written as their values. */
const componentKinds: readonly ComponentKind[] = [
  ...new Set<ComponentKind>([...sectionKinds, ...catalog.all().map(({ kind }) => kind)]),
];
/** What can be described. */
export const describedKinds: readonly string[] = [...componentKinds, "rule", "configuration"];

const isComponentKind = (kind: string): kind is ComponentKind =>
  componentKinds.some((known) => known === kind);

/** The names of a kind, as completion offers them. */
export function namesOf(kind: string): readonly string[] {
  if (kind === "rule") return lintRules.map(({ slug }) => slug);
  return isComponentKind(kind) ? catalog.names(kind) : [];
}

/**
 * Describes what recipes can name: everything, a kind, or one of it, a TypeScript file of the user's own too; also
 * lint rules and `lavisc.json`.
 */
export function describe(
  kind: string | undefined,
  name: string | undefined,
  { format }: DescribeFlags,
  terminal: Terminal,
): ExitCode {
  const { bold } = styleOf(terminal, "results");
  const show = (page: Page): void => {
    if (format === "json") terminal.out(`${JSON.stringify(page.data, undefined, 2)}\n`);
    else terminal.out(format === "markdown" ? page.markdown : page.text);
  };
  if (kind === undefined) show(listPage(componentKinds, bold));
  else if (kind === "configuration") show(configurationOf(name));
  else if (kind === "rule") show(name === undefined ? rulesPage(bold) : ruleOf(name, bold));
  else if (!isComponentKind(kind)) throw unknown("kind", kind, describedKinds);
  else if (name === undefined && kind !== "run") show(listPage([kind], bold));
  else if (name?.endsWith(".ts") && isOwnKind(kind)) show(ownComponentOf(kind, name, bold, terminal));
  else show(componentOf(kind, name ?? "run", bold));
  return exitCodes.clean;
}

/** One answer in each format. */
interface Page {
  readonly data: unknown;
  readonly markdown: string;
  readonly text: string;
}

type Paint = (text: string) => string;

function listPage(kinds: readonly ComponentKind[], bold: Paint): Page {
  const groups = kinds.map((kind) => ({ kind, cards: catalog.ofKind(kind) }));
  const data = groups.flatMap(({ kind, cards }) => cards.map(({ name, doc }) => ({ kind, name, doc })));
  const markdown = groups.map(
    ({ kind, cards }) => `## ${kind}\n\n${cards.map(({ name, doc }) => `- \`${name}\`: ${doc}\n`).join("")}`,
  );
  const text = groups.map(
    ({ kind, cards }) => `${bold(kind)}\n${cards.map(({ name, doc }) => `  ${name}  ${doc}\n`).join("")}`,
  );
  return { data, markdown: markdown.join("\n"), text: text.join("\n") };
}

function componentOf(kind: ComponentKind, label: string, bold: Paint): Page {
  const [name = "", variant] = label.split(".");
  const card = catalog.get(kind, name);
  if (!card) throw unknown(kind, name, catalog.names(kind));
  const variants = Object.keys(card.variants ?? {});
  if (variant !== undefined && !variants.includes(variant))
    throw unknown(`variant of ${name}`, variant, variants);
  return cardPage(card, bold, variant);
}

/**
 * The component that a TypeScript file describes. Throws {@link UsageError} with the first thing that is wrong with
 * it.
 */
function ownComponentOf(kind: OwnKind, file: string, bold: Paint, terminal: Terminal): Page {
  const host = nodeHost(terminal.workingFolder);
  const diagnostics = new DiagnosticCollector();
  const own = new OwnComponents(new OwnLibrary(), host, diagnostics);
  const path = host.resolve(terminal.workingFolder, file);
  const text = own.text(path);
  if (typeof text !== "string") throw new UsageError(`${file} ${text.problem}`, text.hint);
  const card = own.card(basename(file, ".ts"), { kind, path, text });
  const [first] = diagnostics.all();
  if (!card || first) {
    const source = [...diagnostics.sources()].find((one) => one.path === first?.path);
    const line = first && source?.positionAt(first.span.start).line;
    const hint = "`lavisc check` of a recipe that names it says all that is wrong";
    throw new UsageError(`${first?.path}:${line}: ${first?.message}`, hint);
  }
  return cardPage(card, bold);
}

function cardPage(card: Card, bold: Paint, variant?: string): Page {
  const data = describeComponent(card, variant);
  return { data, markdown: componentPage(data), text: componentText(data, bold) };
}

const ruleData = ({ code, slug, message, explanation, example }: LintRule) => ({
  code,
  slug,
  message,
  explanation,
  example,
});

function rulesPage(bold: Paint): Page {
  const lines = lintRules.map((rule) => [rule.code, rule.slug, shownMessage(rule.code, rule)] as const);
  return {
    data: lintRules.map(ruleData),
    markdown: `## rule\n\n${lines.map(([code, slug, message]) => `- \`${slug}\` (${code}): ${message}\n`).join("")}`,
    text: `${bold("rule")}\n${lines.map(([code, slug, message]) => `  ${code} ${slug}  ${message}\n`).join("")}`,
  };
}

function ruleOf(name: string, bold: Paint): Page {
  const rule = findRule(name);
  if (!rule)
    throw unknown(
      "rule",
      name,
      lintRules.flatMap(({ slug, code }) => [slug, code]),
    );
  const text = `${bold(`${rule.code} ${rule.slug}`)}\n\n${explanationText(rule.code, rule)}\n`;
  return { data: ruleData(rule), markdown: rulePage(rule), text };
}

/** `lavisc.json`: as data its JSON schema, or one key. */
function configurationOf(name: string | undefined): Page {
  const ruleNames = lintRules.flatMap(({ slug, code }) => [slug, code]);
  const whole = {
    data: configurationSchema(ruleNames),
    markdown: configurationPage(),
    text: configurationPage(),
  };
  if (name === undefined) return whole;
  const [, key] = Object.entries(configurationKeys).find(([one]) => one === name) ?? [];
  if (!key) throw unknown("key of lavisc.json", name, Object.keys(configurationKeys));
  const text = configurationKeySection(name, key);
  return { data: key, markdown: text, text };
}

function unknown(what: string, found: string, known: readonly string[]): UsageError {
  const near = suggestionsFor(found, known);
  const hint = near.length > 0 ? `did you mean ${oneOfNames(near)}?` : `there is ${oneOfNames(known, "and")}`;
  return new UsageError(`there is no ${what} ${found}`, hint);
}
