import { find, numberOf, type Rule } from "../../rule.ts";

const pairs = [
  ["vit_embed_dim", "vit_num_heads"],
  ["text_hidden_size", "text_num_heads"],
  ["text_width", "text_heads"],
] as const;

/** LV3020: attention heads are of one size. */
export const headsDivideWidth: Rule = ({ model }, report) => {
  for (const [width, heads] of pairs) {
    const whole = find(model, width);
    const parts = find(model, heads);
    const [widthValue, headsValue] = [numberOf(whole), numberOf(parts)];
    if (!whole || !parts || widthValue === undefined || headsValue === undefined) continue;
    if (widthValue % headsValue !== 0)
      report("LV3020", { width, widthValue, heads, headsValue }, [whole, parts]);
  }
};
