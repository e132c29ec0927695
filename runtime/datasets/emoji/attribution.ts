import { type EmojiSource, emojiSources } from "./sources.ts";

/** The text of the data set's attribution file: what the licences of its sources ask for. */
export function attributionText(): string {
  const sources: readonly EmojiSource[] = Object.values(emojiSources);
  const lines = sources.map(
    ({ name, version, licence, credit }) => `- ${credit}. ${licence}. npm package ${name}@${version}.`,
  );
  return `# Sources and licences of this data set

Built by lavis from the packages below. Changes: the vector pictures were drawn as JPEG on white; names and
keywords were put together as captions; questions and answers were made from names, groups, and countries.

${lines.join("\n")}

Pictures and texts stay under the licence of their source. OpenMoji's are CC-BY-SA-4.0: share what you make
of them under the same licence. The countries' table is under ODbL-1.0.

Licence texts: https://www.apache.org/licenses/LICENSE-2.0, https://creativecommons.org/licenses/by/4.0/,
https://creativecommons.org/licenses/by-sa/4.0/, https://opendatacommons.org/licenses/odbl/1.0/,
https://opensource.org/license/mit.
`;
}
