import type { ArticleIndex } from "../../src/core/knowledge/article-refresh.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { recallQuery } from "../../src/core/knowledge/recall.ts";
import type { QueryEmbedder } from "../../src/lib/by-meaning/embedder.ts";
import { customer, part } from "../fixtures/conversations.ts";
import { createPlainBm25 } from "./plain-bm25.ts";
import {
  type BenchArticle,
  type Question,
  reworded,
  type Wording,
  wordings,
} from "./retrieval-questions.ts";
import { type OpenEmptyIndex, openEmbedded } from "./retrieval-stores.ts";
import { drawn, seeded } from "./seeded.ts";

export type Measure = {
  /** Share of the questions with a right article in the first place. */
  hitAt1: number;
  /** Share of the questions with a right article among the first five. */
  hitAt5: number;
  /** Mean of 1 / the rank of the first right article among the first ten. */
  meanReciprocalRank: number;
  msPerQuery: number;
};

export type Comparison = {
  wording: Wording;
  /** By words alone. */
  ours: Measure;
  /** By words and meaning; `null` where no embeddings model was given. */
  hybrid: Measure | null;
  plain: Measure;
};

/** The same cuts, typing errors and words in every run. */
const seed = 42;
const ranksLookedAt = 10;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Asks every question of a help center that was cut to some random articles, the right ones among
 * them; another cut for each question, and the same cut for all wordings and searches.
 *
 * @param size how many articles a cut has; more where more are right, all where there are no more.
 * @param store.openIndex where the articles of a cut are kept
 * @param store.embedder measures the hybrid search too.
 */
export async function measureRetrieval(
  { articles, questions }: { articles: BenchArticle[]; questions: Question[] },
  size: number,
  { openIndex = openEmbedded, embedder = null }: Partial<Store> = {},
): Promise<Comparison[]> {
  // Numbers of their own for each size, so that one can be measured without the others.
  const random = seeded(seed + Math.min(size, articles.length));
  const outcomes = wordings.map((wording) => ({
    wording,
    ours: outcome(),
    hybrid: outcome(),
    plain: outcome(),
  }));
  let searches: Searches | null = null;
  for (const { text, rightIds } of questions) {
    const isCut = size < articles.length;
    if (isCut || searches === null) {
      await searches?.close();
      searches = await searchesOver(isCut ? cut(articles, rightIds, size, random) : articles, {
        openIndex,
        embedder,
      });
    }
    const asked = reworded(text, random);
    for (const { wording, ours, hybrid, plain } of outcomes) {
      ours.take(rightIds, await searches.ours(asked[wording]));
      if (searches.hybrid !== null) hybrid.take(rightIds, await searches.hybrid(asked[wording]));
      plain.take(rightIds, await searches.plain(asked[wording]));
    }
  }
  await searches?.close();
  return outcomes.map(({ wording, ours, hybrid, plain }) => ({
    wording,
    ours: ours.measure(),
    hybrid: embedder === null ? null : hybrid.measure(),
    plain: plain.measure(),
  }));
}

function cut(
  articles: BenchArticle[],
  rightIds: string[],
  size: number,
  random: () => number,
): BenchArticle[] {
  const right = articles.filter(({ id }) => rightIds.includes(id));
  const others = articles.filter(({ id }) => !rightIds.includes(id));
  return drawn([...right, ...drawn(others, size - right.length, random)], size, random);
}

type Store = { openIndex: OpenEmptyIndex; embedder: QueryEmbedder | null };

type Search = (question: string) => Promise<{ ids: string[]; ms: number }>;

type Searches = {
  ours: Search;
  hybrid: Search | null;
  plain: Search;
  close(): Promise<void>;
};

async function searchesOver(
  articles: BenchArticle[],
  { openIndex, embedder }: Store,
): Promise<Searches> {
  const { signal } = new AbortController();
  const byWords = await openIndex(null);
  await fill(byWords, articles);
  const byBoth = embedder === null ? null : await openIndex({ embedder, log });
  if (byBoth !== null) await fill(byBoth, articles);
  await byBoth?.fillVectors(signal);
  const searchIn =
    ({ search }: ArticleIndex): Search =>
    async (question) => {
      const query = recallQuery(turnOf(question));
      // What is measured is the search; the model answers from its table.
      await embedder?.query(query);
      return timed(async () => {
        const found = await search(query, { limit: ranksLookedAt }, signal);
        return found.map(({ id }) => id);
      });
    };
  const plain = createPlainBm25(
    articles.map(({ id, title, text }) => ({ id, text: `${title}\n${text}` })),
  );
  return {
    ours: searchIn(byWords),
    hybrid: byBoth && searchIn(byBoth),
    plain: (question) => timed(async () => plain(question, ranksLookedAt)),
    async close() {
      await byWords.close();
      await byBoth?.close();
    },
  };
}

/** The service's own way: passages, query building, the help center's search. */
async function fill(helpCenter: ArticleIndex, articles: BenchArticle[]): Promise<void> {
  for (const { id, title, text, url } of articles) {
    const article = {
      id,
      articleId: id,
      title,
      collections: [],
      text,
      url,
      language: null,
      updatedAt: null,
      isInternal: false,
    };
    await helpCenter.put("published", article, passagesOf(text));
  }
}

async function timed(search: () => Promise<string[]>): Promise<{ ids: string[]; ms: number }> {
  const start = performance.now();
  const ids = await search();
  return { ids, ms: performance.now() - start };
}

function outcome() {
  const ranks: number[] = [];
  let ms = 0;
  const share = (counts: (rank: number) => number) =>
    ranks.reduce((sum, rank) => sum + counts(rank), 0) / ranks.length;
  return {
    take: (rightIds: string[], found: { ids: string[]; ms: number }) => {
      const index = found.ids.findIndex((id) => rightIds.includes(id));
      ranks.push(index === -1 ? Number.POSITIVE_INFINITY : index + 1);
      ms += found.ms;
    },
    measure: (): Measure => ({
      hitAt1: share((rank) => (rank === 1 ? 1 : 0)),
      hitAt5: share((rank) => (rank <= 5 ? 1 : 0)),
      meanReciprocalRank: share((rank) => 1 / rank),
      msPerQuery: ms / ranks.length,
    }),
  };
}

function turnOf(question: string) {
  return { basePartId: "1", messages: [part(customer, question, { id: "1" })], earlier: [] };
}
