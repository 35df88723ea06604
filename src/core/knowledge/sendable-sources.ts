import type { HelpCenter, Memory } from "../ports.ts";
import type { Source } from "../types.ts";

/** Tells the team's own addresses (inbox, chat, private hosts, whatever lets in) and takes them out. */
export type TeamAddresses = {
  isPrivate(address: string): boolean;
  without(text: string): string;
};

/**
 * A source as a draft may see it. What is not in it is no known link either, so that a draft which
 * has such an address from elsewhere goes to people.
 */
function sendable(source: Source, { isPrivate, without }: TeamAddresses): Source {
  const { url, title, text } = source;
  return {
    ...source,
    url: url !== null && isPrivate(url) ? null : url,
    title: without(title),
    text: without(text),
  };
}

/** The same memory; what is recalled for a draft holds no address of the team's own, however old it is. */
export function withSendableAnswers<M extends Memory>(memory: M, addresses: TeamAddresses): M {
  const cleaned = async (recalled: Promise<Source[]>) =>
    (await recalled).map((source) => sendable(source, addresses));
  return {
    ...memory,
    recallAnswers: (query, wanted, signal) => cleaned(memory.recallAnswers(query, wanted, signal)),
    recallConversations: (query, whose, limit, signal) =>
      cleaned(memory.recallConversations(query, whose, limit, signal)),
  };
}

/** The same for articles. */
export function sendableSearch(
  search: HelpCenter["search"],
  addresses: TeamAddresses,
): HelpCenter["search"] {
  return async (query, wanted, signal) =>
    (await search(query, wanted, signal)).map((source) => sendable(source, addresses));
}
