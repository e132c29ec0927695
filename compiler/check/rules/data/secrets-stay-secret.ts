import { isFitForSecrets } from "../../../../runtime/card.ts";
import { replacementFix } from "../../../resolve/edits.ts";
import type { PartialRecipe, ResolvedSection } from "../../../resolve/resolved.ts";
import { elementsOf, type Found, find, flagOf, isNone, optionsIn, type Rule, textOf } from "../../rule.ts";
import { annotationsOf } from "../../samples.ts";

/** LV3073: what a secret opens is asked for over https, or within this machine: nothing else sends it. */
export const secretsStaySecret: Rule = (recipe, report) => {
  for (const { secret, addresses } of secretsIn(recipe)) {
    if (!secret || isNone(secret)) continue;
    for (const address of addresses) {
      const url = textOf(address);
      if (url === undefined || !/^http:/i.test(url) || !URL.canParse(url) || isFitForSecrets(url)) continue;
      const { written } = address.value;
      const text = written?.source.slice(written.span);
      const secured = text?.replace(/^"http:/i, '"https:');
      const fixes =
        written && secured !== undefined && secured !== text
          ? [replacementFix(written, secured, "Write `https:`", "unsafe")]
          : [];
      report("LV3073", { secret: secret.name, host: new URL(url).host }, [address, secret], { fixes });
    }
  }
};

interface SecretUse {
  readonly secret: Found | undefined;
  /** What it is shown to, where it is an address. */
  readonly addresses: readonly Found[];
}

function secretsIn({ model, datasets, run }: PartialRecipe): readonly SecretUse[] {
  const splits = ["train_splits", "valid_splits", "test_splits"]
    .flatMap((key) => elementsOf(find(run, key)) ?? [])
    .map(textOf);
  return [
    { secret: find(model, "weights_token"), addresses: weightsOf(model) },
    ...datasets.map((dataset) => ({
      secret: find(dataset, "build_info", "token"),
      addresses: filesOf(dataset, splits),
    })),
  ];
}

/** The weights that are loaded, or may be. */
function weightsOf(model: ResolvedSection | undefined): readonly Found[] {
  const isFinetuned = flagOf(find(model, "load_finetuned"));
  const mayStart = isFinetuned !== true && flagOf(find(model, "load_pretrained")) !== false;
  const names = [...(isFinetuned === false ? [] : ["finetuned"]), ...(mayStart ? ["pretrained"] : [])];
  return names.flatMap((name) => find(model, name) ?? []);
}

/** The addresses of the annotation files of splits that a run uses; one that only the run knows may be any. */
function filesOf(dataset: ResolvedSection, splits: readonly (string | undefined)[]): readonly Found[] {
  const annotations = annotationsOf(dataset);
  const known = annotations && optionsIn(annotations.value);
  const used = [...(known?.keys() ?? [])].filter(
    (split) => splits.includes(split) || splits.includes(undefined),
  );
  return used
    .flatMap((split) => find(dataset, "build_info", "annotations", split, "url") ?? [])
    .flatMap((url) => elementsOf(url) ?? [url]);
}
