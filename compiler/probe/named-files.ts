import { isUrl } from "../../runtime/card.ts";
import { shardRanges } from "../../runtime/datasets/files/shard-range.card.ts";
import { folderKeys } from "../../runtime/datasets/options/dataset.card.ts";
import { elementsOf, type Found, find, flagOf, optionsIn, textOf, trains } from "../check/rule.ts";
import { isOwnCard } from "../own/index.ts";
import { type PartialRecipe, type Resolved, type ResolvedSection, sectionsOf } from "../resolve/resolved.ts";

/** A file or folder that a recipe names, and that its run opens. */
export interface NamedFile {
  readonly found: Found;
  /** As resolved: absolute, or in the data cache. */
  readonly path: string;
  /** What it must be; undefined where both will do. */
  readonly expected: "file" | "folder" | undefined;
  /** Whether the run downloads it where it is not there. */
  readonly canBeFetched: boolean;
  /** What its MD5 must be. */
  readonly md5: Found | undefined;
}

/** Files of weights that a recipe's model starts from. */
export function weightsOf({ model, run }: PartialRecipe): readonly NamedFile[] {
  if (textOf(find(run, "resume_ckpt_path")) !== undefined) return [];
  const isFinetuned = flagOf(find(model, "load_finetuned"));
  const key = isFinetuned ? "finetuned" : "pretrained";
  if (!isFinetuned && flagOf(find(model, "load_pretrained")) !== true) return [];
  const found = find(model, key);
  const path = textOf(found);
  if (found === undefined || path === undefined || isUrl(path)) return [];
  return [{ found, path, expected: "file", canBeFetched: false, md5: undefined }];
}

/** Every other file and folder that a recipe's run opens: annotations of its splits, media, vocabularies. */
export function namedFiles(recipe: PartialRecipe): readonly NamedFile[] {
  const splits = splitsOf(recipe);
  return sectionsOf(recipe)
    .filter(({ kind }) => kind !== "run")
    .flatMap((section) => new Search(section, splits).inOptions(section.options));
}

/** The splits that the run opens. */
function splitsOf(recipe: PartialRecipe): ReadonlySet<string> {
  const keys = [...(trains(recipe) === false ? [] : ["train_splits"]), "valid_splits", "test_splits"];
  return new Set(
    keys.flatMap((key) => elementsOf(find(recipe.run, key)) ?? []).flatMap((one) => textOf(one) ?? []),
  );
}

/**
 * Maps from splits to files: a split that the run does not open needs none. Keys that a type of the user's own names are
 * no splits.
 */
const bySplit: ReadonlySet<string> = new Set(["annotations", "ques_files", "anno_files"]);

/** A search for files among the options of a section. */
class Search {
  readonly #section: ResolvedSection;
  readonly #splits: ReadonlySet<string>;

  constructor(section: ResolvedSection, splits: ReadonlySet<string>) {
    this.#section = section;
    this.#splits = splits;
  }

  inOptions(options: ReadonlyMap<string, Resolved>): readonly NamedFile[] {
    return [...options].flatMap(([key, value]) => this.#inValue(key, value, options));
  }

  #inValue(name: string, value: Resolved, siblings: ReadonlyMap<string, Resolved>): readonly NamedFile[] {
    const inner = optionsIn(value);
    if (inner) {
      const isBySplit = value.kind === "map" && bySplit.has(name);
      const opened = [...inner].filter(([key]) => !isBySplit || this.#splits.has(key));
      return this.inOptions(new Map(opened));
    }
    const values = value.kind === "list" ? value.elements : [value];
    return values.flatMap((one, i) => {
      const found: Found = { name, value: one, section: this.#section };
      const path = one.type.is === "path" ? textOf(found) : undefined;
      if (path === undefined || isUrl(path)) return [];
      const beside = (key: string) => this.#elementOf(key, siblings.get(key), i);
      const isStorage = name === "storage";
      return this.#shardsOf(path).map((shard) => ({
        found,
        path: shard,
        expected: this.#expected(name),
        canBeFetched: isStorage && beside("url") !== undefined,
        md5: isStorage ? beside("md5") : undefined,
      }));
    });
  }

  /**
   * Media lie in folders; so does the data of a format without files of its own, and that of one in shards may. What
   * code of the user's own does with a path is not known.
   */
  #expected(name: string): NamedFile["expected"] {
    const { card } = this.#section;
    if (isOwnCard(card)) return undefined;
    if (folderKeys.has(name) || card.extension === "") return "folder";
    return card.isSharded ? undefined : "file";
  }

  /** Of numbered files such as `train-{000..015}.tar` the first and the last; else the path itself. */
  #shardsOf(path: string): readonly string[] {
    const ranges = this.#section.card.isSharded ? shardRanges(path) : [];
    if (ranges.length === 0) return [path];
    const ends = ["first", "last"] as const;
    return ends.map((end) => ranges.reduce((named, range) => named.replace(range.text, range[end]), path));
  }

  /** The text of an option, or of its list the one at that place; undefined where there is none. */
  #elementOf(name: string, value: Resolved | undefined, place: number): Found | undefined {
    const one = value?.kind === "list" ? value.elements[place] : value;
    const found = one && { name, value: one, section: this.#section };
    return textOf(found) === undefined ? undefined : found;
  }
}
