import type { Inbox } from "../ports.ts";
import type { Conversation } from "../types.ts";

/** A mark must stay the last line of its note. */
const markAtEnd = /(?:^|\n\n)ref: part=[^\n]*$/;

/**
 * An inbox whose conversations know where this service explains them, and whose notes link there.
 *
 * @param publicUrl where the service is reached, without a path
 */
export function withWhyLinks(inbox: Inbox, publicUrl: string): Inbox {
  const whyUrl = (conversationId: string) =>
    new URL(`/why/${encodeURIComponent(conversationId)}`, publicUrl).href;
  return {
    ...inbox,
    async read(conversationId, signal): Promise<Conversation | null> {
      const conversation = await inbox.read(conversationId, signal);
      return conversation && { ...conversation, whyUrl: whyUrl(conversation.id) };
    },
    note(conversationId, markdown) {
      const link = `[Why?](${whyUrl(conversationId)}) What happened here, step by step; it asks for the admin token.`;
      const at = markAtEnd.exec(markdown)?.index ?? markdown.length;
      const [words, mark] = [markdown.slice(0, at), markdown.slice(at)];
      return inbox.note(conversationId, `${words}\n\n${link}${mark}`);
    },
  };
}
