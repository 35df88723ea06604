import { type ForWhom, isTold } from "../../core/for-whom.ts";
import { changeOf } from "../../core/knowledge/article-changes.ts";
import type {
  Article,
  ArticleIndex,
  ArticleKind,
  SourceKind,
} from "../../core/knowledge/article-refresh.ts";
import { isAmong } from "../../core/knowledge/file-articles.ts";
import {
  articlesFound,
  type FoundArticle,
  type OtherVersion,
  type PassageHit,
} from "../../core/knowledge/found-articles.ts";
import type { Passage } from "../../core/knowledge/passages.ts";
import {
  headingsIn,
  linkToPassage,
  mostPlaces,
  readingAround,
} from "../../core/knowledge/reading-around.ts";
import { placeWords } from "../../core/knowledge/source-places.ts";
import type { Source } from "../../core/types.ts";
import { contentHash } from "../../lib/content-hash.ts";
import type { FullTextHit } from "../../lib/full-text/ranking.ts";
import { loadLanguageOf } from "../../lib/language.ts";
import { passageKey } from "../../lib/passage-key.ts";
import { createArticleList, keptArticle } from "./article-list.ts";
import { asStored, jsonOf, textOf } from "./as-stored.ts";
import type { Database } from "./database.ts";
import { createFullText, type FullText } from "./full-text.ts";
import type { Row, Sql } from "./sql.ts";
import {
  type ByMeaning,
  createVectors,
  type Embedded,
  searchWith,
  type Vectors,
} from "./vectors.ts";

/** As with remembered answers: what a text is about counts more than the words it happens to use. */
const weights = { title: 2.5, heading: 1, text: 1 };
/** A long article has many passages that fit; these many hits leave enough different articles. */
const passagesPerArticle = 12;
/** So many hits are looked through for what is for who asks. */
const lookedThrough = 400;
/** Of older changes the answers have been seen to, or will not be. */
const keptChanges = 300;
/** So many passages begin with what an article is about. */
const topicPassages = 20;
/** What is removed at once, so that whoever writes beside it waits for a moment only. */
const removedAtOnce = 200;
/** More passages on each side of one hold more text than a model is given of an article. */
const neighbours = 60;
/** An article may be replaced between being found and being read; so often it is looked for again. */
const searches = 4;
/**
 * Nobody has named a source for so long: the replicas that did are gone, and those that begin have
 * begun.
 */
const abandonedAfter = "10 minutes";

type Kept = Parameters<ArticleIndex["keepOnly"]>;

/** A passage means what it means under its title and headings. */
const embeddedPassages: Embedded = {
  table: "passage",
  from: (schema) =>
    `${schema}.passage AS passage JOIN ${schema}.article AS article ON article.row = passage.article_row`,
  text: "article.title || chr(10) || coalesce(passage.lead || chr(10), '') || passage.text",
  only: "true",
};

/**
 * Articles and their passages in PostgreSQL, for all replicas that share it.
 *
 * @param byMeaning finds by meaning too, where the database can; `null` leaves it at words
 */
export function createPostgresHelpCenter(
  database: Database,
  byMeaning: ByMeaning | null = null,
): ArticleIndex {
  const { schema } = database;
  const untilDone = new AbortController().signal;
  const ask = (call: string, text: string, values: unknown[] = [], signal = untilDone) =>
    database.ask(call, signal, (sql) => sql.query(text, values));
  const fullText = createFullText(database, { table: "passage", weights });
  const write = createWriting(database, fullText);
  const vectors =
    byMeaning && createVectors(database, embeddedPassages, { ...byMeaning, what: "passages" });
  const search = createReading(database, fullText, vectors);

  const goneOf = async (...[kind, ids, articleIds, since]: Kept): Promise<Row[]> => {
    const rows = await ask(
      "missing",
      `SELECT row, id, article_id, title, url FROM ${schema}.article
       WHERE kind = $1 AND written_at <= $2 ORDER BY row`,
      [kind, since ?? Number.MAX_SAFE_INTEGER],
    );
    return rows.filter(
      ({ id, article_id }) => !ids.has(String(id)) && !isAmong(String(article_id), articleIds),
    );
  };

  return {
    ...createArticleList(database),
    search,
    async put(kind, given, passages) {
      const state = await compare(given, passages);
      const article = asStored(given);
      if (state === "same") return write.sameAsBefore(article);
      const isNew = await write.put(kind, article, passages, fingerprintOf(given, passages));
      if (isNew) vectors?.filling.changed();
      return isNew;
    },
    async keepOnly(...which) {
      const rows = (await goneOf(...which)).map(({ row }) => Number(row));
      let removed = 0;
      for (let at = 0; at < rows.length; at += removedAtOnce) {
        removed += await write.remove(rows.slice(at, at + removedAtOnce), which[3]);
      }
      if (removed > 0) vectors?.filling.changed();
      return removed;
    },
    async missing(...which) {
      const gone = await goneOf(...which);
      return gone.map(({ title, url }) => ({ title: String(title), url: url as string | null }));
    },
    async setForWhom(kind, forWhom) {
      await ask(
        "setForWhom",
        `INSERT INTO ${schema}.article_kind (kind, for_whom, named_at)
         VALUES ($1, $2, clock_timestamp())
         ON CONFLICT (kind) DO UPDATE SET (for_whom, named_at) = (excluded.for_whom, excluded.named_at)`,
        [kind, forWhom === null ? null : jsonOf(forWhom)],
      );
    },
    async moment() {
      const [now] = await ask("moment", `SELECT ${moment} AS moment`);
      return Number(now?.moment);
    },
    async versions(kind) {
      const rows = await ask(
        "versions",
        `SELECT version FROM ${schema}.article WHERE kind = $1 AND version IS NOT NULL`,
        [kind],
      );
      return rows.map(({ version }) => String(version));
    },
    compare,
    async sourceTopics(articles) {
      const rows = await ask(
        "topics",
        `SELECT id, title, array(
           SELECT text FROM ${schema}.passage
           WHERE article_row = first.row AND position < $2 ORDER BY position
         ) AS texts
         FROM (
           SELECT DISTINCT ON (article_id) row, id, title FROM ${schema}.article
           WHERE kind LIKE 'source:%' AND NOT is_internal ORDER BY article_id, row
         ) AS first ORDER BY row LIMIT $1`,
        [articles, topicPassages],
      );
      return rows.map(({ id, title, texts }) => ({
        articleId: String(id),
        title: String(title),
        headings: (texts as string[]).flatMap(headingsIn),
      }));
    },
    async changes(limit) {
      const rows = await ask(
        "changes",
        `SELECT * FROM ${schema}.article_change ORDER BY at DESC, row DESC LIMIT $1`,
        [limit],
      );
      return rows.map((change) => ({
        articleId: String(change.article_id),
        title: String(change.title),
        url: change.url as string | null,
        at: Number(change.at),
        differences: change.differences as ReturnType<typeof JSON.parse>,
      }));
    },
    async articles() {
      const rows = await ask(
        "articles",
        `SELECT article_id, title, url, for_whom, string_agg(text, chr(10) ORDER BY position) AS text
         FROM ${schema}.article AS article
         JOIN ${schema}.passage AS passage ON passage.article_row = article.row
         LEFT JOIN ${schema}.article_kind USING (kind)
         WHERE NOT is_internal GROUP BY article.row, article_kind.kind ORDER BY article.row`,
      );
      return rows.map((article) => ({
        articleId: String(article.article_id),
        title: String(article.title),
        url: article.url as string | null,
        text: String(article.text),
        ...forWhomOf(article),
      }));
    },
    async read(id) {
      const [article] = await ask(
        "read",
        `SELECT *, array(
           SELECT text FROM ${schema}.passage WHERE article_row = article.row ORDER BY position
         ) AS passages
         FROM ${schema}.article AS article WHERE id = $1 OR article_id = $1
         ORDER BY id <> $1 LIMIT 1`,
        [textOf(id)],
      );
      if (article === undefined) return null;
      return { ...keptArticle(article), passages: article.passages as string[] };
    },
    async abandoned(named) {
      const kinds = await database.ask("abandoned", untilDone, (sql) =>
        abandonedKinds(sql, schema, named),
      );
      return kinds.filter((kind) => !named.includes(kind));
    },
    fillVectors: async (signal) => (await vectors?.filling.fill(signal)) ?? 0,
    // The connections are those of the memory, which ends them.
    async close() {},
  };

  async function compare(article: Article, passages: Passage[]) {
    const [before] = await ask(
      "compare",
      `SELECT fingerprint FROM ${schema}.article WHERE id = $1`,
      [textOf(article.id)],
    );
    if (before === undefined) return "new";
    return before.fingerprint === fingerprintOf(article, passages) ? "same" : "changed";
  }
}

/** Microseconds since 1970, by the server's clock; later within a transaction, too. */
const moment = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

function createWriting(database: Database, fullText: FullText) {
  const { schema } = database;
  const untilDone = new AbortController().signal;

  return {
    /** What the source wants to know of it may be another, though its text is not. @returns false: nothing changed */
    async sameAsBefore({ id, version }: Article): Promise<false> {
      if (version === undefined) return false;
      await database.ask("put", untilDone, (sql) =>
        sql.query(
          `UPDATE ${schema}.article SET version = $2 WHERE id = $1 AND version IS DISTINCT FROM $2`,
          [id, version],
        ),
      );
      return false;
    },
    /** @returns whether nobody was faster */
    async put(kind: ArticleKind, article: Article, passages: Passage[], fingerprint: string) {
      const rows = await rowsOf(article, passages);
      return database.inTransaction("put", untilDone, async (sql) => {
        // Of those who write the same article the second finds what the first has written.
        await sql.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [article.id]);
        const [before] = await sql.query(
          // Before its passages, as whoever removes it does.
          `SELECT row, fingerprint FROM ${schema}.article WHERE id = $1 FOR UPDATE`,
          [article.id],
        );
        if (before?.fingerprint === fingerprint) return false;
        const row = await putArticle(sql, kind, article, fingerprint);
        if (before !== undefined) await removePassages(sql, article, row, passages);
        await putPassages(sql, row, rows);
        return true;
      });
    },
    /** @returns how many were still there, and not written after `since` */
    remove(rows: number[], since = Number.MAX_SAFE_INTEGER): Promise<number> {
      return database.inTransaction("keepOnly", untilDone, async (sql) => {
        // Whoever removes the same locks them in the same order.
        const gone = await sql.query(
          `DELETE FROM ${schema}.article WHERE row IN (
             SELECT row FROM ${schema}.article WHERE row = ANY ($1) AND written_at <= $2
             ORDER BY row FOR UPDATE
           ) RETURNING article_id`,
          [rows, since],
        );
        await sql.query(`DELETE FROM ${schema}.article_change WHERE article_id = ANY ($1)`, [
          gone.map(({ article_id }) => article_id),
        ]);
        return gone.length;
      });
    },
  };

  /** What the article says otherwise now is kept. */
  async function removePassages(sql: Sql, article: Article, row: number, passages: Passage[]) {
    const gone = await sql.query(
      `WITH gone AS (DELETE FROM ${schema}.passage WHERE article_row = $1 RETURNING position, text)
       SELECT text FROM gone ORDER BY position`,
      [row],
    );
    const texts = gone.map(({ text }) => String(text));
    const change = changeOf(article, texts, passages, Date.now());
    if (change === null) return;
    const { articleId, title, url, at, differences } = change;
    await sql.query(
      `INSERT INTO ${schema}.article_change (article_id, title, url, at, differences)
       VALUES ($1, $2, $3, $4, $5)`,
      [articleId, title, url, at, jsonOf(differences)],
    );
    await sql.query(
      `DELETE FROM ${schema}.article_change
       WHERE row <= (SELECT max(row) - $1 FROM ${schema}.article_change)`,
      [keptChanges],
    );
  }

  async function putArticle(sql: Sql, kind: ArticleKind, article: Article, fingerprint: string) {
    const [written] = await sql.query(
      `INSERT INTO ${schema}.article (id, article_id, kind, fingerprint, title, url, language,
                                      updated_at, is_internal, version, written_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ${moment})
       ON CONFLICT (id) DO UPDATE SET (article_id, kind, fingerprint, title, url, language,
                                       updated_at, is_internal, version, written_at)
         = (excluded.article_id, excluded.kind, excluded.fingerprint, excluded.title, excluded.url,
            excluded.language, excluded.updated_at, excluded.is_internal, excluded.version,
            excluded.written_at)
       RETURNING row`,
      [
        article.id,
        article.articleId,
        kind,
        fingerprint,
        article.title,
        article.url,
        article.language,
        article.updatedAt,
        article.isInternal,
        article.version ?? null,
      ],
    );
    return Number(written?.row);
  }

  /** Made before the writing, because whoever writes passages waits for the one before. */
  async function rowsOf(article: Article, passages: Passage[]): Promise<Row[]> {
    const title = [...article.collections, article.title].join("\n");
    const indexable = passages.map(({ heading, text }) => {
      return { texts: [title, heading ?? "", text], language: article.language };
    });
    const words = await database.ask("put", untilDone, (sql) => fullText.index(sql, indexable));
    return passages.map(({ text, anchor, lead }, position) => {
      return { position, text, anchor, lead, ...words[position] };
    });
  }

  async function putPassages(sql: Sql, row: number, passages: Row[]): Promise<void> {
    await sql.query(
      `INSERT INTO ${schema}.passage (article_row, position, text, anchor, lead, words, lengths, words_in)
       SELECT $1::bigint, position, text, anchor, lead, words, lengths, words_in
       FROM json_to_recordset($2::json)
         AS passage (position int, text text, anchor text, lead text,
                     words tsvector, lengths int[], words_in text)`,
      [row, jsonOf(passages)],
    );
  }
}

/** A passage that was found, and all versions of its article. */
type Hit = PassageHit & { versions: OtherVersion[] };
/** What is to be read of a version: its passages that fit, the best first. */
type Reading = { articleRow: number; positions: number[]; score: number };

function createReading(
  database: Database,
  fullText: FullText,
  vectors: Vectors | null,
): ArticleIndex["search"] {
  const { schema } = database;

  return async (query, wanted, signal) => {
    const isFiltered = isTold(wanted) && (await hasForWhom(signal));
    const asked = Math.max(wanted.limit * passagesPerArticle, isFiltered ? lookedThrough : 0);
    const { language = null } = wanted;
    const asker = { ...wanted, language };
    for (let search = 1; ; search += 1) {
      const ranked = await searchWith(vectors, query, asked, signal, (most) =>
        fullText.search(query, most, signal),
      );
      const hits = await hitsOf(ranked, signal);
      const first = articlesFound(hits, asker, versionsOf);
      if (first.isLanguageNeeded) asker.language = (await loadLanguageOf())(query);
      const { found, leftOut } =
        asker.language === null ? first : articlesFound(hits, asker, versionsOf);
      const readings = [...found.map(readingOf), ...leftOut.map(readingOfHit)];
      const sources = await sourcesOf(readings, signal);
      const isWhole = hits.length === ranked.length && !sources.includes(null);
      if (!isWhole && search < searches) continue;
      for (const other of sources.slice(found.length)) {
        if (other !== null) wanted.onLeftOut?.(other);
      }
      return sources.slice(0, found.length).filter((source) => source !== null);
    }
  };

  /** Whether any source is for some only. */
  async function hasForWhom(signal: AbortSignal): Promise<boolean> {
    const rows = await database.ask("search", signal, (sql) =>
      sql.query(`SELECT FROM ${schema}.article_kind WHERE for_whom IS NOT NULL LIMIT 1`),
    );
    return rows.length > 0;
  }

  /** In the same order; a passage that was replaced since it was found is not among them. */
  async function hitsOf(ranked: FullTextHit[], signal: AbortSignal): Promise<Hit[]> {
    const rows = await database.ask("search", signal, (sql) =>
      sql.query(
        `SELECT passage.row AS passage_row, passage.position, article.row, article_id, language,
                is_internal, for_whom, array(
                  SELECT json_build_object('row', row, 'language', language, 'is_internal', is_internal)
                  FROM ${schema}.article AS version WHERE version.article_id = article.article_id
                ) AS versions
         FROM ${schema}.passage AS passage
         JOIN ${schema}.article AS article ON article.row = passage.article_row
         LEFT JOIN ${schema}.article_kind USING (kind)
         WHERE passage.row = ANY ($1)`,
        [ranked.map(({ row }) => row)],
      ),
    );
    const byRow = new Map(rows.map((row) => [Number(row.passage_row), row]));
    return ranked.flatMap(({ row, score }) => {
      const passage = byRow.get(row);
      return passage === undefined ? [] : [hitIn(passage, score)];
    });
  }

  /** One for each; `null` for what was replaced since it was found. */
  async function sourcesOf(readings: Reading[], signal: AbortSignal): Promise<(Source | null)[]> {
    const places = readings.flatMap(({ articleRow, positions }) =>
      positions.slice(0, mostPlaces).map((position) => ({ articleRow, position })),
    );
    const rows = await database.ask("search", signal, (sql) =>
      sql.query(
        `SELECT article.*, for_whom, passage.position, text, lead, anchor
         FROM ${schema}.article AS article
         LEFT JOIN ${schema}.article_kind USING (kind)
         JOIN ${schema}.passage AS passage ON passage.article_row = article.row
         WHERE article.row = ANY ($1) AND EXISTS (
           SELECT FROM unnest($1::bigint[], $2::int[]) AS place (article_row, position)
           WHERE place.article_row = article.row
             AND abs(passage.position - place.position) <= ${neighbours})
         ORDER BY passage.position`,
        [places.map(({ articleRow }) => articleRow), places.map(({ position }) => position)],
      ),
    );
    return readings.map((reading) =>
      sourceOf(
        reading,
        rows.filter(({ row }) => Number(row) === reading.articleRow),
      ),
    );
  }
}

const versionsOf = ({ versions }: Hit) => versions;

function readingOf({ best, articleRow, positions }: FoundArticle<Hit>): Reading {
  // Translations have most of their sections in the same order.
  const places = positions.length === 0 ? [best.position] : positions;
  return { articleRow, positions: places, score: best.score };
}

function readingOfHit({ articleRow, position, score }: Hit): Reading {
  return { articleRow, positions: [position], score };
}

function hitIn(passage: Row, score: number): Hit {
  return {
    ...versionOf(passage),
    ...forWhomOf(passage),
    articleId: String(passage.article_id),
    position: Number(passage.position),
    score,
    versions: (passage.versions as Row[]).map(versionOf),
  };
}

function versionOf({ row, language, is_internal }: Row): OtherVersion {
  return {
    articleRow: Number(row),
    language: language as string | null,
    isInternal: is_internal === true,
  };
}

function forWhomOf({ for_whom }: Row): { forWhom?: ForWhom } {
  return for_whom === null ? {} : { forWhom: for_whom as ForWhom };
}

/** @param passages of the article, in their order, as far as a model may be given them */
function sourceOf({ positions, score }: Reading, passages: Row[]): Source | null {
  const places = positions.map((position) => {
    const at = passages.findIndex((passage) => Number(passage.position) >= position);
    return at === -1 ? passages.length - 1 : at;
  });
  const passage = passages[places[0] ?? 0];
  if (passage === undefined) return null;
  const texts = passages.map(({ text, lead }) => ({
    text: String(text),
    lead: lead as string | null,
  }));
  const anchor = passage.anchor as string | null;
  return {
    id: String(passage.id),
    kind: "article",
    title: String(passage.title),
    url: linkToPassage(passage.url as string | null, anchor),
    text: readingAround(texts, ...places),
    score,
    language: passage.language as string | null,
    at: passage.updated_at as number | null,
    isInternal: passage.is_internal === true,
    passage: passageKey(String(passage.text)),
    place: placeWords({ id: String(passage.id), kind: String(passage.kind), anchor }),
    ...forWhomOf(passage),
  };
}

/**
 * Says what this process names, and asks what nobody has named for a while. What stands there and
 * was never named counts from now on; what was imported is named by being there.
 *
 * @param sql each statement on its own: who holds a row of one kind must not wait for another one
 */
async function abandonedKinds(
  sql: Sql,
  schema: string,
  named: readonly SourceKind[],
): Promise<SourceKind[]> {
  // In one order by all, so that none waits for another who waits for it.
  await sql.query(
    `INSERT INTO ${schema}.article_kind (kind, named_at)
     SELECT kind, clock_timestamp() FROM unnest($1::text[]) AS kind ORDER BY kind
     ON CONFLICT (kind) DO UPDATE SET named_at = excluded.named_at`,
    [named],
  );
  await sql.query(
    `INSERT INTO ${schema}.article_kind (kind, named_at)
     SELECT kind, clock_timestamp() FROM (
       SELECT DISTINCT kind FROM ${schema}.article WHERE kind LIKE 'source:%'
     ) AS there
     WHERE NOT EXISTS (SELECT FROM ${schema}.article_kind AS known WHERE known.kind = there.kind)
     ORDER BY kind
     ON CONFLICT (kind) DO NOTHING`,
  );
  const rows = await sql.query(
    `SELECT kind FROM ${schema}.article_kind AS known
     WHERE named_at < clock_timestamp() - interval '${abandonedAfter}'
       AND EXISTS (SELECT FROM ${schema}.article WHERE article.kind = known.kind)
       AND NOT EXISTS (SELECT FROM ${schema}.knowledge_import WHERE 'source:' || name = known.kind)`,
  );
  return rows.map(({ kind }) => kind as SourceKind);
}

function fingerprintOf(article: Article, passages: Passage[]): string {
  return contentHash([{ ...article, version: undefined }, passages]);
}
