/** What `lavisc data` calls: data sets that lavis makes itself. */
export { type BuildEmojiOptions, buildEmoji, type EmojiProgress } from "./emoji/build.ts";
