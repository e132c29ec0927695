import { Module } from "../nn/module.ts";
import type { Batch, LayerNumbering, Losses, Model, Weight } from "./model.ts";

/**
 * What a model of one's own starts from: its layers are not numbered, so that all of them learn at one rate, and
 * weights of another size do not fit it (LAVIS models/base_model.py).
 */
export abstract class BaseModel extends Module implements Model {
  get layerNumbering(): LayerNumbering {
    return { numLayers: 0, layerOf: () => undefined };
  }

  abstract forward(batch: Batch, at: Parameters<Model["forward"]>[1]): Losses;

  resizeWeight(_name: string, _weight: Weight): Weight | undefined {
    return undefined;
  }
}
