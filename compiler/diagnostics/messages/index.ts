import { catalogueMessages } from "./catalogue.ts";
import { formatMessages } from "./formats.ts";
import { meaningMessages } from "./meaning.ts";
import { nameMessages } from "./names.ts";
import { ownMessages } from "./own.ts";
import { typeMessages } from "./types.ts";

/** LV2xxx names and types, LV3xxx meaning. (LV1xxx, syntax, are the grammar's; LV4xxx is kept for lint rules.) */
export const messages = {
  ...nameMessages,
  ...formatMessages,
  ...ownMessages,
  ...typeMessages,
  ...meaningMessages,
  ...catalogueMessages,
} as const;

export type Messages = typeof messages;
export type MessageCode = keyof Messages;
