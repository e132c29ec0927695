import { describe, expect, it } from "vitest";
import { findings, lintFiles, lintText } from "./linted.ts";

/** A recipe with an absolute path, and what stands before the entry that holds it. */
const recipe = (before: string, entry = 'output_dir = "/data/out"') =>
  `recipe r {\n  run {\n    ${before}\n    ${entry}\n    seed = 1\n  }\n}\n`;

describe("// lavisc-ignore", () => {
  it("ignores a warning of the next item, with its reason", () => {
    const result = lintText(recipe("// lavisc-ignore absolute-path: the cluster's scratch disk"));
    expect(findings(result)).toEqual([]);
    expect(result.suppressed).toMatchObject([
      { by: "comment", reason: "the cluster's scratch disk", diagnostic: { slug: "absolute-path" } },
    ]);
  });

  it("names rules by code too, and several of them", () => {
    expect(findings(lintText(recipe("// lavisc-ignore LV4007: it is so")))).toEqual([]);
    const both = 'output_dir = "/path/to/out" / "/data"';
    expect(
      findings(lintText(recipe("// lavisc-ignore absolute-path, placeholder-path: a test", both))),
    ).toEqual([]);
  });

  it("covers what is in the next item, and no other item", () => {
    const whole = `// lavisc-ignore absolute-path: all of it\n${recipe("seed = 2")}`.replace(
      "    seed = 1\n",
      "",
    );
    expect(findings(lintText(whole))).toEqual([]);
    expect(findings(lintText(recipe("// lavisc-ignore absolute-path: not this\n    amp = false")))).toEqual([
      "LV4015 there is no `absolute-path` here to ignore",
      "LV4007 this path is of one machine",
    ]);
  });

  it("covers nothing at the end of a block", () => {
    const text =
      'recipe r {\n  run {\n    seed = 1\n    // lavisc-ignore absolute-path: late\n  }\n  task captioning\n}\n\nlet x = "/a"\n';
    expect(findings(lintText(text)).map((line) => line.slice(0, 6))).toEqual(["LV4015", "LV4012", "LV4007"]);
  });

  it("may stand above the documentation of an item, and with other ignored warnings", () => {
    const text =
      '// lavisc-ignore unused-let: for later\n// lavisc-ignore absolute-path: ours\n/// Where it is.\nlet x = "/a"\n\nrecipe r {\n}\n';
    expect(findings(lintText(text))).toEqual([]);
  });

  it.each([
    [
      "without a reason",
      "// lavisc-ignore absolute-path",
      "LV4016 this suppression gives no reason, and ignores nothing",
    ],
    [
      "with an empty reason",
      "// lavisc-ignore absolute-path:  ",
      "LV4016 this suppression gives no reason, and ignores nothing",
    ],
    [
      "with an unknown rule",
      "// lavisc-ignore absolute-paths: so",
      "LV4017 there is no rule `absolute-paths`",
    ],
    [
      "with an error",
      "// lavisc-ignore length-order: so",
      "LV4017 `length-order` is an error, which cannot be ignored",
    ],
    [
      "with the code of an error",
      "// lavisc-ignore LV3006: so",
      "LV4017 `LV3006` is an error, which cannot be ignored",
    ],
    ["without a rule", "// lavisc-ignore: so", "LV4017 this suppression names no rule"],
  ])("has no effect %s", (_, comment, message) => {
    expect(findings(lintText(recipe(comment)))).toEqual([message, "LV4007 this path is of one machine"]);
  });

  it("is no suppression in documentation, in other words, or in a string", () => {
    for (const comment of [
      "/// lavisc-ignore absolute-path: so",
      "// lavisc-ignored absolute-path: so",
      "// see lavisc-ignore",
    ])
      expect(findings(lintText(recipe(comment)))).toEqual(["LV4007 this path is of one machine"]);
  });

  it("cannot ignore what is said about itself", () => {
    expect(findings(lintText(recipe("// lavisc-ignore unused-suppression: so", "amp = false")))).toHaveLength(
      1,
    );
  });

  it("that ignores nothing goes by its fix, a name at a time", () => {
    const { findings: found } = lintText(recipe("// lavisc-ignore absolute-path, unused-let: so"));
    expect(found).toMatchObject([{ code: "LV4015", fixes: [{ applicability: "safe" }] }]);
  });

  it("does not work where the project forbids it, and is then not unused either", () => {
    const text = recipe("// lavisc-ignore absolute-path, unused-let: so");
    expect(findings(lintText(text, { allowsSuppression: false }))).toEqual([
      "LV4018 warnings may not be ignored in recipes of this project",
      "LV4007 this path is of one machine",
    ]);
  });

  it("in a fragment is used by whichever recipe of the run finds it", () => {
    const shared =
      '// lavisc-ignore url-without-checksum: it changes daily\nfragment annotations for dataset {\n  build_info {\n    annotations {\n      train { url = "https://example.org/a.json", md5 = none, storage = "a.json" }\n    }\n  }\n}\n';
    const user =
      'import { annotations } from "shared.lavis"\n\nrecipe r {\n  dataset coco_caption { use annotations }\n}\n';
    const files = { "shared.lavis": shared, "user.lavis": user };
    expect(findings(lintFiles(files))).toEqual([]);
    expect(findings(lintFiles(files, {}, ["shared.lavis"]))).toEqual([]);
    expect(findings(lintFiles({ ...files, "shared.lavis": shared.replace(/^.*\n/, "") }))).toHaveLength(1);
  });
});

describe("levels", () => {
  const text = recipe("amp = false");
  it("turn a rule off, or make it an error", () => {
    expect(findings(lintText(text, { levels: new Map([["LV4007", "off"]]) }))).toEqual([]);
    const { findings: found } = lintText(text, { levels: new Map([["LV4007", "error"]]) });
    expect(found.map(({ severity }) => severity)).toEqual(["error"]);
  });

  it("of a rule that is off leave what ignores it unused", () => {
    const ignoring = recipe("// lavisc-ignore absolute-path: so");
    expect(findings(lintText(ignoring, { levels: new Map([["LV4007", "off"]]) }))).toHaveLength(1);
  });
});

it("ignores thousands of warnings in no time", () => {
  const number = 4_000;
  const lets = Array.from(
    { length: number },
    (_, at) => `// lavisc-ignore unused-let: ${at}\nlet x${at} = ${at}\n`,
  );
  const started = performance.now();
  const { findings: found, suppressed } = lintText(`${lets.join("")}\nrecipe r {\n}\n`);
  expect({ found: found.length, suppressed: suppressed.length }).toEqual({ found: 0, suppressed: number });
  // A second for what takes a fraction of it; looking at each comment for each warning took minutes.
  expect(performance.now() - started).toBeLessThan(5_000);
});
