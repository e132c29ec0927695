/** What is known of an engine on this machine. */
export interface EngineState {
  /** As `lavisc doctor` names it. */
  readonly name: string;
  readonly isUsable: boolean;
  /** Why not. */
  readonly reason?: string;
  readonly devices?: readonly string[];
}

/** The tensors of a file of weights by their names, without their values. */
export type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * The world around a recipe, as far as probes look at it: nothing of it is changed, and no network touched. Paths are
 * those of resolved options, `cache:…` among them, or absolute.
 */
export interface World {
  /** The absolute path that a path of a resolved option stands for. */
  path(path: string): string;
  /** What is there; undefined where nothing is that can be seen. */
  kindOf(path: string): "file" | "folder" | undefined;
  /** The MD5 of a file, in hexadecimal. @throws Error of the file system */
  md5(path: string): Promise<string>;
  /** The tokens of a vocabulary; undefined where it cannot be read. */
  vocabulary(path: string): readonly string[] | undefined;
  /** The tensors that the header of a file of weights names. @throws Error that says what is wrong with the file */
  tensors(path: string): Shapes;
  /** The tensors of the model in a checkpoint that a run is to go on from. @throws as {@link tensors} */
  tensorsOfCheckpoint(path: string): Shapes;
  /** The nearest folder that is there, of a folder or those around it; and its disk's free bytes. */
  disk(folder: string): Promise<{ readonly folder: string; readonly free: number }>;
  /** Why nothing can be written to a folder; undefined where something can. */
  whyNotWritable(folder: string): string | undefined;
  engines(): Promise<readonly EngineState[]>;
}
