import {
  applyEdits,
  type Diagnostic,
  type File,
  type Node,
  type ParseResult,
  parse,
} from "../../grammar/index.ts";

/** The whole recipe of the language's description. */
export const wholeRecipe = `lavis 1

import { blip_images, data_root } from "../common.lavis"

param peak_lr: number = 2e-5

/// Fine-tunes BLIP for image-text retrieval on MS-COCO (Karpathy split).
recipe retrieval_coco_ft {
  task retrieval {
    k_test = 256
  }

  model blip_retrieval.coco {
    load_finetuned = false
    queue_size = 57_600
    alpha = 0.4
    negative_all_rank = true
  }

  dataset coco_retrieval {
    use blip_images
    vis_processor {
      train = blip_image_train(image_size = 384px)
      eval = blip_image_eval(image_size = 384px)
    }
    build_info { images = data_root / "coco/images" }
  }

  optimizer adamw { weight_decay = 0.04 }

  run {
    train_splits = [train]
    valid_splits = [val, test]
    device = cuda
    dist_url = "env://"
    seed = 42
    output_dir = "output/\${peak_lr}/Retrieval"
  }
}
`;

/** A file with every construct and with comments in every place that a comment can stand in. */
export const commentedRecipe = `// top
lavis 1 // version

import { a, // first
  b } from "x.lavis" // import


/// Doc of p.
param   p : number|"a"  | "b"? =   2e-5 // param
secret token = env("TOKEN")
let root = "/data" // ends a let
fragment frag for // odd
  dataset { ratio = 25% }

recipe r extends base // header
{
  // first
  task captioning { max_len = 20tokens } // task
  model a.b { x=1,y=-2 }


  dataset d from karpathy {
    /// Doc of list.
    list = [1, // one
      2,
      // three
      3 // end
    ]
    f = g(a = 1, [1,2,3], h(x, "a \${b + c}"), "some string that is rather long", another = 1 + 2 * (3 - 4))
    sum = a + // plus
      b
    // dangling
  }
  empty {

  }
  only {
    // alone
  }
  use frag, remove dataset coco
}
// bottom
`;

/** One mistake of most kinds, each on its line. */
export const brokenRecipe = `lavis 1
# hash comment
import { a b } from "x.lavis"
param n = 3
let x: number = 3
recipe r {
  task: captioning
  run:
    seed: 42
    amp = True
    out = 'single'
    dev == cuda
    seed 42
    list = [1 2, 3]
    list2 = [1, 2
    s = "unterminated
    v =
      42
    w =
    batch-size = 3
    run.amp = true
    m = { a = 1 }
    z = -foo
    aa = 1.2.3 ; bb = 0x10
    cc = f(a = 1 b: 2)
    "json": 3
    p = foo@bar
    q = use
    dd = "a \${b c} d \${x"
    ee = "C:\\data"
  }
}
}
model foo { a = 1 }
fragment f for { }
recipe {
  task t {
    a = 1

recipe ok { a = 2 }
`;

/** A diagnostic as a line: where, which, and what it says. */
export function lineOf(diagnostic: Diagnostic, { source }: ParseResult): string {
  const { line, column } = source.positionAt(diagnostic.span.start);
  return `${line}:${column} ${diagnostic.slug}: ${diagnostic.message}`;
}

/** The diagnostics of a text as lines. */
export function check(text: string): readonly string[] {
  const result = parse(text);
  return result.diagnostics.map((diagnostic) => lineOf(diagnostic, result));
}

/** The diagnostics of items that stand in a recipe on lines of their own, counted from line 1. */
export function checkItems(items: string): readonly string[] {
  return check(`recipe r {\n${items}\n}`).map((line) =>
    line.replace(/^\d+/, (number) => String(Number(number) - 1)),
  );
}

/** A text after all fixes, or only the safe ones, of its diagnostics. */
export function fix(text: string, applicability?: "safe"): string {
  const fixes = parse(text).diagnostics.flatMap((diagnostic) => diagnostic.fixes.slice(0, 1));
  const wanted = fixes.filter((one) => applicability === undefined || one.applicability === applicability);
  return applyEdits(
    text,
    wanted.flatMap((one) => one.edits),
  );
}

/** {@link fix} for items in a recipe. */
export function fixItems(items: string): string {
  return fix(`recipe r {\n${items}\n}`).split("\n").slice(1, -1).join("\n");
}

/** A tree without its places and comments: equal for two texts that mean the same. */
export function meaning(node: Node): unknown {
  const left = new Set(["span", "operatorSpan", "comments"]);
  return JSON.parse(JSON.stringify(node, (key, value: unknown) => (left.has(key) ? undefined : value)));
}

/** The tree of a text that must have no mistakes. */
export function treeOf(text: string): File {
  const { tree, diagnostics, source } = parse(text);
  if (diagnostics.length > 0) {
    throw new Error(
      diagnostics.map((diagnostic) => lineOf(diagnostic, { tree, diagnostics, source })).join("\n"),
    );
  }
  return tree;
}
