/** Where processes of a job that are about to join leave short texts for each other. */
export interface Rendezvous {
  /** Leaves a text under a key, once for all: a key has one writer. */
  set(key: string, value: string): Promise<void>;
  /** The text under a key; waits until it is there. @throws UserError when it does not come in time */
  get(key: string): Promise<string>;
  /** Leaves the meeting point. */
  close(): Promise<void>;
}
