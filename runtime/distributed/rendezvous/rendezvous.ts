/** Where processes of a job that are about to join leave short texts for each other. */
export interface Rendezvous {
  /** Leaves a text under a key, once for all. @throws KeyTakenError where another process has done so */
  set(key: string, value: string): Promise<void>;
  /**
   * The text under a key; waits until it is there.
   * @throws CollectiveError where it does not come, or another gives up
   */
  get(key: string): Promise<string>;
  /** Leaves the meeting point. With a failure, what the others wait for fails with these words. */
  close(failure?: string): Promise<void>;
}

/** Two processes have set one key. */
export class KeyTakenError extends Error {
  override readonly name = "KeyTakenError";
  /** What the other has left there. */
  readonly value: string;

  constructor(key: string, value: string) {
    super(`the rendezvous has "${key}" already`);
    this.value = value;
  }
}

/** What a process shows to be let in, whatever the meeting point is. */
export interface Credentials {
  /** Known to the processes of the job only; never sent. */
  readonly secret: string;
  /** Which attempt of the job this is: processes of an earlier one are refused. */
  readonly generation: number;
}

/** How a process meets the others. */
export interface MeetingOptions extends Credentials {
  readonly rank: number;
  /** Seconds to wait: for the meeting point to be there, and for each text. */
  readonly timeout: number;
  /** Ends every wait: its reason is thrown. */
  readonly signal: AbortSignal;
}

/** What a process of an earlier attempt is told. */
export function describeStale(generation: number, current: number): string {
  return `this process belongs to attempt ${generation} of its job, which is at attempt ${current} by now`;
}
