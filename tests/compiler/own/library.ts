import { fileURLToPath } from "node:url";
import { OwnLibrary } from "../../../compiler/own/index.ts";

/** The types of `lavis/runtime` from its source: no build is needed. */
export const runtimeTypes = fileURLToPath(new URL("../../../runtime/index.ts", import.meta.url));

/** What tests know of TypeScript files: TypeScript reads the runtime once for all of them. */
export const library = new OwnLibrary(runtimeTypes);
