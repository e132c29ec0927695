/** A file that is not there, or cannot be read as a recipe. */
export interface Unreadable {
  /** Why, as words that follow the file's name: "is a folder". */
  readonly problem: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** What stands between the compiler and the machine, so that tests and a browser need no disk. */
export interface Host {
  /** The text of a file. */
  readFile(path: string): string | Unreadable;
  /** The names of the files in a folder, to say which may have been meant; none where it cannot be read. */
  filesIn(directory: string): readonly string[];
  /** The absolute path of `path`, which is relative to the absolute folder `directory` unless absolute itself. */
  resolve(directory: string, path: string): string;
  /** The folder of an absolute path. */
  directory(path: string): string;
  /** A path as people should read it, such as relative to the working folder. */
  display(path: string): string;
  /** The working folder: what a path on the command line is relative to. */
  readonly workingDirectory: string;
  /** An environment variable. */
  environment(name: string): string | undefined;
}
