import { textMateGrammar } from "./grammar.ts";

/** Where the grammar is kept, from the package's folder. */
export const grammarFile = "editors/lavis.tmLanguage.json";

/** The text of the file that editors read. */
export const grammarText = (): string => `${JSON.stringify(textMateGrammar(), null, 2)}\n`;
