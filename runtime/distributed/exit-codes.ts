/**
 * The exit codes of a training process that tell its launcher why it ended, beside those of signals
 * (train/control.ts): the launcher shows what happened first, not what followed from it.
 */
export const exitCodes = {
  failed: 1,
  /** Another process of the job ended first (EX_TEMPFAIL of sysexits.h). */
  peerLost: 75,
  /** Another process did not come to a call in time, as timeout(1) ends. */
  timeout: 124,
} as const;
