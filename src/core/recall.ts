import type { HelpCenter, Memory } from "./ports.ts";
import type { Recall, Source, Turn } from "./types.ts";

/** A customer waits while we recall: what is not there by then is left out. */
const recallTimeoutMs = 2000;
const maxQueryLength = 500;
const limits = { answers: 10, articles: 5, conversations: 3 };

/** What to look up for the customer's messages; the newest one counts most, so it comes first. */
export function recallQuery(turn: Turn): string {
  const texts = turn.messages.map((message) => message.text.trim()).reverse();
  return queryFrom(texts.join("\n"));
}

/** The same for a hint, before the conversation has been read. */
export function queryFrom(text: string): string {
  return text.trim().slice(0, maxQueryLength);
}

/** Looks in all memories at once; one that is down or slow is left out and named in `failures`. */
export async function recall(
  query: string,
  contactId: string | null,
  ports: { memory: Memory; helpCenter: HelpCenter },
): Promise<Recall> {
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

  const { memory, helpCenter } = ports;
  const [answers, articles, conversations] = await Promise.all([
    ask("answer memory", () => memory.recallAnswers(query, limits.answers, signal)),
    ask("help center", () => helpCenter.search(query, limits.articles, signal)),
    contactId === null
      ? []
      : ask("conversation memory", () =>
          memory.recallConversations(query, contactId, limits.conversations, signal),
        ),
  ]);
  const byScore = [...answers, ...articles].map(({ score }) => score).sort((a, b) => b - a);
  return {
    query,
    sources: [...answers, ...articles, ...conversations],
    margin: (byScore[0] ?? 0) - (byScore[1] ?? 0),
    agreement: agreement(answers),
    failures,
  };
}

/** How many of the remembered answers say the same as the first one, itself included, 0 to 1. */
function agreement(answers: Source[]): number {
  const [first] = answers;
  if (first === undefined) return 0;
  const same = answers.filter(({ text }) => text.trim() === first.text.trim());
  return same.length / answers.length;
}

/** Rejects when the signal aborts first, also where the work itself does not listen to it. */
function settledBefore<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
