/** A recipe file with what it imports, and the host that it is read through. */
export * from "./host.ts";
export * from "./memory-host.ts";
export * from "./node-host.ts";
export * from "./program.ts";
