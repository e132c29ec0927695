import type { LayerNumbering } from "../models/model.ts";
import type { Tensor } from "../tensor/index.ts";

/** Parameters that are updated alike. */
export interface ParameterGroup {
  readonly weight_decay: number;
  /** Factor of the schedule's learning rate. */
  readonly lr_scale: number;
  /** By name, in the model's order. */
  readonly parameters: ReadonlyMap<string, Tensor>;
}

export interface GroupOptions {
  readonly weight_decay: number;
  /**
   * Learning rates shrink by this factor from one layer to the one nearer the input (Bao et al. 2022, BEiT).
   * LAVIS has the option but never applies it (models/base_model.py:117).
   */
  readonly lr_layer_decay: number;
}

/**
 * LAVIS's parameter groups (models/base_model.py `get_optimizer_params`): weights decay, except tensors with
 * fewer than two axes and names that contain "bias", "ln" or "bn"; decayed ones come first. With an
 * `lr_layer_decay` other than 1 both are divided further by the layers of `layers`.
 */
export function parameterGroups(
  parameters: ReadonlyMap<string, Tensor>,
  { weight_decay, lr_layer_decay }: GroupOptions,
  layers: LayerNumbering,
): ParameterGroup[] {
  const scaleOf = (name: string): number => {
    const layer = lr_layer_decay === 1 ? undefined : layers.layerOf(name);
    return layer === undefined ? 1 : lr_layer_decay ** (layers.numLayers + 1 - layer);
  };
  const all = [...parameters];
  return [true, false].flatMap((decays) => {
    const byScale = new Map<number, Map<string, Tensor>>();
    for (const [name, parameter] of all) {
      if (isDecayed(name, parameter) !== decays) continue;
      const scale = scaleOf(name);
      const group = byScale.get(scale) ?? new Map<string, Tensor>();
      byScale.set(scale, group.set(name, parameter));
    }
    return Array.from(byScale, ([lr_scale, group]): ParameterGroup => {
      return { weight_decay: decays ? weight_decay : 0, lr_scale, parameters: group };
    });
  });
}

function isDecayed(name: string, parameter: Tensor): boolean {
  return parameter.rank >= 2 && !/bias|ln|bn/.test(name);
}
