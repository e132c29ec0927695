/** From a resolved recipe to a program on disk. */
export { EmitError, type EmittedFiles, emitProgram } from "./emit.ts";
export type { Locations } from "./locations.ts";
export { type Manifest, manifestName, parseManifest, sourceHashes } from "./manifest.ts";
export { OutputError, requireFolder, type WriteOptions, writeProgram } from "./write.ts";
