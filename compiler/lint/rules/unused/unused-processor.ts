import { type Section, visit } from "../../../../grammar/index.ts";
import { isOwnProcessorKind } from "../../../own/index.ts";
import { placeIn, type SourceFile } from "../../../program/index.ts";
import { removalFix } from "../../../resolve/edits.ts";
import { fileRule } from "../../rule.ts";

export const unusedProcessor = fileRule(
  {
    code: "LV4020",
    slug: "unused-processor",
    message: "nothing in this file uses the {kind} `{name}`",
    help: "Name it where the datasets have their {kind}, or remove it.",
    explanation:
      "A processor of one's own is declared for a recipe's datasets to name. One that none of them names is compiled " +
      "into the program and never run, while its author believes that it prepares the samples. What a recipe or fragment " +
      "declares that other files import is for them as well, and is not reported.",
    example: {
      invalid: 'recipe caption {\n  vis_processor square from "./square.ts"\n  dataset coco_caption\n}\n',
      valid:
        'recipe caption {\n  vis_processor square from "./square.ts"\n  dataset coco_caption { vis_processor { train = square } }\n}\n',
      given: { kind: "vis_processor", name: "square" },
    },
  },
  (file, report) => {
    const { entry } = file.program;
    for (const { kind, name, section } of declaredIn(file.program.entry, file.importedElsewhere)) {
      if (file.isUsed(name)) continue;
      const place = placeIn(entry, section.label ?? section.sectionKind);
      const fixes = [removalFix(placeIn(entry, section), `Remove \`${name}\``, "unsafe")];
      report({ kind, name }, place, { fixes });
    }
  },
);

interface Declared {
  readonly kind: string;
  readonly name: string;
  readonly section: Section;
}

/** The processors that a file's own recipes declare, but for what other files import. */
function declaredIn({ tree }: SourceFile, importedElsewhere: ReadonlySet<string>): readonly Declared[] {
  const declarations = tree.declarations.filter((one) => one.kind === "recipe" || one.kind === "fragment");
  if (!declarations.some(({ kind }) => kind === "recipe")) return [];
  const declared: Declared[] = [];
  for (const declaration of declarations) {
    if (importedElsewhere.has(declaration.name.text)) continue;
    visit(declaration, {
      section: (section) => {
        const { sectionKind, label, from } = section;
        const isOwn = from?.kind === "string";
        if (isOwn && label && isOwnProcessorKind(sectionKind.text))
          declared.push({ kind: sectionKind.text, name: label.text, section });
      },
    });
  }
  return declared;
}
