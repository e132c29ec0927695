import type { OptionsOf } from "../../card.ts";
import { UserError } from "../../errors.ts";
import type { Dataset, FieldValue, ImageId, OpenDataset, OpenOptions, Row } from "../dataset.ts";
import { namedFields } from "../files/caption-fields.ts";
import {
  type Column,
  type Fields,
  fieldError,
  fieldsOf,
  idField,
  textField,
  textsField,
} from "../files/fields.ts";
import { checkFirstImage, fileNames, folderHint } from "../files/open-captions.ts";
import { filesOfSplit } from "../files/split-files.ts";
import type { RowNames } from "../table/caption-table.ts";
import { elementOf } from "../table/element.ts";
import { FieldColumns } from "../table/field-columns.ts";
import { NumberColumn } from "../table/number-column.ts";
import { TextColumn } from "../table/text-column.ts";
import { readList } from "./karpathy.ts";
import type { vqa } from "./vqa.card.ts";

type Options = OptionsOf<typeof vqa>;

/** A question about an image. */
export interface QuestionRow extends Row {
  /** The question. */
  readonly text_input: string;
  readonly fields: Readonly<Record<string, FieldValue>> & {
    readonly question_id: ImageId;
    /** The different answers; none where the data has questions only. */
    readonly answers: readonly string[];
    /** The share of people who gave each answer (LAVIS datasets/coco_vqa_datasets.py, `weights`). */
    readonly weights: readonly number[];
  };
}

/** A split of questions about images. */
export interface QuestionDataset extends Dataset {
  row(index: number): QuestionRow;
}

/** Questions about images with people's answers, in the form of LAVIS's VQA v2 annotations. */
export const openVqa = (async (options: Options, splits: readonly string[], context: OpenOptions) => {
  const names = fileNames(options.images, (at) => `row ${at}`);
  const opened = new Map<string, QuestionDataset>();
  for (const split of splits) {
    const table = new QuestionTable(context.name, split, names, options);
    for (const file of filesOfSplit(options.annotations, split, context)) await table.read(file);
    const dataset = table.dataset();
    if (context.use === "evaluation") table.checkQuestionIds();
    await checkFirstImage(dataset, folderHint);
    opened.set(split, dataset);
  }
  return opened;
}) satisfies OpenDataset<Options>;

/** The rows of a split, in little more memory than their texts. */
class QuestionTable {
  readonly #name: string;
  readonly #split: string;
  readonly #names: RowNames;
  readonly #columns: Record<"image" | "question" | "question_id", Column> & {
    readonly answer: Column | undefined;
  };
  readonly #files: string[] = [];
  readonly #file = new NumberColumn();
  readonly #at = new NumberColumn();
  readonly #image = new TextColumn();
  readonly #question = new TextColumn();
  /** As JSON, so that numbers stay numbers. */
  readonly #questionId = new TextColumn();
  /** The list of answers as JSON. */
  readonly #answers = new TextColumn();
  /** The values of `fields`. */
  readonly #further: FieldColumns;
  readonly #readFurther: ReturnType<typeof namedFields>;

  constructor(name: string, split: string, names: RowNames, { columns, fields }: Options) {
    this.#name = name;
    this.#split = split;
    this.#names = names;
    this.#further = new FieldColumns(name, (row) => this.#origin(row));
    this.#readFurther = namedFields(fields);
    this.#columns = {
      image: { field: columns.image, key: "image" },
      question: { field: columns.question, key: "question" },
      question_id: { field: columns.question_id, key: "question_id" },
      answer: columns.answer === null ? undefined : { field: columns.answer, key: "answer" },
    };
  }

  async read(file: string): Promise<void> {
    this.#files.push(file);
    await readList(file, ({ value, index }) => {
      const origin = () => this.#names.origin(file, index);
      this.#add(fieldsOf(value, origin), index, origin);
    });
  }

  #add(row: Fields, at: number, origin: () => string): void {
    const { image, question, question_id, answer } = this.#columns;
    const id = idField(row, question_id, origin);
    if (id === undefined) throw fieldError(row, question_id, "a number or a text", origin);
    const answers = answer ? textsField(row, answer, origin) : [];
    this.#image.push(textField(row, image, origin));
    this.#question.push(textField(row, question, origin));
    this.#questionId.push(JSON.stringify(id));
    this.#answers.push(JSON.stringify(answers));
    this.#file.push(this.#files.length - 1);
    this.#at.push(at);
    this.#further.add(this.#readFurther(row, origin), this.#at.length - 1);
  }

  /** @throws UserError where two questions have one id, by which results name them */
  checkQuestionIds(): void {
    const rowOf = new Map<string, number>();
    for (let row = 0; row < this.#questionId.length; row++) {
      const id = this.#questionId.at(row);
      const first = rowOf.get(id);
      if (first !== undefined)
        throw new UserError(
          `dataset ${this.#name}, split ${this.#split}: two questions have the id ${id}: ${this.#origin(first)} and ${this.#origin(row)}`,
          "give each question an id of its own",
        );
      rowOf.set(id, row);
    }
  }

  dataset(): QuestionDataset {
    const [name, split, length] = [this.#name, this.#split, this.#question.length];
    if (length === 0) throw new UserError(`dataset ${name}: ${this.#files.join(", ")} has no row`);
    const fileOf = (index: number) => this.#fileOf(index);
    const ids = this.#names.ids({
      length,
      file: fileOf,
      image: (row) => this.#image.at(row),
      imageId: () => undefined,
    });
    return {
      name,
      split,
      length,
      row: (index) => ({
        image: this.#names.image(fileOf(index), this.#image.at(index)),
        text_input: this.#question.at(index),
        image_id: ids(index),
        instance_id: String(index),
        fields: {
          ...this.#further.at(index),
          question_id: JSON.parse(this.#questionId.at(index)) as ImageId,
          ...weighted(JSON.parse(this.#answers.at(index)) as string[]),
        },
      }),
      origin: (index) => this.#origin(index),
    };
  }

  #fileOf(row: number): string {
    return elementOf(this.#files, this.#file.at(row));
  }

  #origin(row: number): string {
    return this.#names.origin(this.#fileOf(row), this.#at.at(row));
  }
}

/** The different answers with the share of each: of ten people's, an answer of three weighs 0.3. */
function weighted(given: readonly string[]): Pick<QuestionRow["fields"], "answers" | "weights"> {
  const counts = new Map<string, number>();
  for (const answer of given) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return { answers: [...counts.keys()], weights: [...counts.values()].map((count) => count / given.length) };
}
