import { bool, count, defineCard } from "../../card.ts";

/** LAVIS processors/audio_processors.py, BeatsAudioProcessor. */
export const beats_audio = defineCard({
  kind: "audio_processor",
  name: "beats_audio",
  implemented: false,
  doc: "Filter banks of a sound (128 mel bands, 25 ms windows every 10 ms), normalised and cut into clips for BEATs.",
  options: {
    sampling_rate: count({
      doc: "Samples of sound per second after resampling, in hertz.",
      range: { min: 1 },
      default: { value: 16_000 },
    }),
    n_frames: count({
      doc: "Clips that are taken of each sound.",
      range: { min: 1 },
      default: { value: 2 },
    }),
    frame_length: count({
      doc: "Length of a clip, in windows of 10 ms.",
      range: { min: 1 },
      default: { value: 512 },
    }),
    is_eval: bool({
      doc: "Take evenly spaced clips rather than random ones.",
      default: { value: false },
    }),
  },
  reads: ["audio"],
});
