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
  backend: {
    type: ["auto", "shm", "c10d", "socket"],
    default: "auto",
    doc: "what moves data between the processes of a run; auto takes the fastest that is installed",
  },
  timeout: {
    type: "number",
    dimension: "time",
    min: 1,
    default: 600,
    doc: "how long a process waits for the others before the run fails, such as 90s or 10min",
  },
  max_restarts: {
    type: "count",
    default: 0,
    doc: "how often a run that crashed or hung is started again, from its last checkpoint",
  },
} as const;
