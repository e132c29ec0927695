/** LAVIS's YAML run configurations as recipes. */
export * from "./import-yaml.ts";
