import type { ArticleIndex } from "../core/knowledge/article-refresh.ts";
import type { Contradiction } from "../core/knowledge/contradictions.ts";
import type { Log } from "../core/ports.ts";

/** So long nothing may have changed before it is worth looking: sources come in one after the other. */
const quietMs = 30_000;

/**
 * Where the articles of this index contradict each other: looked for when somebody asks, and after a
 * sync that changed something, which is then said in the log.
 *
 * @returns the index to sync into, and what was found in it
 */
export function createContradictions(given: ArticleIndex, log: Log) {
  let known: Promise<{ contradictions: Contradiction[]; articles: number }> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let counted: number | null = null;
  const changed = () => {
    known = null;
    if (timer === null) timer = setTimeout(lookAgain, quietMs).unref();
    else timer.refresh();
  };
  const index: ArticleIndex = {
    ...given,
    async put(...article) {
      const isNew = await given.put(...article);
      if (isNew) changed();
      return isNew;
    },
    async keepOnly(...kept) {
      const removed = await given.keepOnly(...kept);
      if (removed > 0) changed();
      return removed;
    },
  };
  const find = () => {
    known ??= look();
    known.catch(() => {
      known = null;
    });
    return known;
  };

  return {
    index,
    find,
    /** How many there were when they were looked for last; `null`: not yet. Looks for none. */
    counted: () => counted,
    stop() {
      if (timer !== null) clearTimeout(timer);
    },
  };

  async function look() {
    // Most processes never look.
    const { findContradictions } = await import("../core/knowledge/contradictions.ts");
    const articles = await given.articles();
    const contradictions = await findContradictions(
      articles,
      () => new Promise((resolve) => setImmediate(resolve)),
    );
    counted = contradictions.length;
    return { contradictions, articles: articles.length };
  }

  async function lookAgain(): Promise<void> {
    try {
      const { contradictions, articles } = await find();
      const values = { articles, contradictions: contradictions.length };
      if (contradictions.length > 0) {
        log.warn(values, "articles contradict each other: /memory lists them");
      } else log.debug(values, "no articles contradict each other");
    } catch (error) {
      log.warn({ error }, "contradictions between articles not looked for");
    }
  }
}
