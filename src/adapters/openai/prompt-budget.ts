import type { DraftRequest } from "../../core/ports.ts";
import { estimateTokens, lengthWithin } from "../../lib/tokens.ts";

/** The texts of a request as far as the budget goes, and what had to be left out. */
export type Budgeted = {
  /** As many as there are unanswered messages, in their order. */
  messages: string[];
  /** As many as there are attachments that are texts, in their order. */
  attachments: string[];
  /** As many as there are sources, in their order. */
  sources: string[];
  /** The newest entries of the history, oldest first. */
  history: string[];
  /** In words for whoever looks at the draft. */
  leftOut: string[];
};

/** One message never takes the place of all that could answer it. */
const newestShare = 0.5;
const othersShare = 0.5;
/** Of what the messages leave: what was sent may explain the question, and seldom answers it. */
const attachmentsShare = 0.4;
/** Less of a text says nothing. */
const fewestTokens = 40;

/**
 * Spends a prompt's budget in the order of what an answer needs most: the newest unanswered message
 * (cut in its middle: people put the question first or last), the other unanswered ones, the texts that
 * came with them, sources by score, the newest of the history. What does not fit ends at a sentence and says so.
 *
 * @param tokens for all of them, by the estimate of `estimateTokens`
 */
export function spendBudget(
  {
    turn,
    recall,
    history,
    attachments: opened = [],
  }: Pick<DraftRequest, "turn" | "recall" | "history" | "attachments">,
  tokens: number,
): Budgeted {
  let left = tokens;
  const leftOut: string[] = [];
  const spend = (cut: { text: string; missing: number }, what: string) => {
    left -= estimateTokens(cut.text);
    if (cut.missing > 0) leftOut.push(`${cut.missing} characters of ${what}`);
    return cut.text;
  };

  const messages = turn.messages.map(({ text }) => text.trim());
  const newest = messages.length - 1;
  messages[newest] = spend(
    withoutMiddle(messages[newest] ?? "", left * newestShare),
    "the newest message",
  );
  let forOthers = left * othersShare;
  for (let index = newest - 1; index >= 0; index -= 1) {
    const before = left;
    messages[index] = spend(beginning(messages[index] ?? "", forOthers), `message ${index + 1}`);
    forOthers -= before - left;
  }

  let forAttachments = left * attachmentsShare;
  const attachments = opened.flatMap((one) => {
    if (one.kind !== "text") return [];
    const before = left;
    const text = spend(beginning(one.text, forAttachments), `the file “${one.name ?? "unnamed"}”`);
    forAttachments -= before - left;
    return [text];
  });

  const sources = recall.sources.map(({ text }) => text.trim());
  const byScore = recall.sources
    .map(({ score, title }, index) => ({ score, title, index }))
    .sort((one, other) => other.score - one.score);
  for (const { title, index } of byScore) {
    sources[index] = spend(beginning(sources[index] ?? "", left), `the source “${title}”`);
  }

  const kept: string[] = [];
  for (const { text } of [...history].reverse()) {
    if (left < fewestTokens) break;
    kept.unshift(spend(beginning(text.trim(), left), "an earlier message"));
  }
  const missing = history.length - kept.length;
  if (missing > 0)
    leftOut.push(missing === 1 ? "an earlier message" : `${missing} earlier messages`);
  return { messages, attachments, sources, history: kept, leftOut };
}

type Cut = { text: string; missing: number };

function withoutMiddle(text: string, tokens: number): Cut {
  if (estimateTokens(text) <= tokens) return { text, missing: 0 };
  const room = Math.max(0, tokens - estimateTokens(markOf(text.length)));
  const head = text.slice(0, lengthWithin(text, room * 0.6, "start")).toWellFormed();
  const tail = text.slice(text.length - lengthWithin(text, room * 0.4, "end")).toWellFormed();
  const missing = text.length - head.length - tail.length;
  return { text: [head, markOf(missing), tail].join("\n"), missing };
}

/** Ends at a sentence where one ends in the second half of what fits. */
function beginning(text: string, tokens: number): Cut {
  if (estimateTokens(text) <= tokens) return { text, missing: 0 };
  const room = tokens - estimateTokens(markOf(text.length));
  if (room < fewestTokens) return { text: markOf(text.length), missing: text.length };
  const fitting = text.slice(0, lengthWithin(text, room, "start"));
  const half = Math.floor(fitting.length / 2);
  const end = [...fitting.slice(half).matchAll(/[.!?。！？…]["”’»)]?(?=\s|$)|[。！？]|\n/gu)].at(
    -1,
  );
  const kept = (end === undefined ? fitting : fitting.slice(0, half + end.index + end[0].length))
    .trimEnd()
    .toWellFormed();
  const missing = text.length - kept.length;
  return { text: `${kept}\n${markOf(missing)}`, missing };
}

function markOf(missing: number): string {
  return `[… ${missing} characters left out …]`;
}
