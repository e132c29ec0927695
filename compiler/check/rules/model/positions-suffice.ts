import { find, numberOf, type Rule } from "../../rule.ts";

/** LV3022: the decoder has a position for each token that it trains on or generates. */
export const positionsSuffice: Rule = ({ model, task }, report) => {
  const positions = find(model, "max_position_embeddings");
  const limit = numberOf(positions);
  if (!positions || limit === undefined) return;
  for (const length of [find(model, "max_txt_len"), find(task, "max_len")]) {
    const tokens = numberOf(length);
    if (length && tokens !== undefined && tokens > limit)
      report("LV3022", { option: length.name, length: tokens, positions: limit }, [length, positions]);
  }
};
