import type { DatabaseSync } from "node:sqlite";
import { type ForWhom, isTold } from "../../core/for-whom.ts";
import { changeOf } from "../../core/knowledge/article-changes.ts";
import type {
  Article,
  ArticleAsKept,
  ArticleIndex,
  SourceKind,
} from "../../core/knowledge/article-refresh.ts";
import { isAmong } from "../../core/knowledge/file-articles.ts";
import {
  articlesFound,
  type OtherVersion,
  type PassageHit,
} from "../../core/knowledge/found-articles.ts";
import type { Passage } from "../../core/knowledge/passages.ts";
import { headingsIn, linkToPassage, readingAround } from "../../core/knowledge/reading-around.ts";
import { placeWords } from "../../core/knowledge/source-places.ts";
import type { Log, Wanted } from "../../core/ports.ts";
import type { Source } from "../../core/types.ts";
import type { QueryEmbedder } from "../../lib/by-meaning/embedder.ts";
import { contentHash } from "../../lib/content-hash.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { toIndexText } from "../../lib/full-text/words.ts";
import { loadLanguageOf } from "../../lib/language.ts";
import { passageKey } from "../../lib/passage-key.ts";
import { createArticleList, keptArticle } from "./article-list.ts";
import { inTransaction, openDatabase } from "./database.ts";
import { createFtsSearch } from "./fts-search.ts";
import { createHybridSearch, type HybridSearch } from "./hybrid-search.ts";
import type { Embedded } from "./vectors.ts";

/** As with remembered answers: what a text is about counts more than the words it happens to use. */
const weights = { title: 2.5, heading: 1, text: 1 };
/** A long article has many passages that fit; these many hits leave enough different articles. */
const passagesPerArticle = 12;
/** So many hits are looked through for what is for who asks. */
const lookedThrough = 400;
/** An article may be replaced between being found and being read; so often it is looked for again. */
const searches = 4;
/** Of older changes the answers have been seen to, or will not be. */
const keptChanges = 300;

/** A passage means what it means under its title and headings. */
const embeddedPassages: Embedded = {
  table: "passage",
  from: "passage JOIN article ON article.row = passage.article_row",
  text: "title || char(10) || coalesce(lead || char(10), '') || text",
  only: "1",
};

type Kept = Parameters<ArticleIndex["keepOnly"]>;

/**
 * Articles and their passages, in the same file and found by the same search as the answer memory.
 *
 * @param directory where `memory.sqlite` is kept, or ":memory:".
 * @param byMeaning finds by meaning too; `null` leaves it at words.
 */
export function createSqliteHelpCenter(
  directory: string,
  byMeaning: { embedder: QueryEmbedder; log: Log } | null = null,
): ArticleIndex {
  const database = openDatabase(directory);
  const hybrid = createHybridSearch(database, {
    embedded: embeddedPassages,
    embedder: byMeaning?.embedder ?? null,
    byWords: createFtsSearch(database, { table: "passage_words", weights }).search,
    what: "passages",
    log: byMeaning?.log ?? null,
  });
  const { put, keepOnly, versions, compare, missing } = createWriting(database, hybrid.meaning);
  const { search, read } = createReading(database, hybrid);
  const { list, holdings } = createArticleList(database);
  const readTopics = database.prepare(
    `SELECT min(row) AS row, id, title FROM article
     WHERE kind LIKE 'source:%' AND is_internal = 0 GROUP BY article_id ORDER BY row LIMIT ?`,
  );
  const readTexts = database.prepare(
    "SELECT text FROM passage WHERE article_row = ? ORDER BY position LIMIT 20",
  );
  const removeForWhom = database.prepare("DELETE FROM article_kind WHERE kind = ?");
  const putForWhom = database.prepare(
    "INSERT INTO article_kind (kind, for_whom) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET for_whom = excluded.for_whom",
  );
  // `folder` is what an earlier version called the files of all folders together.
  const readSourceKinds = database.prepare(
    "SELECT DISTINCT kind FROM article WHERE kind LIKE 'source:%' OR kind = 'folder'",
  );
  const readChanges = database.prepare(
    "SELECT * FROM article_change ORDER BY at DESC, row DESC LIMIT ?",
  );
  const readArticles = database.prepare(
    `SELECT article_id, title, url, for_whom, group_concat(text, char(10)) AS text FROM (
       SELECT article.row, article_id, title, url, for_whom, text FROM article
       JOIN passage ON passage.article_row = article.row
       LEFT JOIN article_kind ON article_kind.kind = article.kind
       WHERE is_internal = 0 ORDER BY article.row, position)
     GROUP BY row`,
  );
  return {
    put: (kind, article, passages) => attempt("put", () => put(kind, article, passages)),
    keepOnly: (...which) => attempt("keepOnly", () => keepOnly(...which)),
    setForWhom: (kind, forWhom) =>
      attempt("setForWhom", () => {
        if (forWhom === null) removeForWhom.run(kind);
        else putForWhom.run(kind, JSON.stringify(forWhom));
      }),
    moment: async () => Date.now(),
    search: (query, wanted, signal) =>
      attempt("search", () => search(query, wanted, signal), signal),
    versions: (kind) => attempt("versions", () => versions(kind)),
    compare: (article, passages) => attempt("compare", () => compare(article, passages)),
    missing: (...which) => attempt("missing", () => missing(...which)),
    sourceTopics: (articles) =>
      attempt("topics", () =>
        readTopics.all(articles).map(({ row, id, title }) => ({
          articleId: String(id),
          title: String(title),
          headings: readTexts.all(Number(row)).flatMap(({ text }) => headingsIn(String(text))),
        })),
      ),
    changes: (limit) =>
      attempt("changes", () =>
        readChanges.all(limit).map((change) => ({
          articleId: String(change.article_id),
          title: String(change.title),
          url: change.url as string | null,
          at: Number(change.at),
          differences: JSON.parse(String(change.differences)),
        })),
      ),
    articles: () =>
      attempt("articles", () =>
        readArticles.all().map((article) => ({
          articleId: String(article.article_id),
          title: String(article.title),
          url: article.url as string | null,
          text: String(article.text),
          ...forWhomOf(article),
        })),
      ),
    read: (id) => attempt("read", () => read(id)),
    list: (filter, page) => attempt("list", () => list(filter, page)),
    holdings: () => attempt("holdings", holdings),
    abandoned: (named) =>
      attempt("abandoned", () =>
        readSourceKinds
          .all()
          .map(({ kind }) => kind as SourceKind)
          .filter((kind) => !named.includes(kind)),
      ),
    fillVectors: (signal) =>
      attempt("fillVectors", async () => (await hybrid.meaning?.filling.fill(signal)) ?? 0, signal),
    close: async () => database.close(),
  };
}

function createWriting(database: DatabaseSync, meaning: HybridSearch["meaning"]) {
  const readArticle = database.prepare("SELECT row, fingerprint FROM article WHERE id = ?");
  const readIds = database.prepare(
    "SELECT id, article_id, title, url FROM article WHERE kind = ? AND coalesce(written_at, 0) <= ?",
  );
  const insertArticle = database.prepare(
    `INSERT INTO article (id, article_id, kind, fingerprint, title, url, language, updated_at,
                          is_internal, version, written_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING row`,
  );
  const insertPassage = database.prepare(
    "INSERT INTO passage (article_row, position, text, anchor, lead) VALUES (?, ?, ?, ?, ?) RETURNING row",
  );
  const updateVersion = database.prepare("UPDATE article SET version = ? WHERE id = ?");
  const readVersions = database.prepare(
    "SELECT version FROM article WHERE kind = ? AND version IS NOT NULL",
  );
  const insertWords = database.prepare(
    "INSERT INTO passage_words (rowid, title, heading, text) VALUES (?, ?, ?, ?)",
  );
  const removeWords = database.prepare(
    "DELETE FROM passage_words WHERE rowid IN (SELECT row FROM passage WHERE article_row = ?)",
  );
  const removePassages = database.prepare("DELETE FROM passage WHERE article_row = ?");
  const removeArticle = database.prepare("DELETE FROM article WHERE row = ?");

  const readTexts = database.prepare(
    "SELECT text FROM passage WHERE article_row = ? ORDER BY position",
  );
  const insertChange = database.prepare(
    "INSERT INTO article_change (article_id, title, url, at, differences) VALUES (?, ?, ?, ?, ?)",
  );
  const removeOldChanges = database.prepare(
    `DELETE FROM article_change WHERE row <= (SELECT max(row) FROM article_change) - ${keptChanges}`,
  );

  const removeChanges = database.prepare("DELETE FROM article_change WHERE article_id = ?");

  /** What an article says otherwise now is kept; that it was changed in any other way is not. */
  const noteChange = (article: Article, row: number, passages: Passage[]): void => {
    const before = readTexts.all(row).map(({ text }) => String(text));
    const change = changeOf(article, before, passages, Date.now());
    if (change === null) return;
    const { articleId, title, url, at, differences } = change;
    insertChange.run(articleId, title, url, at, JSON.stringify(differences));
    removeOldChanges.run();
  };

  const readRows = database.prepare("SELECT row FROM passage WHERE article_row = ?");
  const rowsOf = (articleRow: number) => readRows.all(articleRow).map(({ row }) => Number(row));

  const removeByRow = (row: number): void => {
    removeWords.run(row);
    removePassages.run(row);
    removeArticle.run(row);
  };

  const goneOf = (...[kind, ids, articleIds, since]: Kept) =>
    readIds
      .all(kind, since ?? Number.MAX_SAFE_INTEGER)
      .filter(
        ({ id, article_id }) => !ids.has(String(id)) && !isAmong(String(article_id), articleIds),
      );

  return {
    compare(article: Article, passages: Passage[]): "new" | "changed" | "same" {
      const before = readArticle.get(article.id);
      if (before === undefined) return "new";
      return before.fingerprint === contentHash([{ ...article, version: undefined }, passages])
        ? "same"
        : "changed";
    },
    missing: (...which: Kept) =>
      goneOf(...which).map(({ title, url }) => ({
        title: String(title),
        url: url as string | null,
      })),
    put(kind: string, article: Article, passages: Passage[]): boolean {
      const fingerprint = contentHash([{ ...article, version: undefined }, passages]);
      const version = article.version ?? null;
      if (readArticle.get(article.id)?.fingerprint === fingerprint) {
        if (version !== null) updateVersion.run(version, article.id);
        return false;
      }
      inTransaction(database, () => {
        const before = readArticle.get(article.id);
        const vectors = meaning?.vectors.ofRows(before ? rowsOf(Number(before.row)) : []);
        if (before !== undefined) {
          noteChange(article, Number(before.row), passages);
          removeByRow(Number(before.row));
        }
        const inserted = insertArticle.get(
          article.id,
          article.articleId,
          kind,
          fingerprint,
          article.title,
          article.url,
          article.language,
          article.updatedAt,
          article.isInternal ? 1 : 0,
          version,
          Date.now(),
        );
        const articleRow = Number(inserted?.row);
        const title = toIndexText([...article.collections, article.title].join("\n"));
        for (const [position, { heading, text, anchor, lead }] of passages.entries()) {
          const passage = insertPassage.get(articleRow, position, text, anchor, lead);
          insertWords.run(
            Number(passage?.row),
            title,
            toIndexText(heading ?? ""),
            toIndexText(text),
          );
        }
        // What says the same as before needs no new vector.
        if (vectors !== undefined) meaning?.vectors.giveTo(rowsOf(articleRow), vectors);
      });
      meaning?.filling.changed();
      return true;
    },
    keepOnly(...which: Kept): number {
      const gone = goneOf(...which);
      inTransaction(database, () => {
        for (const { id, article_id } of gone) {
          removeByRow(Number(readArticle.get(String(id))?.row));
          removeChanges.run(String(article_id));
        }
      });
      return gone.length;
    },
    versions: (kind: string) => readVersions.all(kind).map(({ version }) => String(version)),
  };
}

function createReading(database: DatabaseSync, hybrid: HybridSearch) {
  const readHit = database.prepare(
    `SELECT article.row, article_id, language, is_internal, for_whom, passage.position FROM passage
     JOIN article ON article.row = passage.article_row
     LEFT JOIN article_kind ON article_kind.kind = article.kind WHERE passage.row = ?`,
  );
  const readAnyForWhom = database.prepare("SELECT 1 FROM article_kind LIMIT 1");
  const readPassages = database.prepare(
    "SELECT text, lead, anchor FROM passage WHERE article_row = ? ORDER BY position",
  );
  const readArticleAt = database.prepare(
    `SELECT article.*, for_whom FROM article
     LEFT JOIN article_kind ON article_kind.kind = article.kind WHERE row = ?`,
  );
  const readVersions = database.prepare(
    "SELECT row, language, is_internal FROM article WHERE article_id = ?",
  );
  const readArticle = database.prepare("SELECT * FROM article WHERE id = ?");
  const readVersion = database.prepare("SELECT * FROM article WHERE article_id = ? LIMIT 1");

  const search = async (query: string, wanted: Wanted, signal: AbortSignal): Promise<Source[]> => {
    const isFiltered = isTold(wanted) && readAnyForWhom.get() !== undefined;
    const asked = Math.max(wanted.limit * passagesPerArticle, isFiltered ? lookedThrough : 0);
    const versionsOf = ({ articleId }: PassageHit) => readVersions.all(articleId).map(versionOf);
    for (let search = 1; ; search += 1) {
      const rows = await hybrid.search(query, asked, signal);
      const hits = rows.flatMap(({ row, score }) => {
        const passage = readHit.get(row);
        return passage === undefined ? [] : [hitIn(passage, score)];
      });
      const first = articlesFound(hits, wanted, versionsOf);
      const language = first.isLanguageNeeded ? (await loadLanguageOf())(query) : null;
      const { found, leftOut } =
        language === null ? first : articlesFound(hits, { ...wanted, language }, versionsOf);
      const others = leftOut.flatMap(
        ({ articleRow, position, score }) => sourceOf(articleRow, [position], score) ?? [],
      );
      const sources = found.flatMap(({ best, articleRow, positions }) => {
        // Translations have most of their sections in the same order.
        const places = positions.length === 0 ? [best.position] : positions;
        return sourceOf(articleRow, places, best.score) ?? [];
      });
      const areAllThere =
        hits.length === rows.length &&
        sources.length === found.length &&
        others.length === leftOut.length;
      if (!areAllThere && search < searches) continue;
      for (const source of others) wanted.onLeftOut?.(source);
      return sources;
    }
  };

  /** @returns `null` where it was replaced since it was found */
  const sourceOf = (articleRow: number, positions: number[], score: number): Source | null => {
    const passages = readPassages.all(articleRow).map(({ text, lead, anchor }) => ({
      text: String(text),
      lead: lead as string | null,
      anchor: anchor as string | null,
    }));
    const places = positions.map((position) => Math.min(position, passages.length - 1));
    const passage = passages[places[0] ?? 0];
    const article = readArticleAt.get(articleRow);
    if (article === undefined || passage === undefined) return null;
    const { id, kind, for_whom: forWhom } = article;
    const { anchor } = passage;
    return {
      id: String(id),
      kind: "article",
      title: String(article.title),
      url: linkToPassage(article.url as string | null, anchor),
      text: readingAround(passages, ...places),
      score,
      language: article.language as string | null,
      at: article.updated_at as number | null,
      isInternal: article.is_internal === 1,
      passage: passageKey(passage.text),
      place: placeWords({ id: String(id), kind: String(kind), anchor }),
      ...(typeof forWhom === "string" ? { forWhom: JSON.parse(forWhom) } : {}),
    };
  };

  const read = (id: string): ArticleAsKept | null => {
    const article = readArticle.get(id) ?? readVersion.get(id);
    if (article === undefined) return null;
    const passages = readPassages.all(Number(article.row)).map(({ text }) => String(text));
    return { ...keptArticle(article), passages };
  };

  return { search, read };
}

type Row = ReturnType<ReturnType<DatabaseSync["prepare"]>["all"]>[number];

function hitIn(passage: Row, score: number): PassageHit {
  const { article_id: articleId, position } = passage;
  return {
    ...versionOf(passage),
    articleId: String(articleId),
    position: Number(position),
    score,
    ...forWhomOf(passage),
  };
}

function forWhomOf({ for_whom: forWhom }: Row): { forWhom?: ForWhom } {
  return typeof forWhom === "string" ? { forWhom: JSON.parse(forWhom) } : {};
}

function versionOf({ row, language, is_internal }: Row): OtherVersion {
  return {
    articleRow: Number(row),
    language: language as string | null,
    isInternal: is_internal === 1,
  };
}

/** What the file system or SQLite refuses is named like any other outside call. */
async function attempt<T>(
  call: string,
  work: () => T | Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof UpstreamError || signal?.aborted ? cause : sqliteFailure(call, cause);
  }
}

function sqliteFailure(call: string, cause: unknown): UpstreamError {
  const result = cause instanceof Error ? cause.message : "failed";
  return new UpstreamError("sqlite", call, result, { cause });
}
