import { createHash } from "node:crypto";
import { accessSync, constants, createReadStream, readFileSync, type Stats, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { cachePrefix } from "../../runtime/card.ts";
import type { EngineState, Shapes, World } from "./world.ts";

/** What the runtime knows of this machine and of files of weights, as `lavis/runtime/engine` has it. */
export interface MachineServices {
  readonly dataPath: (path: string) => string;
  readonly findCheckpoint: (path: string) => string;
  readonly openWeights: (path: string) => { readonly tensors: Shapes; close(): void };
  readonly parseVocabulary: (text: string) => readonly string[];
  readonly probeEngines: () => Promise<readonly EngineState[]>;
}

/** The world as this machine has it; relative paths lie in the working folder. */
export function machineWorld(services: MachineServices, workingFolder: string): World {
  const path = (named: string) =>
    named.startsWith(cachePrefix) ? services.dataPath(named) : resolve(workingFolder, named);
  const tensors = (file: string): Shapes => {
    const source = services.openWeights(file);
    source.close();
    return source.tensors;
  };
  let engines: Promise<readonly EngineState[]> | undefined;
  return {
    path,
    kindOf(file) {
      const found = statOf(file);
      return found && (found.isDirectory() ? "folder" : "file");
    },
    async md5(file) {
      const hash = createHash("md5");
      await pipeline(createReadStream(file), hash);
      return hash.digest("hex");
    },
    vocabulary(file) {
      try {
        return services.parseVocabulary(readFileSync(path(file), "utf8"));
      } catch {
        return undefined;
      }
    },
    tensors,
    tensorsOfCheckpoint: (folder) => tensors(resolve(services.findCheckpoint(folder), "model.safetensors")),
    async disk(folder) {
      const nearest = nearestFolder(folder);
      const { bavail, bsize } = await statfs(nearest);
      return { folder: nearest, free: bavail * bsize };
    },
    whyNotWritable(folder) {
      if (!statOf(folder)?.isDirectory()) return "it is not a folder";
      try {
        accessSync(folder, constants.W_OK);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
    // Opening engines takes seconds: once for all recipes.
    engines: () => (engines ??= services.probeEngines()),
  };
}

/**
 * What the file system says of a path; undefined where it leads nowhere, also through a file as if it were a folder.
 */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The folder, or of those around it the nearest that is there. */
function nearestFolder(folder: string): string {
  return statOf(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}
