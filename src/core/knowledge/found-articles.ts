import { type ForWhom, whyNotFor } from "../for-whom.ts";
import type { Wanted } from "../ports.ts";

/** A passage that a search found, with what counts of its article. */
export type PassageHit = {
  /** The same for all versions of an article, as translations are. */
  articleId: string;
  /** Of one version, as its store keeps it. */
  articleRow: number;
  position: number;
  /** 0 to 1. */
  score: number;
  language: string | null;
  isInternal: boolean;
  forWhom?: ForWhom;
};

/** An article that was found, in the version that is to be read. */
export type FoundArticle<Hit extends PassageHit> = {
  /** Its best passage, in whichever version that stands. */
  best: Hit;
  articleRow: number;
  /** Of the passages that were found in that version, the best first; none: only its articles' others fit. */
  positions: number[];
};

/** A version of an article besides the one whose passage fits best. */
export type OtherVersion = Pick<PassageHit, "articleRow" | "language" | "isInternal">;

/**
 * The articles that passages were found in: as many as are wanted, the one with the best passage
 * first, those left out that are for others than who asks. One that is written in several languages
 * is read in the customer's where it is written in that, too, and else as it fits best.
 *
 * @param hits the best first
 * @param store.versionsOf all versions of an article; asked of few
 * @param store.languageOf recognises the customer's language where it is not known; asked only where it matters
 */
export async function articlesFound<Hit extends PassageHit>(
  hits: Iterable<Hit>,
  wanted: Wanted,
  store: {
    versionsOf(articleId: string): Promise<OtherVersion[]>;
    languageOf(): Promise<string | null>;
  },
): Promise<{ found: FoundArticle<Hit>[]; leftOut: Hit[] }> {
  const found = new Map<string, Hit[]>();
  const leftOut = new Map<string, Hit>();
  for (const hit of hits) {
    const { articleId, forWhom } = hit;
    const known = found.get(articleId);
    if (known !== undefined) known.push(hit);
    else if (found.size === wanted.limit || leftOut.has(articleId)) continue;
    else if (whyNotFor(forWhom, wanted) === null) found.set(articleId, [hit]);
    else leftOut.set(articleId, hit);
  }
  let language = wanted.language ?? null;
  let isAsked = language !== null;
  const articles: FoundArticle<Hit>[] = [];
  for (const [articleId, those] of found) {
    const [best] = those;
    if (best === undefined) continue;
    let articleRow = best.articleRow;
    const versions = await store.versionsOf(articleId);
    if (versions.some((version) => version.language !== best.language)) {
      if (!isAsked) language = await store.languageOf();
      isAsked = true;
      articleRow = versionIn(language, best, versions);
    }
    const ofVersion = those.filter((hit) => hit.articleRow === articleRow);
    articles.push({ best, articleRow, positions: ofVersion.map(({ position }) => position) });
  }
  return { found: articles, leftOut: [...leftOut.values()] };
}

/** What customers may read is not left for what only teammates may. */
function versionIn(language: string | null, best: PassageHit, versions: OtherVersion[]): number {
  if (language === null || best.language === language) return best.articleRow;
  const version = versions.find(
    (one) => one.language === language && (!one.isInternal || best.isInternal),
  );
  return version?.articleRow ?? best.articleRow;
}
