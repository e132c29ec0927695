/** What recipes can name: the cards of the runtime, looked up. */
export * from "./cards.ts";
export * from "./catalog.ts";
export * from "./describe-type.ts";
export * from "./lavis-spellings.ts";
