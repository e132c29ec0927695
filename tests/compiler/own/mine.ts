import { type CheckResult, checkRecipe } from "../../../compiler/check-recipe.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import { recipe } from "../marked.ts";
import { library } from "./library.ts";

/** Checks a recipe beside files, which are given by their absolute paths. */
export const check = (
  text: string,
  files: Readonly<Record<string, string>> = {},
  sets: readonly string[] = [],
) => checkRecipe(memoryHost({ "/r.lavis": text, ...files }), "/r.lavis", { library, sets });

/** Diagnostics as `code file:line: message`. */
export const said = ({ diagnostics, sources }: CheckResult): readonly string[] =>
  diagnostics.map(({ code, path, span, message }) => {
    const line = sources.get(path)?.positionAt(span.start).line;
    return `${code} ${path}:${line}: ${message}`;
  });

/** A model that captions, with the given properties of its options; `head` stands before them. */
export const model = (options = "", head = "", create = "") => `import {
  BaseModel, type Build, type Bytes, type Captioner, type Checkpoint, type Count, type Losses, type Name, type Path,
  type Pixels, type Ratio, type Seconds, type Url,
} from "lavis/runtime";
${head}
export interface Options {
${options}
}
class Mine extends BaseModel implements Captioner {
  forward(): Losses { throw new Error("not written"); }
  generate(): string[] { return []; }
}
${create === "" ? "/** Mine. */\nexport function create(_: Options, __: Build): Mine { return new Mine(); }" : create}
export type Used = [Bytes, Checkpoint, Count, Name, Path, Pixels, Ratio, Seconds, Url, Build];
`;

/** Data that fits any model that captions. */
export const dataset = `dataset emoji_caption {
    vis_processor { train = blip_image_train(image_size = 32px), eval = blip_image_eval(image_size = 32px) }
    text_processor { train = blip_caption, eval = blip_caption }
  }`;

/** A recipe of the model of `/mine.ts`. */
export const using = (block = "", more: Parameters<typeof recipe>[0] = {}) =>
  recipe({ model: `model mine from "./mine.ts" ${block}`, dataset, ...more });
