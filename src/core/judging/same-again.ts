import { isOurReply } from "../turn.ts";
import type { Conversation, Turn } from "../types.ts";
import { plainWords } from "./phrases.ts";

/** Shorter ones ("and now?") are alike without being the same. */
const fewestLetters = 10;
const longest = 1_000;
/** Of the pairs of letters, how many must be the same: other words, but not another question. */
const alike = 0.8;

/** Whether the customer asks again what we have already answered, since the last close. */
export function isSameAgain({ parts }: Conversation, turn: Turn): boolean {
  const closed = parts.findLastIndex(({ closes }) => closes);
  const lastReply = parts.findLastIndex(isOurReply);
  const answered = parts
    .slice(closed + 1, lastReply + 1)
    .filter(({ kind, author }) => kind === "comment" && author.role === "customer");
  if (answered.length === 0) return false;
  return turn.messages.some(({ text }) => answered.some((before) => areAlike(text, before.text)));
}

/** By Dice's coefficient of pairs of letters, which needs no language. */
function areAlike(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => plainWords(text).replaceAll(" ", ""));
  if (left === undefined || right === undefined) return false;
  if (Math.min(left.length, right.length) < fewestLetters) return false;
  if (left === right) return true;
  // Too different in length to have enough in common.
  const [short, long] = [left.length, right.length].toSorted((a, b) => a - b);
  if ((2 * (short ?? 0)) / ((short ?? 0) + (long ?? 1)) < alike) return false;
  const leftPairs = pairsOf(left);
  const rightPairs = pairsOf(right);
  const common = [...leftPairs].filter((pair) => rightPairs.has(pair)).length;
  return (2 * common) / (leftPairs.size + rightPairs.size) >= alike;
}

/** Each pair of letters as a number. */
function pairsOf(text: string): Set<number> {
  const pairs = new Set<number>();
  // A customer's flood of text must not cost more than a moment.
  const length = Math.min(text.length, longest);
  for (let at = 1; at < length; at += 1) {
    pairs.add(text.charCodeAt(at - 1) * 0x1_0000 + text.charCodeAt(at));
  }
  return pairs;
}
