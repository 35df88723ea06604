import type { ArticleIndex } from "../core/knowledge/article-refresh.ts";

/** Articles that are looked through for something to ask. */
const articles = 60;
const words = { fewest: 2, most: 12 };
/** What stands over many texts and says nothing of what is in them. */
const empty =
  /^(?:introduction|overview|home|index|welcome|getting started|quick ?start|changelog|release notes|contents|table of contents|see also|next steps?|related|examples?|faqs?|notes?|summary|prerequisites|requirements|readme|documentation|docs|api|reference|einführung|übersicht|willkommen|inhalt|hinweise?|voraussetzungen|siehe auch)[.:!]?$/i;

/**
 * Questions that the sources answer, made from the titles and headings of their articles: each finds
 * its own article first.
 */
export function createExampleQuestions(
  index: Pick<ArticleIndex, "sourceTopics" | "search">,
): (limit: number) => Promise<string[]> {
  return async (limit) => {
    const found: string[] = [];
    const topics = await index.sourceTopics(articles);
    // One of each article at most, those that are questions already first.
    const candidates = topics
      .map(({ articleId, title, headings }) => ({ articleId, asked: best([title, ...headings]) }))
      .sort((one, other) => Number(isQuestion(other.asked)) - Number(isQuestion(one.asked)));
    for (const { articleId, asked } of candidates) {
      if (asked === null || found.length === limit) continue;
      const question = isQuestion(asked) ? asked : `${asked.replace(/[.:!]+$/, "")}?`;
      const [first] = await index.search(question, { limit: 1 }, new AbortController().signal);
      if (first?.id === articleId && !found.includes(question)) found.push(question);
    }
    return found;
  };
}

function best(titles: string[]): string | null {
  const telling = titles.filter((title) => !empty.test(title) && isLongEnough(title));
  return telling.find(isQuestion) ?? telling[0] ?? null;
}

function isQuestion(title: string | null): boolean {
  return /[?？]$/.test(title ?? "");
}

/** A word alone may be anything; where no blanks are written, some letters do. */
function isLongEnough(title: string): boolean {
  const count = title.split(/\s+/).length;
  const isUnspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]{4}/u.test(title);
  return (count >= words.fewest || isUnspaced) && count <= words.most && title.length <= 120;
}
