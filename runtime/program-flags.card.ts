/** The flags that every emitted program has beside its recipe's parameters and `--help`. */
export const programFlags = {
  ui: {
    type: ["auto", "ink", "plain", "json"],
    default: "auto",
    doc: "how progress is shown; auto takes ink on a terminal and plain lines elsewhere",
  },
  resume: {
    type: "path",
    nullable: true,
    default: null,
    doc: "checkpoint folder to go on from, instead of the recipe's resume_ckpt_path",
  },
} as const;
