import { captionsOf } from "./captions.ts";
import { type Concepts, type EmojiSplit, emojiSplits, type Picture } from "./concepts.ts";
import type { EmojiMetadata } from "./metadata.ts";
import { type AnswerType, askQuestions, type Question } from "./questions.ts";
import { wordPieceVocabulary } from "./vocabulary.ts";

/** How much of each there is; stated in the built data set's manifest. */
export interface EmojiCounts {
  readonly concepts: number;
  /** Pictures without a skin tone: those with captions, a subgroup, and questions. */
  readonly images: Readonly<Record<EmojiSplit, number>>;
  /** Pictures of people and hands with a skin tone: those with questions only. */
  readonly tonedImages: number;
  readonly captions: Readonly<Record<EmojiSplit, number>>;
  readonly distinctCaptions: number;
  readonly questions: Readonly<Record<EmojiSplit, number>>;
  readonly answers: number;
  readonly classes: number;
  readonly vocabulary: number;
}

export interface EmojiAnnotations {
  /** The text of each file, by its path in the data set's folder; the same input gives the same bytes. */
  readonly files: ReadonlyMap<string, string>;
  readonly counts: EmojiCounts;
}

/** A picture with its captions. */
interface Captioned {
  readonly picture: Picture;
  readonly captions: readonly string[];
}

/** VQA v2 has ten annotators a question; all of ours agree. */
const ANNOTATORS = 10;

/** The annotation files for captioning, retrieval, VQA, and classification, and the vocabulary. */
export function emojiAnnotations(concepts: Concepts, metadata: EmojiMetadata): EmojiAnnotations {
  const captioned = concepts.concepts.flatMap(({ entry, pictures }) => {
    const captions = captionsOf(entry, metadata);
    return pictures.map((picture) => ({ picture, captions }));
  });
  const questions = askQuestions(concepts, metadata);
  const answers = [...new Set(questions.map(({ answer }) => answer))].sort();
  const classes = [...new Set(captioned.map(({ picture }) => picture.entry.subgroup))].sort();
  const texts = [
    ...new Set(captioned.flatMap(({ captions }) => captions)),
    ...new Set(questions.map(({ question }) => question)),
    ...answers,
  ];
  const vocabulary = wordPieceVocabulary(texts);

  const files = new Map<string, string>();
  const write = (name: string, content: unknown): void => {
    files.set(`annotations/${name}`, `${JSON.stringify(content)}\n`);
  };
  for (const split of emojiSplits) {
    const rows = captioned.filter(({ picture }) => picture.split === split);
    const captionRows = split === "train" ? trainRows(rows) : evaluationRows(rows);
    write(`emoji_caption_karpathy_${split}.json`, captionRows);
    write(`emoji_retrieval_${split}.json`, captionRows);
    write(`emoji_classification_${split}.json`, classificationRows(rows));
    const asked = questions.filter(({ picture }) => picture.split === split);
    write(`emoji_vqa_${split}.json`, split === "train" ? asked.map(trainQuestion) : asked.map(questionRow));
    if (split === "train") {
      write("emoji_names_karpathy_train.json", trainRows(rows.map(nameOnly)));
      continue;
    }
    write(`emoji_caption_${split}_gt.json`, captionGroundTruth(rows));
    write(`OpenEnded_emoji_${split}_questions.json`, vqaQuestions(asked, split));
    write(`emoji_${split}_annotations.json`, vqaAnnotations(asked, split));
  }
  write("emoji_vqa_answer_list.json", answers);
  write("emoji_classification_labels.json", classes);
  files.set("vocab.txt", `${vocabulary.join("\n")}\n`);

  const countSplits = (count: (split: EmojiSplit) => number): Record<EmojiSplit, number> => ({
    train: count("train"),
    val: count("val"),
    test: count("test"),
  });
  const of = (split: EmojiSplit): readonly Captioned[] =>
    captioned.filter(({ picture }) => picture.split === split);
  const counts: EmojiCounts = {
    concepts: concepts.concepts.length,
    images: countSplits((split) => of(split).length),
    tonedImages: concepts.tonedPictures.length,
    captions: countSplits((split) => of(split).reduce((sum, { captions }) => sum + captions.length, 0)),
    distinctCaptions: new Set(captioned.flatMap(({ captions }) => captions)).size,
    questions: countSplits((split) => questions.filter(({ picture }) => picture.split === split).length),
    answers: answers.length,
    classes: classes.length,
    vocabulary: vocabulary.length,
  };
  return { files, counts };
}

/** Karpathy's form for training: a row per caption. */
function trainRows(rows: readonly Captioned[]) {
  return rows.flatMap(({ picture, captions }) =>
    captions.map((caption) => ({ image: picture.file, caption, image_id: picture.id })),
  );
}

/** A picture with its name, and its name with its subgroup: the captions that are no lists of keywords. */
function nameOnly({ picture, captions }: Captioned): Captioned {
  return {
    picture,
    captions: [...new Set([captions.at(0), captions.at(-1)])].filter((one) => one !== undefined),
  };
}

/** Karpathy's form for evaluation: a row per picture. */
function evaluationRows(rows: readonly Captioned[]) {
  return rows.map(({ picture, captions }) => ({ image: picture.file, caption: captions }));
}

function classificationRows(rows: readonly Captioned[]) {
  return rows.map(({ picture }) => ({
    image: picture.file,
    image_id: picture.id,
    label: picture.entry.subgroup,
  }));
}

/** COCO's captions file. */
function captionGroundTruth(rows: readonly Captioned[]) {
  let id = 0;
  return {
    images: rows.map(({ picture }) => ({ id: picture.id })),
    annotations: rows.flatMap(({ picture, captions }) =>
      captions.map((caption) => ({ image_id: picture.id, id: ++id, caption })),
    ),
  };
}

function questionRow({ id, picture, question }: Question) {
  return { question_id: id, question, image: picture.file, dataset: "vqa" };
}

function trainQuestion(asked: Question) {
  return { ...questionRow(asked), answer: Array<string>(ANNOTATORS).fill(asked.answer) };
}

/** VQA v2's header: the scorer shows it and reads nothing of it. */
function vqaHeader(split: EmojiSplit) {
  return {
    info: { description: "Questions about emoji, made from their metadata", version: "1" },
    task_type: "Open-Ended",
    data_type: "emoji",
    data_subtype: split,
  };
}

function vqaQuestions(questions: readonly Question[], split: EmojiSplit) {
  const rows = questions.map(({ id, picture, question }) => ({
    image_id: picture.id,
    question,
    question_id: id,
  }));
  return { ...vqaHeader(split), questions: rows };
}

interface VqaAnnotation {
  question_id: number;
  image_id: number;
  question_type: string;
  answer_type: AnswerType;
  multiple_choice_answer: string;
  answers: { answer: string; answer_confidence: "yes"; answer_id: number }[];
}

function vqaAnnotations(questions: readonly Question[], split: EmojiSplit) {
  const annotations = questions.map(
    ({ id, picture, answer, questionType, answerType }): VqaAnnotation => ({
      question_id: id,
      image_id: picture.id,
      question_type: questionType,
      answer_type: answerType,
      multiple_choice_answer: answer,
      answers: Array.from({ length: ANNOTATORS }, (_, index) => ({
        answer,
        answer_confidence: "yes",
        answer_id: index + 1,
      })),
    }),
  );
  return { ...vqaHeader(split), annotations };
}
