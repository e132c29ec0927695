/** What recipes can name and say, as data and as pages: `lavisc describe`, the reference documentation. */
export * from "./component.ts";
export * from "./pages.ts";
export * from "./rules.ts";
