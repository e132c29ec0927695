import { block, component, string } from "../../card.ts";
import { lavisDataset } from "../options/dataset.card.ts";
import { captions } from "../options/processors.card.ts";

/** LAVIS datasets/builders/text_to_image_generation_builder.py: a few pictures of one subject. */
export const blip_diffusion_finetune = lavisDataset({
  name: "blip_diffusion_finetune",
  doc: "A folder of a few pictures of one subject that a model shall draw; the pictures are the user's own.",
  folders: { images: "blip_diffusion/subject" },
  dataTypes: "images",
  processors: { text_processor: captions },
  buildInfo: {
    subject_text: string({ doc: "What the subject is called: dog, dress." }),
  },
  options: {
    kw_processor: block(
      {
        inp_vis_processor: component("vis_processor", {
          doc: "Prepares the picture that shows the subject.",
          default: { value: { name: "blip_diffusion_inp_image_train", options: {} } },
        }),
        tgt_vis_processor: component("vis_processor", {
          doc: "Prepares the picture that is to be drawn.",
          default: { value: { name: "blip_diffusion_tgt_image_train", options: {} } },
        }),
      },
      { doc: "How each picture becomes the model's input and its target." },
    ),
  },
  provides: ["inp_image", "tgt_image", "text_input", "subject_text"],
});
