import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * The absolute path of a document. One that is in no file yet (`untitled:…`) gets a path in `folder`, so that its
 * imports are looked for there.
 */
export function pathOfUri(uri: string, folder: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    return join(folder, basename(decoded(uri)) || "untitled");
  }
}

export const uriOfPath = (path: string): string => pathToFileURL(path).href;

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
