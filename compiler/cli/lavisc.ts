#!/usr/bin/env node
import module from "node:module";

// From Node 22.8 on, what V8 makes of our modules is kept for the next start.
if ("enableCompileCache" in module && typeof module.enableCompileCache === "function")
  module.enableCompileCache();

const { main, processTerminal } = await import("./main.ts");
process.exitCode = await main(process.argv.slice(2), processTerminal());
