import type { ExamplesOf } from "../../diagnostics/example.ts";
import type { ownMessages } from "../../diagnostics/messages/own.ts";

/** A model that does nothing but meet the interface; `more` stands in its options, `head` before all. */
const model = (more = "", head = "") => `${head}import { BaseModel, type Losses } from "lavis/runtime";

class Tiny extends BaseModel {
  forward(): Losses {
    throw new Error("not written yet");
  }

  generate(): string[] {
    return [];
  }
}

export interface Options {
  ${more}
}

export function create(_options: Options): Tiny {
  return new Tiny();
}
`;
const uses = "model my_model from";

/** LV23xx: components of the user's own. The files stand beside the recipe. */
export const ownExamples: ExamplesOf<typeof ownMessages> = {
  LV2301: {
    invalid: `${uses} "./modle.ts"`,
    valid: `${uses} "./model.ts"`,
    given: { path: '"./modle.ts"' },
    files: { "model.ts": model() },
  },
  LV2302: {
    invalid: `${uses} "./model.js"`,
    valid: `${uses} "./model.ts"`,
    given: { path: '"./model.js"' },
    files: { "model.js": "export function create() {}\n", "model.ts": model() },
  },
  LV2303: {
    invalid: `${uses} "./class.ts"`,
    valid: `${uses} "./model.ts"`,
    given: { file: "class.ts" },
    files: { "class.ts": "export class Tiny {}\n", "model.ts": model() },
  },
  LV2304: {
    invalid: `${uses} "./wrong.ts"`,
    valid: `${uses} "./model.ts"`,
    given: { message: "Type 'string' is not assignable to type 'number'", code: 2322 },
    files: { "wrong.ts": model("", 'const width: number = "wide";\n'), "model.ts": model() },
  },
  LV2305: {
    invalid: `${uses} "./callback.ts"`,
    valid: `${uses} "./model.ts"`,
    given: { option: "activation", why: "it is a function" },
    files: { "callback.ts": model("activation: (x: number) => number"), "model.ts": model() },
  },
  LV2306: {
    invalid: `${uses} "./loads.ts"`,
    valid: `${uses} "./model.ts"`,
    given: { option: "pretrained", kind: "model" },
    files: { "loads.ts": model("pretrained?: string"), "model.ts": model("backbone?: string") },
  },
  LV2307: {
    invalid: `${uses} "./plain.ts"`,
    valid: `${uses} "./model.ts"`,
    given: {
      file: "plain.ts",
      kind: "model",
      problem: "Type '{ width: number; }' is not assignable to type 'Made<Model>'",
    },
    files: { "plain.ts": "export function create() {\n  return { width: 3 };\n}\n", "model.ts": model() },
  },
  LV2308: {
    invalid: `${uses} "./wide.ts" {}`,
    valid: `${uses} "./model.ts" {}`,
    given: { tag: "default", text: '"wide"', problem: "it is no value of the property's type" },
    files: {
      "wide.ts": model('/** @default "wide" */\n  width: number;'),
      "model.ts": model("/** @default 32 */\n  width: number;"),
    },
  },
  LV2309: {
    invalid: `${uses} "./lost.ts"`,
    valid: `${uses} "./model.ts"`,
    given: { specifier: "./layers", why: "has no ending" },
    files: { "lost.ts": model("", 'import "./layers";\n'), "model.ts": model() },
  },
  LV2310: {
    invalid: 'model blip_caption from "./model.ts"',
    valid: `${uses} "./model.ts"`,
    given: { name: "blip_caption", kind: "model" },
    files: { "model.ts": model() },
  },
  LV2311: {
    invalid: 'schedule my_schedule from "./schedule.ts"',
    valid: "schedule constant_lr",
    given: { section: "schedule" },
  },
  LV2312: {
    invalid: `${uses} "./two.ts"`,
    valid: `${uses} "./model.ts"`,
    given: { file: "two.ts" },
    files: {
      "two.ts": model()
        .replace(
          /(?=export function)/,
          "export function create(): Tiny;\nexport function create(options: Options): Tiny;\n",
        )
        .replace("(_options: Options): Tiny {", "(_options?: Options): Tiny {"),
      "model.ts": model(),
    },
  },
};
