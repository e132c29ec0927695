/** Data for `lavisc explain`: values with their origin, codes with their long text. */
export * from "./code.ts";
export * from "./origin.ts";
export * from "./recipe.ts";
