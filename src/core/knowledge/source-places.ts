import type { HelpCenter, Memory } from "../ports.ts";
import type { Source } from "../types.ts";
import { fileIn } from "./file-articles.ts";
import { isSavedReply } from "./saved-replies.ts";

/** An article as far as its place is told from it. */
type Placed = { id: string; kind: string; anchor?: string | null };

/**
 * Where people find an article, in words: `handbook/guide.pdf, page 12`, `macros`. A file is named by
 * its way within its source, never by its path on this machine.
 */
export function placeWords({ id, kind, anchor = null }: Placed): string {
  const page = pageIn(anchor);
  const place = fileIn(id) ?? (isSavedReply(id) ? savedReplyPlace : kindWords(kind));
  return page === null ? place : `${place}, page ${page}`;
}

/** Intercom documents no address for them. */
const savedReplyPlace = "a saved reply, edited in Intercom under Macros";

/** The page that an address or an anchor of a PDF names, or `null`. */
export function pageIn(anchor: string | null): string | null {
  return /(?:^|#)page=(\d+)$/.exec(anchor ?? "")?.[1] ?? null;
}

/** `source:handbook` is what KNOWLEDGE_SOURCES names `handbook`. */
export function kindWords(kind: string): string {
  if (kind.startsWith("source:")) return kind.slice("source:".length);
  return kind === "internal" ? "Intercom’s internal articles" : "the help center";
}

/** What follows the page's address where a passage is marked. */
export const passageAnchor = "#passage";

/**
 * Where this service shows what it keeps of a source, from its own address on.
 *
 * @returns `null` for what it does not keep by that id: what a contact said, what was looked up
 */
export function sourcePath({ id, kind, passage }: Pick<Source, "id" | "kind" | "passage">) {
  if (kind !== "article" && kind !== "saved-reply" && kind !== "answer") return null;
  const query = new URLSearchParams({ id, ...(passage === undefined ? {} : { passage }) });
  return `/source?${query}${passage === undefined ? "" : passageAnchor}`;
}

/** Where a page of this service leads to for a source that has no address of its own. */
export function linkFromHere(
  source: Pick<Source, "id" | "kind" | "url" | "passage" | "page">,
): string | null {
  return source.url === null ? (sourcePath(source) ?? source.page ?? null) : null;
}

/** An article as people look it up: by its own address, or on this service's page about it. */
export type TitledArticle = Pick<Source, "title" | "url"> & { page: string | null };

/** Where teammates open a source; `null` where they cannot. */
export type SourcePages = (source: Source) => string | null;

/** The same memory; what it recalls says where teammates open it, if it has no address of its own. */
export function withAnswerPages<M extends Memory>(memory: M, pageOf: SourcePages): M {
  return {
    ...memory,
    recallAnswers: async (...asked) => withPages(await memory.recallAnswers(...asked), pageOf),
    recallConversations: async (...asked) =>
      withPages(await memory.recallConversations(...asked), pageOf),
  };
}

/** The same for articles. */
export function withArticlePages<H extends HelpCenter>(helpCenter: H, pageOf: SourcePages): H {
  return {
    ...helpCenter,
    search: async (...asked) => withPages(await helpCenter.search(...asked), pageOf),
  };
}

function withPages(sources: Source[], pageOf: SourcePages): Source[] {
  return sources.map((source) => {
    const page = source.url === null ? pageOf(source) : null;
    return page === null ? source : { ...source, page };
  });
}
