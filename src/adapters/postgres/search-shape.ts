import { searchLanguages } from "./search-languages.ts";

/** The tables that are searched by words: each has `words tsvector`, `lengths int[]`, `words_in text`. */
const searchedTables = ["answer", "turn", "passage"];

/** What a statement did to the words of a table, as rows that came and rows that went. */
const changes = {
  insert: {
    tables: "NEW TABLE AS came",
    rows: "SELECT words, lengths, words_in, 1 AS sign FROM came WHERE words IS NOT NULL",
  },
  delete: {
    tables: "OLD TABLE AS went",
    rows: "SELECT words, lengths, words_in, -1 AS sign FROM went WHERE words IS NOT NULL",
  },
  update: {
    tables: "OLD TABLE AS went NEW TABLE AS came",
    rows: `SELECT words, lengths, words_in, 1 AS sign FROM came WHERE words IS NOT NULL
           UNION ALL SELECT words, lengths, words_in, -1 AS sign FROM went WHERE words IS NOT NULL`,
  },
};

/** A word that stands nowhere any more may have been somebody's name. */
const forgetLostWords = `
    DELETE FROM vocabulary
      USING (SELECT DISTINCT unnest(tsvector_to_array(words)) AS term FROM went) AS lost
      WHERE searched = TG_TABLE_NAME AND vocabulary.term = lost.term AND rows <= 0;`;

/**
 * What the search by words stands on, beside the columns of the tables themselves.
 *
 * A dictionary of word endings for each language, without stop words; an index of the words; and
 * what is known of a table's words without counting: in how many rows each of them stands, how many
 * rows there are and how long they are. Triggers keep that true in the transaction of the writing
 * itself, whoever writes. Who writes a table waits for the one before, from the first row on, so
 * that no two can ever be in each other's way.
 */
export const searchShape = `
  ${searchLanguages
    .map(
      ([code, language]) =>
        `CREATE TEXT SEARCH DICTIONARY stem_${code} (TEMPLATE = pg_catalog.snowball, Language = ${language});`,
    )
    .join("\n  ")}

  CREATE TABLE vocabulary (
    searched text NOT NULL,
    term text COLLATE "C" NOT NULL,
    rows bigint NOT NULL,
    PRIMARY KEY (searched, term)
  ) WITH (fillfactor = 70);
  CREATE TABLE searched (
    name text PRIMARY KEY,
    rows bigint NOT NULL DEFAULT 0,
    -- How many were ever written.
    written bigint NOT NULL DEFAULT 0,
    -- How many words each column has, of all rows together.
    lengths bigint[] NOT NULL DEFAULT '{}',
    -- Whose word endings its rows were indexed with.
    languages text[] NOT NULL DEFAULT '{}'
  ) WITH (fillfactor = 50);

  CREATE FUNCTION lock_words() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, 0));
    RETURN NULL;
  END $$;
  ${Object.entries(changes)
    .map(
      ([event, { rows }]) => `
  CREATE FUNCTION count_words_on_${event}() RETURNS trigger
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  BEGIN
    INSERT INTO vocabulary (searched, term, rows)
      SELECT TG_TABLE_NAME, term, sum(sign)
      FROM (${rows}) AS changed, unnest(tsvector_to_array(words)) AS term
      GROUP BY term HAVING sum(sign) <> 0
      ON CONFLICT (searched, term) DO UPDATE SET rows = vocabulary.rows + excluded.rows;
    ${event === "insert" ? "" : forgetLostWords}
    UPDATE searched SET
      rows = rows + counted.sum,
      written = written + counted.came,
      lengths = ARRAY[
        coalesce(lengths[1], 0) + counted.first, coalesce(lengths[2], 0) + counted.second,
        coalesce(lengths[3], 0) + counted.third, coalesce(lengths[4], 0) + counted.fourth],
      languages = ARRAY(
        SELECT unnest(languages) UNION SELECT unnest(counted.tongues) ORDER BY 1)
    FROM (
      SELECT coalesce(sum(sign), 0) AS sum, count(*) FILTER (WHERE sign = 1) AS came,
        coalesce(sum(sign * lengths[1]), 0) AS first, coalesce(sum(sign * lengths[2]), 0) AS second,
        coalesce(sum(sign * lengths[3]), 0) AS third, coalesce(sum(sign * lengths[4]), 0) AS fourth,
        array_agg(DISTINCT words_in) FILTER (WHERE sign = 1) AS tongues,
        count(*) AS all
      FROM (${rows}) AS changed
    ) AS counted
    WHERE name = TG_TABLE_NAME AND counted.all > 0;
    RETURN NULL;
  END $$;`,
    )
    .join("")}

  CREATE FUNCTION forget_words() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  BEGIN
    DELETE FROM vocabulary WHERE searched = TG_TABLE_NAME;
    UPDATE searched SET rows = 0, lengths = '{}', languages = '{}' WHERE name = TG_TABLE_NAME;
    RETURN NULL;
  END $$;

  ${searchedTables
    .map(
      (table) => `
  INSERT INTO searched (name) VALUES ('${table}');
  -- Without a list of what is still to be put in: a search would have to read it.
  CREATE INDEX ${table}_words ON ${table} USING gin (words) WITH (fastupdate = off);
  CREATE TRIGGER lock_words BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${table}
    FOR EACH STATEMENT EXECUTE FUNCTION lock_words();
  CREATE TRIGGER forget_words AFTER TRUNCATE ON ${table}
    FOR EACH STATEMENT EXECUTE FUNCTION forget_words();
  ${Object.entries(changes)
    .map(
      ([event, { tables }]) => `
  CREATE TRIGGER count_words_on_${event} AFTER ${event} ON ${table} REFERENCING ${tables}
    FOR EACH STATEMENT EXECUTE FUNCTION count_words_on_${event}();`,
    )
    .join("")}`,
    )
    .join("")}
`;
