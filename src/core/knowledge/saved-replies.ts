import type { HelpCenter } from "../ports.ts";

const prefix = "saved-reply/";

/** The id of an article that is a saved reply of the team's. @param source the name of its source */
export function savedReplyId(source: string, id: string): string {
  return `${prefix}${source}/${id}`;
}

export function isSavedReply(id: string): boolean {
  return id.startsWith(prefix);
}

/** The same articles; a saved reply is found as what it is, an answer of the team's for everybody. */
export function withSavedReplies<H extends HelpCenter>(helpCenter: H): H {
  return {
    ...helpCenter,
    search: async (...asked) =>
      (await helpCenter.search(...asked)).map((source) =>
        isSavedReply(source.id) ? { ...source, kind: "saved-reply" as const } : source,
      ),
  };
}
