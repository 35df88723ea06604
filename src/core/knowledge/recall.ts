import { withoutAttachmentMarks } from "../attachment-marks.ts";
import { saysWhatItIsAbout } from "../follow-up.ts";
import { type Asker, whyNotFor } from "../for-whom.ts";
import type { HelpCenter, Memory } from "../ports.ts";
import { contactIdOf } from "../turn.ts";
import type { Conversation, LeftOutSource, Recall, Source, Turn } from "../types.ts";
import { withOutdated } from "./outdated.ts";
import { type Meaning, meaningOf, saySame } from "./same-meaning.ts";
import { withoutTwins } from "./twins.ts";

/** A customer waits while we recall: what is not there by then is left out. */
const recallTimeoutMs = 2000;
const maxQueryLength = 500;
const limits = { answers: 10, articles: 5, conversations: 3 };
/** The prompt needs one of the answers that say the same, and not every other one. */
const answersInPrompt = 5;
/** So many more articles are asked for, as several of them may be the same one. */
const articlesAsked = 2;
const earlierTurns = 3;
/** What was left out is for people who look into it, and not for counting. */
const shownLeftOut = 10;

/**
 * What to look up for the customer's messages, the newest first, because it counts most.
 *
 * A follow-up is looked up together with what the customer said before it, one turn at a time and at
 * most three, until there are words enough to find what the first question would find. A message
 * that says enough is looked up alone, so that a new topic is not drowned in the old one.
 */
export function recallQuery(turn: Turn): string {
  const texts = newestFirst(turn.messages);
  for (const said of earlierCustomerTurns(turn)) {
    if (saysWhatItIsAbout(texts.join("\n"))) break;
    texts.push(...newestFirst(said));
  }
  return queryFrom(texts.join("\n"));
}

/** The same for a hint, before the conversation has been read. */
export function queryFrom(text: string): string {
  return text.trim().slice(0, maxQueryLength);
}

/** Who a recall is for: whose history it may show, and what is known of them. */
export type RecalledFor = { contactId: string | null; inConversation: string; asker: Asker };

/** Who a draft for this turn is for: whoever wrote its newest message. */
export function whoseTurn({ id, asker = {} }: Conversation, { messages }: Turn): RecalledFor {
  return { contactId: contactIdOf(messages.at(-1)), inConversation: id, asker };
}

/** Whether a recall for somebody of whom nothing was known is the one that this asker gets. */
export function servesToo({ sources }: Recall, asker: Asker): boolean {
  return sources.every(({ forWhom }) => whyNotFor(forWhom, asker) === null);
}

/** Looks in all memories at once; one that is down or slow is left out and named in `failures`. */
export async function recall(
  query: string,
  { contactId, inConversation, asker }: RecalledFor,
  ports: { memory: Memory; helpCenter: HelpCenter },
): Promise<Recall> {
  // An image alone gives nothing to look for.
  if (query === "") return { query, sources: [], margin: 0, agreement: 0, failures: [] };
  const signal = AbortSignal.timeout(recallTimeoutMs);
  const failures: string[] = [];
  const ask = async (what: string, search: () => Promise<Source[]>): Promise<Source[]> => {
    try {
      return await settledBefore(signal, search());
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : "failed"}`);
      return [];
    }
  };

  const leftOut: LeftOutSource[] = [];
  const onLeftOut = ({ id, kind, title, forWhom = {} }: Source) => {
    const why = whyNotFor(forWhom, asker);
    if (why !== null) leftOut.push({ id, kind, title, forWhom, why });
  };
  const wanted = (limit: number) => ({ ...asker, limit, onLeftOut });
  const { memory, helpCenter } = ports;
  const [answers, found, conversations] = await Promise.all([
    ask("answer memory", () => memory.recallAnswers(query, wanted(limits.answers), signal)),
    ask("help center", () =>
      helpCenter.search(query, wanted(limits.articles * articlesAsked), signal),
    ),
    contactId === null || contactId === ""
      ? []
      : ask("conversation memory", () => {
          const whose = { contactId, inConversation };
          return memory.recallConversations(query, whose, limits.conversations, signal);
        }),
  ]);
  const articles = withoutTwins(found).slice(0, limits.articles);
  const groups = groupsThatSayTheSame(answers);
  const saved = articles.filter(({ kind }) => kind === "saved-reply");
  return {
    query,
    sources: withOutdated([
      ...saved,
      ...without(saved, groups).map(newestOf).slice(0, answersInPrompt),
      ...articles.filter(({ kind }) => kind !== "saved-reply"),
      ...conversations,
    ]),
    margin: Math.max(margin(groups.map(([best]) => best)), margin(articles)),
    agreement: answers.length === 0 ? 0 : (groups[0]?.length ?? 0) / answers.length,
    failures,
    ...(leftOut.length === 0 ? {} : { leftOut: leftOut.slice(0, shownLeftOut) }),
  };
}

type Group = [Source, ...Source[]];

/** What the team keeps as a saved reply need not come a second time, as somebody once sent it. */
function without(saved: Source[], groups: Group[]): Group[] {
  if (saved.length === 0) return groups;
  const meanings = saved.map(({ text }) => meaningOf(text));
  return groups.filter(([{ text }]) => {
    const meaning = meaningOf(text);
    return !meanings.some((other) => saySame(meaning, other));
  });
}

/** Each answer beside the first better one that says the same; the best group first. */
function groupsThatSayTheSame(answers: Source[]): Group[] {
  const groups: { group: Group; meaning: Meaning }[] = [];
  for (const answer of answers) {
    const meaning = meaningOf(answer.text);
    const same = groups.find((other) => saySame(meaning, other.meaning));
    if (same === undefined) groups.push({ group: [answer], meaning });
    else same.group.push(answer);
  }
  return groups.map(({ group }) => group);
}

/** Of answers that say the same, the newest is the likeliest to be still true. */
function newestOf(group: Group): Source {
  const [best] = group;
  const newest = group.reduce((one, other) => ((other.at ?? 0) > (one.at ?? 0) ? other : one));
  return { ...newest, score: best.score };
}

/** Distance between the best and the next of one kind: scores of two kinds cannot be compared. */
function margin(bestFirst: Source[]): number {
  return (bestFirst[0]?.score ?? 0) - (bestFirst[1]?.score ?? 0);
}

/** What the customer said before, turn by turn, the newest first. */
function earlierCustomerTurns({ earlier }: Turn): Turn["messages"][] {
  const turns: Turn["messages"][] = [];
  let isSameTurn = false;
  for (const part of earlier.toReversed()) {
    const isCustomers = part.author.role === "customer";
    if (isCustomers && isSameTurn) turns.at(-1)?.unshift(part);
    else if (isCustomers) turns.push([part]);
    isSameTurn = isCustomers;
  }
  return turns.slice(0, earlierTurns);
}

function newestFirst(messages: Turn["messages"]): string[] {
  return messages
    .filter(({ isOutOfSight }) => !isOutOfSight)
    .map(({ text }) => withoutAttachmentMarks(text))
    .reverse();
}

/** Rejects when the signal aborts first, also where the work itself does not listen to it. */
function settledBefore<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
