/**
 * The American spelling of lower-case British words, as the Penn Treebank tokenizer writes them
 * (Stanford CoreNLP, Americanize): a caption's "grey" counts as "gray", its "colourful" as "colorful".
 */

/** Words ending in -our that are not British spellings of -or. */
const realOur =
  /abatjour|beflour|bonjour|calambour|carrefour|cornflour|contour|de[tv]our|dortour|dyvour|downpour|giaour|glamour|holour|inpour|outpour|pandour|paramour|pompadour|repour|ryeflour|sompnour|tambour|troubadour|tregetour|velour/;

/** Stems in -our, with the endings (beside none and -s, which a pattern covers) that change too. */
const ourStems: Readonly<Record<string, string>> = {
  arm: "ed",
  col: "ed ing ful",
  discol: "ed ing",
  endeav: "ed ing",
  fav: "ed ing ite ites",
  flav: "ed ing",
  hon: "ed ing able",
  hum: "ed ing",
  lab: "ed ing",
  neighb: "hood hoods",
  rum: "ed ing",
  sav: "ed ing",
};
/** Stems in -is- (American -iz-), with their endings. */
const isStems: Readonly<Record<string, string>> = {
  capital: "e ed ation",
  final: "e ed ing",
  local: "e ed",
  maxim: "e ed ing",
  minim: "e ed ing",
  modern: "e ed ing",
  organ: "ation ations",
  penal: "e ed",
  popular: "e ed es ing",
  pressur: "e ed es ing",
  real: "e ed es ing",
  recogn: "e ed es ing",
};
/** Everything else: British, American. */
const others =
  "anaesthetic anesthetic,analogue analog,analogues analogs,analyse analyze,analysed analyzed,analysing analyzing,cancelled canceled,cancelling canceling,centre center,chimaeric chimeric,defence defense,Defence Defense,encyclopaedia encyclopedia,fibre fiber,fibres fibers,grey gray,homologue homolog,homologues homologs,kerb curb,labelled labeled,labelling labeling,Labour Labor,leant leaned,learnt learned,manoeuvre maneuver,manoeuvres maneuvers,meagre meager,oestrogen estrogen,oestrogens estrogens,practise practice,practised practiced,theatre theater,theatres theaters,titre titer,titres titers,travelled traveled,travelling traveling";

const spellings: ReadonlyMap<string, string> = new Map([
  ...Object.entries(ourStems).flatMap(([stem, endings]) =>
    endings.split(" ").map((ending) => [`${stem}our${ending}`, `${stem}or${ending}`] as const),
  ),
  ...Object.entries(isStems).flatMap(([stem, endings]) =>
    endings.split(" ").map((ending) => [`${stem}is${ending}`, `${stem}iz${ending}`] as const),
  ),
  ...others.split(",").map((pair) => pair.split(" ") as [string, string]),
]);

/** The American spelling of a word; the word itself where there is none. Capitalised words keep theirs. */
export function americanSpelling(word: string): string {
  if (word.length < 4) return word;
  const listed = spellings.get(word);
  if (listed !== undefined || word.length < 6) return listed ?? word;
  if (/haem(?:at)?o/.test(word)) return word.replace(/haem(at)?o/g, "hem$1o");
  if (word.endsWith("aemia")) return word.replace(/aemia$/, "emia");
  if (/[lL]eukaem/.test(word)) return word.replace(/([lL])eukaem/g, "$1eukem");
  if (/programmes?$/.test(word)) return word.replace(/programme(s?)$/, "program$1");
  if (/^[a-z]{3,}ours?$/.test(word) && !realOur.test(word)) return word.replace(/our(s?)$/, "or$1");
  return word;
}
