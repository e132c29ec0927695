/** The keys of `lavisc.json`: what documentation, the JSON schema and the reader agree on. */

export interface ConfigurationKey {
  /** What it does, in Markdown. */
  readonly doc: string;
  /** What its value is, in words. */
  readonly takes: string;
  /** What holds without it, as JSON. */
  readonly default: unknown;
  /** Its JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** A value of it, for the documentation. */
  readonly example: unknown;
}

export const levels = ["off", "warn", "error"] as const;
export const overrideKinds = ["all", "params-only"] as const;

const globs = { type: "array", items: { type: "string", minLength: 1 } } as const;

export const configurationKeys = {
  rules: {
    doc:
      "The level of each lint rule, by its slug or code: `off` does not ask it, `warn` shows what it finds, `error` " +
      "fails on it, in `build` too. Errors of the language (LV1xxx to LV3xxx) have no level. `lavisc describe rule` " +
      "lists the rules.",
    takes: "an object from rules to `off`, `warn` or `error`",
    default: {},
    schema: { type: "object", additionalProperties: { enum: levels } },
    example: { "validation-on-test": "error", "unused-let": "off" },
  },
  overrides: {
    doc:
      "What the command line may change: `all` lets `--set` override any option; `params-only` forbids `--set`, so that " +
      "a run differs from its recipe only in what the recipe offers as `param`.",
    takes: "`all` or `params-only`",
    default: "all",
    schema: { enum: overrideKinds },
    example: "params-only",
  },
  inlineSuppression: {
    doc: "Whether `// lavisc-ignore SLUG: reason` in a recipe ignores a warning; `false` reports such comments instead.",
    takes: "`true` or `false`",
    default: true,
    schema: { type: "boolean" },
    example: false,
  },
  deviceMemory: {
    doc:
      "The memory of the device that recipes train on, of one GPU or of the machine: the rule `memory-above-device` warns " +
      "where the estimate of `lavisc plan` is above it. Units are those of recipes, in powers of 1,000.",
    takes: "a size such as `24GB`",
    default: null,
    schema: { type: "string", pattern: "^\\d[\\d_]*(\\.\\d+)? ?(B|KB|MB|GB|TB)$" },
    example: "24GB",
  },
  baseline: {
    doc:
      "A file of findings that are known and not shown, beside this one; `lavisc lint --write-baseline` writes it. " +
      "It lets a project take up a rule now and mend what is there later.",
    takes: "a path",
    default: null,
    schema: { type: "string", minLength: 1 },
    example: "lavisc-baseline.json",
  },
  files: {
    doc:
      "Which files `lavisc lint` looks at in a folder, and where none is named. Patterns are relative to the folder of " +
      "this file; `*` stands for any name, `**` for any folders.",
    takes: "a list of patterns",
    default: ["**/*.lavis"],
    schema: globs,
    example: ["recipes/**/*.lavis"],
  },
  ignore: {
    doc: "Files that `lavisc lint` leaves out, also where they are named. `node_modules` and folders with a leading dot always are.",
    takes: "a list of patterns",
    default: [],
    schema: globs,
    example: ["recipes/generated"],
  },
} as const satisfies Readonly<Record<string, ConfigurationKey>>;

/** The JSON Schema of `lavisc.json`, which editors complete and check it by. */
export function configurationSchema(ruleNames: readonly string[]): Readonly<Record<string, unknown>> {
  const properties = Object.entries(configurationKeys).map(([name, { doc, schema, default: without }]) => [
    name,
    { description: doc, ...schema, ...(without === null ? {} : { default: without }) },
  ]);
  const named = Object.fromEntries(properties);
  const byRule = Object.fromEntries(ruleNames.map((name) => [name, { enum: levels }]));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "lavisc.json",
    description: "How lavisc looks at the recipes of a project.",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      ...named,
      rules: { ...named.rules, additionalProperties: false, properties: byRule },
    },
  };
}

/** A key as a section of documentation. */
export function configurationKeySection(name: string, key: ConfigurationKey): string {
  const { doc, takes, default: without, example } = key;
  const value = without === null ? "none" : `\`${JSON.stringify(without)}\``;
  const shown = JSON.stringify({ [name]: example }, undefined, 2);
  return `## \`${name}\`\n\n${doc}\n\nTakes ${takes}; ${value} unless given.\n\n\`\`\`json\n${shown}\n\`\`\`\n`;
}

/** The keys as a page of documentation. */
export function configurationPage(): string {
  const sections = Object.entries(configurationKeys).map(([name, key]) => configurationKeySection(name, key));
  return `# lavisc.json

How \`lavisc\` looks at the recipes of a project. The file is found upwards from each recipe; the nearest one holds. It
is strict JSON: an unknown key, a value of another type or a rule that there is not ends the command with exit code 2.

${sections.join("\n")}`;
}
