import { BaseTask, type Batch, type Dataset, type Evaluation, fieldOf, type Selection } from "lavis/runtime";
import type { NumberReader } from "./gauge.ts";

interface Reading {
  readonly image: string | number;
  readonly tags: readonly string[];
  readonly error: number;
}

class ReadingError extends BaseTask<NumberReader, Reading, "error"> {
  readonly name = "reading_error";
  override readonly selection: Selection<"error"> = { metric: "error", direction: "lower" };

  validStep(model: NumberReader, batch: Batch): Reading[] {
    const wanted = fieldOf(batch, "shade", "number");
    const tags = fieldOf(batch, "tags", "texts");
    return model.readNumbers(batch).map((number, at) => ({
      image: batch.image_id?.[at] ?? at,
      tags: tags[at] ?? [],
      error: Math.abs(number - (wanted[at] ?? 0)),
    }));
  }

  evaluate(results: readonly Reading[], dataset: Dataset): Evaluation<"error"> {
    const error = results.reduce((sum, result) => sum + result.error, 0) / Math.max(1, results.length);
    return { metrics: { error }, scored: results.length, unscored: dataset.length - results.length };
  }
}

/**
 * How far the numbers that a model reads off pictures are from what their rows say.
 * @reads image, image_id, shade, tags
 */
export const create = (): ReadingError => new ReadingError();
