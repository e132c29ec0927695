import { block, defineCard, string } from "../../card.ts";
import { questionFields } from "../options/fields.card.ts";
import { furtherFields, imageFolder, ownData } from "./options.card.ts";

const field = (holds: string, standard: string) =>
  string({ doc: `The field with ${holds}.`, default: { value: standard } });

/** Questions about images with people's answers, in the form of LAVIS's VQA v2 annotations (vqa_train.json). */
export const vqa = defineCard({
  kind: "format",
  name: "vqa",
  doc: 'A JSON list of `{"image": …, "question": …, "answer": […], "question_id": …}`, a row for each question: what LAVIS reads for `coco_vqa`. An answer that several people gave weighs more.',
  options: {
    images: imageFolder,
    columns: block(
      {
        image: field("the image's file name", "image"),
        question: field("the question", "question"),
        answer: string({
          doc: "The field with the answer, or with the list of answers; none where the data has questions only.",
          nullable: true,
          default: { value: "answer" },
        }),
        question_id: field("what names the question in results", "question_id"),
      },
      { doc: "Which field of a row holds what." },
    ),
    fields: furtherFields,
    ...ownData("a `.json` file, or a list of them."),
  },
  extension: ".json",
  provides: ["image", "image_id", ...questionFields],
});
