import { bool, count, defineCard } from "../../card.ts";

/** LAVIS processors/ulip_processors.py, ULIPPCProcessor. */
export const ulip_pc = defineCard({
  kind: "pc_processor",
  name: "ulip_pc",
  implemented: false,
  doc: "A cloud of points: reduced to `npoints` and moved and scaled into the unit ball.",
  options: {
    npoints: count({
      doc: "Points that are kept of an object.",
      range: { min: 1 },
      default: { value: 8192 },
    }),
    uniform: bool({
      doc: "Choose the points by farthest point sampling, so that they cover the object evenly; false draws them at random.",
      default: { value: true },
    }),
    augment: bool({
      doc: "Turn, scale, shift and thin the object out at random, in training.",
      default: { value: false },
    }),
    ssl: bool({ doc: "Make two augmented views of each object.", default: { value: false } }),
    oversample: bool({ doc: "Repeat points of objects that have too few.", default: { value: false } }),
    use_height: bool({ doc: "Give each point its height above the lowest one.", default: { value: false } }),
  },
  reads: ["pc"],
});
