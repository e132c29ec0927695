/** `lavisc.json`: how a project wants its recipes looked at. */
export * from "./configuration.ts";
export * from "./find.ts";
export { matchesGlob } from "./globs.ts";
export {
  type ConfigurationKey,
  configurationKeySection,
  configurationKeys,
  configurationPage,
  configurationSchema,
} from "./keys.ts";
