import { createHash } from "node:crypto";
import { normaliseAnswer } from "./answers.ts";
import { type Concepts, countryCode, type Picture } from "./concepts.ts";
import type { EmojiEntry, EmojiMetadata } from "./metadata.ts";

/** VQA v2's kinds of answer. */
export type AnswerType = "yes/no" | "number" | "other";

/** A question about a picture and its one answer, in the scorer's normal form. */
export interface Question {
  /** Counts from 1 within the data set. */
  readonly id: number;
  readonly picture: Picture;
  readonly question: string;
  readonly answer: string;
  /** The template's name: VQA v2's `question_type`. */
  readonly questionType: string;
  readonly answerType: AnswerType;
}

/** A question about one property; undefined where the emoji does not have it. */
interface Template {
  readonly type: string;
  readonly question: string;
  /** Whether it is asked of pictures with a skin tone too. */
  readonly asksToned: boolean;
  readonly answerType?: AnswerType;
  answer(entry: EmojiEntry, metadata: EmojiMetadata): string | undefined;
}

const SKIN_TONES = ["light", "medium light", "medium", "medium dark", "dark"];
const COLOURS = /\b(light blue|red|orange|yellow|green|blue|purple|brown|black|white|pink|gr[ae]y)\b/;
const ANIMALS: Readonly<Record<string, string>> = {
  "animal-mammal": "mammal",
  "animal-bird": "bird",
  "animal-amphibian": "amphibian",
  "animal-reptile": "reptile",
  "animal-marine": "sea animal",
  "animal-bug": "bug",
};
const TRAVEL: Readonly<Record<string, string>> = {
  "transport-ground": "land",
  "transport-water": "water",
  "transport-air": "air",
};
const FOODS: Readonly<Record<string, string>> = {
  "food-fruit": "fruit",
  "food-vegetable": "vegetable",
  "food-prepared": "meal",
  "food-asian": "asian food",
  "food-sweet": "sweet",
  drink: "drink",
};
const HAIR: readonly (readonly [RegExp, string])[] = [
  [/red hair/, "red"],
  [/curly hair/, "curly"],
  [/white hair/, "white"],
  [/blond hair/, "blond"],
  [/: bald/, "bald"],
  [/: beard/, "beard"],
];
const HOURS = "one two three four five six seven eight nine ten eleven twelve".split(" ");
/** What the yes/no question asks for, by the name that the question gives it. */
const GROUPS: Readonly<Record<string, string>> = {
  "smileys-emotion": "face or a feeling",
  "people-body": "person or a part of the body",
  "animals-nature": "animal or a plant",
  "food-drink": "thing to eat or drink",
  "travel-places": "place or a way to travel",
  activities: "game or an event",
  objects: "object",
  symbols: "sign",
  flags: "flag",
};
/** Short names of the groups, as answers. */
const GROUP_ANSWERS: Readonly<Record<string, string>> = {
  "smileys-emotion": "face",
  "people-body": "person",
  "animals-nature": "nature",
  "food-drink": "food",
  "travel-places": "travel",
  activities: "activity",
  objects: "object",
  symbols: "sign",
  flags: "flag",
};

const templates: readonly Template[] = [
  {
    type: "what is shown",
    question: "what is shown in the picture?",
    asksToned: false,
    answer: ({ group }) => GROUP_ANSWERS[group],
  },
  {
    type: "what kind of animal",
    question: "what kind of animal is this?",
    asksToned: false,
    answer: ({ subgroup }) => ANIMALS[subgroup],
  },
  {
    type: "what kind of food",
    question: "what kind of food is this?",
    asksToned: false,
    answer: ({ subgroup }) => FOODS[subgroup],
  },
  {
    type: "how does it travel",
    question: "does it travel on land, on water, or in the air?",
    asksToned: false,
    answer: ({ subgroup }) => TRAVEL[subgroup],
  },
  {
    type: "what skin tone",
    question: "what is the skin tone?",
    asksToned: true,
    answer: ({ skinTone }) => (skinTone === undefined ? undefined : SKIN_TONES[skinTone - 1]),
  },
  {
    type: "man or woman",
    question: "is this a man or a woman?",
    asksToned: true,
    answer: ({ name, group }) =>
      group === "people-body" ? /^(?:pregnant |old )?(man|woman)\b/.exec(name)?.[1] : undefined,
  },
  {
    type: "what hair",
    question: "what is the hair like?",
    asksToned: true,
    answer: ({ name, subgroup }) =>
      subgroup === "person" ? HAIR.find(([pattern]) => pattern.test(name))?.[1] : undefined,
  },
  {
    type: "which country",
    question: "which country or region has this flag?",
    asksToned: false,
    answer: (entry) => (countryCode(entry) ? entry.name.replace(/^flag: /, "") : undefined),
  },
  {
    type: "which continent",
    question: "which continent is this flag from?",
    asksToned: false,
    answer: (entry, { countries }) => countries.get(countryCode(entry) ?? "")?.continent,
  },
  {
    type: "what color",
    question: "what color is it?",
    asksToned: false,
    answer: ({ name, group }) =>
      group === "people-body" || group === "flags"
        ? undefined
        : COLOURS.exec(name)?.[1]?.replace("grey", "gray"),
  },
  {
    type: "what time",
    question: "what time does the clock show?",
    asksToned: false,
    answer: ({ name, subgroup }) => (subgroup === "time" ? clockTime(name) : undefined),
  },
  {
    type: "which key",
    question: "what is written on the key?",
    asksToned: false,
    answer: ({ name, subgroup }) => (subgroup === "keycap" ? name.replace(/^keycap: /, "") : undefined),
  },
  {
    type: "which zodiac sign",
    question: "which zodiac sign is this?",
    asksToned: false,
    answer: ({ name, subgroup }) => (subgroup === "zodiac" ? name : undefined),
  },
  {
    type: "which direction",
    question: "which way does the arrow point?",
    asksToned: false,
    answer: ({ name, subgroup }) =>
      subgroup === "arrow"
        ? /^((?:up|down|left|right)(?:-(?:up|down|left|right))?) arrow$/.exec(name)?.[1]
        : undefined,
  },
];

/** All questions, picture by picture: each template that fits, and a yes/no question for plain pictures. */
export function askQuestions(
  { concepts, tonedPictures }: Concepts,
  metadata: EmojiMetadata,
): readonly Question[] {
  const questions: Question[] = [];
  const ask = (picture: Picture, isToned: boolean): void => {
    for (const template of templates) {
      if (isToned && !template.asksToned) continue;
      const answer = template.answer(picture.entry, metadata);
      if (answer === undefined) continue;
      const normal = normaliseAnswer(answer);
      questions.push({
        id: questions.length + 1,
        picture,
        question: template.question,
        answer: normal,
        questionType: template.type,
        answerType: /^\d+$/.test(normal) ? "number" : "other",
      });
    }
    if (!isToned) questions.push({ id: questions.length + 1, picture, ...yesNoQuestion(picture) });
  };
  for (const { pictures } of concepts) for (const picture of pictures) ask(picture, false);
  for (const picture of tonedPictures) ask(picture, true);
  return questions;
}

/** Asks for the right group half of the time, else for another one, by a hash of the picture. */
function yesNoQuestion({ file, entry }: Picture): Omit<Question, "id" | "picture"> {
  const hash = createHash("sha256").update(`yes/no ${file}`).digest();
  const groups = Object.keys(GROUPS);
  const isYes = hash.readUInt32LE(0) % 2 === 0;
  const others = groups.filter((group) => group !== entry.group);
  const asked = isYes ? entry.group : others[hash.readUInt32LE(4) % others.length]!;
  const noun = GROUPS[asked];
  if (noun === undefined) throw new Error(`emoji group ${entry.group} has no yes/no question`);
  const article = /^[aeiou]/.test(noun) ? "an" : "a";
  return {
    question: `is this ${article} ${noun}?`,
    answer: isYes ? "yes" : "no",
    questionType: "is this",
    answerType: "yes/no",
  };
}

/** "three-thirty" is 3:30; undefined for other clocks. */
function clockTime(name: string): string | undefined {
  const [, hour = "", minutes] = /^(\w+)(-thirty| o’clock)$/.exec(name) ?? [];
  const number = HOURS.indexOf(hour) + 1;
  return number === 0 ? undefined : `${number}:${minutes === "-thirty" ? "30" : "00"}`;
}
