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

/** Of what is for others nobody looks through more. */
const mostLeftOut = 10;

/** A version of an article besides the one whose passage fits best. */
export type OtherVersion = Pick<PassageHit, "articleRow" | "language" | "isInternal">;

/**
 * The articles that passages were found in: as many as are wanted, the one with the best passage
 * first, those left out that are for others than who asks. One that is written in several languages
 * is read in the customer's where it is written in that, too, and else as it fits best.
 *
 * @param hits the best first
 * @param versionsOf all versions of an article
 * @returns `isLanguageNeeded`: it matters which language the customer writes, and nobody has said it
 */
export function articlesFound<Hit extends PassageHit>(
  hits: Iterable<Hit>,
  wanted: Wanted,
  versionsOf: (best: Hit) => OtherVersion[],
): { found: FoundArticle<Hit>[]; leftOut: Hit[]; isLanguageNeeded: boolean } {
  const found = new Map<string, [Hit, ...Hit[]]>();
  const leftOut = new Map<string, Hit>();
  for (const hit of hits) {
    const { articleId, forWhom } = hit;
    const known = found.get(articleId);
    if (known !== undefined) known.push(hit);
    else if (found.size === wanted.limit || leftOut.has(articleId)) continue;
    else if (whyNotFor(forWhom, wanted) === null) found.set(articleId, [hit]);
    else leftOut.set(articleId, hit);
  }
  const { language = null } = wanted;
  let isLanguageNeeded = false;
  const articles = [...found.values()].map((those): FoundArticle<Hit> => {
    const [best] = those;
    const versions = versionsOf(best);
    const isInSeveral = versions.some((version) => version.language !== best.language);
    if (isInSeveral && language === null) isLanguageNeeded = true;
    const articleRow = versionIn(language, best, versions);
    const ofVersion = those.filter((hit) => hit.articleRow === articleRow);
    return { best, articleRow, positions: ofVersion.map(({ position }) => position) };
  });
  return {
    found: articles,
    leftOut: [...leftOut.values()].slice(0, mostLeftOut),
    isLanguageNeeded,
  };
}

/** What customers may read is not left for what only teammates may. */
function versionIn(language: string | null, best: PassageHit, versions: OtherVersion[]): number {
  if (language === null || best.language === language) return best.articleRow;
  const version = versions.find(
    (one) => one.language === language && (!one.isInternal || best.isInternal),
  );
  return version?.articleRow ?? best.articleRow;
}
