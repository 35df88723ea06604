import type { Pool, PoolClient } from "pg";

import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { sleep } from "../../lib/sleep.ts";
import { addressOf, isPassing, isState, resultOf, type Trouble, whyUnusable } from "./failures.ts";
import { type Inspection, inspect, isNewest, migrate } from "./migrations.ts";
import type { Row, Sql } from "./sql.ts";

export type Database = {
  /** Everything of ours is in this schema. Fixed words of ours, never input. */
  readonly schema: string;
  /**
   * Connects, and brings the schema to the newest shape. The other calls do so themselves where it
   * has not been done; called first, it says in words what is wrong.
   * @throws DatabaseError
   */
  open(): Promise<void>;
  /** Looks at server and schema, and changes nothing. @throws DatabaseError */
  inspect(): Promise<Inspection>;
  /**
   * Each statement on its own, on whichever connection is free.
   * @param call what a failure is named after
   * @throws UpstreamError, never with contents; the signal's reason when that ended the wait
   */
  ask<T>(call: string, signal: AbortSignal, work: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * All of the work or nothing. It is done again from the start where another transaction was in
   * the way (a deadlock), so it may do nothing but ask and compute.
   */
  inTransaction<T>(call: string, signal: AbortSignal, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Lets go of all connections, of each as soon as what is under way on it has ended. */
  close(): void;
};

export type DatabaseOptions = {
  /** `postgres://` or `postgresql://`. */
  url: string;
  schema: string;
  log: Log;
};

/** The memory in PostgreSQL cannot be used: for whoever starts the service. Never with the password. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly trouble: Trouble;
  /** Whether it may be over soon without anybody doing anything: the server is starting, or away. */
  readonly isPassing: boolean;

  constructor(trouble: Trouble, details: { isPassing: boolean; cause: unknown }) {
    const { what, remedy } = trouble;
    super(`The memory in MEMORY_URL cannot be used: ${what}. ${remedy}`, { cause: details.cause });
    this.trouble = trouble;
    this.isPassing = details.isPassing;
  }
}

/** Each replica has so many; PostgreSQL allows 100 in all unless told otherwise. */
const connections = 8;
const connectTimeoutMs = 5_000;
const idleTimeoutMs = 30_000;
/** So that a new primary behind the same name is found by all of them. */
const connectionLifetimeSeconds = 1_800;
const keepAliveDelayMs = 10_000;
/** No statement of ours takes longer, however much is stored; what does is ended on both sides. */
const longestMs = 30_000;
const longestMigrationMs = 600_000;
const attempts = 5;
const pauseMs = 20;

/**
 * What every connection is told first. A statement whose asker is gone is ended by the server within
 * a second; where its system cannot notice that, the time-out remains. Plans are never compiled:
 * that takes longer than our statements.
 */
const sessionSettings = `
  SET statement_timeout = ${longestMs};
  SET idle_in_transaction_session_timeout = ${longestMs};
  SET jit = off;
  DO $$ BEGIN
    PERFORM set_config('client_connection_check_interval', '1000', false);
  EXCEPTION WHEN OTHERS THEN NULL;
  END $$;
`;

/** How int8 is sent (https://www.postgresql.org/docs/current/catalog-pg-type.html): ours are counts and times in ms. */
const int8 = 20;

/**
 * The pool of connections to one PostgreSQL. `pg` is loaded with the first call and not before, so
 * that an installation without it pays nothing for it. A server that goes away fails every call at
 * once or at its signal, and is found again by the next one.
 */
export function openDatabase({ url, schema, log }: DatabaseOptions): Database {
  const address = addressOf(url);
  let pool: Promise<Pool> | null = null;
  let ready: Promise<void> | null = null;
  let isClosed = false;

  async function createPool(): Promise<Pool> {
    const { default: pg } = await import("pg");
    const created = new pg.Pool({
      connectionString: withUsualSslModes(url),
      application_name: "auto-responder",
      max: connections,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      maxLifetimeSeconds: connectionLifetimeSeconds,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveDelayMs,
      allowExitOnIdle: true,
      types: {
        getTypeParser: (type, format) =>
          type === int8 ? Number : pg.types.getTypeParser(type, format),
      },
      onConnect: async (client) => {
        await unless(AbortSignal.timeout(connectTimeoutMs), client.query(sessionSettings));
      },
    });
    // Without a listener, an idle connection that breaks would end the process.
    created.on("error", (error) => log.debug({ error: resultOf(error) }, "postgres-connection"));
    return created;
  }

  async function onConnection<T>(
    signal: AbortSignal,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    if (isClosed) throw new Error("closed");
    pool ??= createPool();
    const connecting = (await pool).connect();
    const client = await unless(signal, connecting, () => {
      // It came too late: somebody else may have it.
      connecting.then((late) => late.release()).catch(() => {});
    });
    // Between two statements a broken connection is only heard of here.
    const noted = () => {};
    client.on("error", noted);
    let isSound = false;
    try {
      const result = await unless(signal, work(client));
      isSound = true;
      return result;
    } catch (error) {
      isSound = isAnswer(error) && !signal.aborted;
      throw error;
    } finally {
      client.off("error", noted);
      // One whose statement nobody waits for any more is closed, and the server ends the statement.
      client.release(!isSound);
    }
  }

  const transact = <T>(signal: AbortSignal, work: (sql: Sql) => Promise<T>): Promise<T> =>
    onConnection(signal, async (client) => {
      await client.query("BEGIN");
      try {
        const result = await work(sqlOf(client));
        await client.query("COMMIT");
        return result;
      } catch (error) {
        // Where this fails too the connection is gone, and with it the transaction.
        await client.query("ROLLBACK").catch(() => {});
        throw error;
      }
    });

  async function makeReady(): Promise<void> {
    const isDone = await onConnection(AbortSignal.timeout(connectTimeoutMs), (client) =>
      isNewest(sqlOf(client), schema),
    );
    if (!isDone) {
      await transact(AbortSignal.timeout(longestMigrationMs), (sql) => migrate(sql, schema));
    }
  }

  /** Done once; what failed is tried again by the next who asks. */
  function whenReady(): Promise<void> {
    ready ??= makeReady().catch((error) => {
      ready = null;
      throw error;
    });
    return ready;
  }

  /** What fails is said for a person. */
  async function inWords<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new DatabaseError(whyUnusable(error, address, schema), {
        isPassing: isPassing(error),
        cause: error,
      });
    }
  }

  async function attempt<T>(
    call: string,
    signal: AbortSignal,
    work: (limited: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const limited = limit(signal, longestMs);
    try {
      await unless(limited.signal, whenReady());
      return await work(limited.signal);
    } catch (cause) {
      // Somebody dropped or restored it: the next call brings it to its shape, as a start does.
      if (isGone(cause)) ready = null;
      signal.throwIfAborted();
      throw cause instanceof UpstreamError ? cause : failure(call, cause);
    } finally {
      limited.stop();
    }
  }

  return {
    schema,
    open: () => inWords(whenReady),
    inspect: () =>
      inWords(() =>
        onConnection(AbortSignal.timeout(connectTimeoutMs), (client) =>
          inspect(sqlOf(client), schema),
        ),
      ),
    ask: (call, signal, work) =>
      attempt(call, signal, (limited) =>
        work({
          query: (text, values) =>
            onConnection(limited, (client) => sqlOf(client).query(text, values)),
        }),
      ),
    inTransaction: (call, signal, work) =>
      attempt(call, signal, async (limited) => {
        for (let done = 1; ; done++) {
          try {
            return await transact(limited, work);
          } catch (error) {
            if (done === attempts || !wasInTheWay(error)) throw error;
            await sleep(pauseMs * done * (1 + Math.random()), limited);
          }
        }
      }),
    close() {
      if (isClosed) return;
      isClosed = true;
      void pool?.then((opened) => opened.end()).catch(() => {});
    },
  };
}

function sqlOf(client: PoolClient): Sql {
  return {
    query: async (text, values) => {
      const { rows } = await client.query<Row>(text, values === undefined ? [] : [...values]);
      return rows;
    },
  };
}

/** A signal that aborts with the other one, after so long, and when it is stopped at the latest. */
function limit(signal: AbortSignal, ms: number): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const end = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(new Error("timeout")), ms);
  signal.addEventListener("abort", end);
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      // Of several statements at once one may have failed, and the others hang.
      controller.abort(new Error("over"));
    },
  };
}

/** Waits for the work, but not once the signal aborts: then its reason is thrown. */
async function unless<T>(
  signal: AbortSignal,
  work: Promise<T>,
  onGivenUp: () => void = () => {},
): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      onGivenUp();
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
    // What is not waited for any more may still fail.
    work.catch(() => {});
  }
}

/**
 * With the meaning that every PostgreSQL client gives `sslmode`: `require` encrypts and looks at no
 * certificate, `verify-full` looks at it. The driver's own reading of `require` is another one.
 * https://www.postgresql.org/docs/current/libpq-ssl.html
 */
function withUsualSslModes(url: string): string {
  if (!/[?&]sslmode=/.test(url)) return url;
  return `${url}&uselibpqcompat=true`;
}

/**
 * Whether the server itself refused the statement, and the connection can go on: not where it has
 * become a copy that is only read, because the one that is written to is then another.
 */
function isAnswer(error: unknown): boolean {
  const code = codeOf(error);
  return isState(code) && !/^(57P|08|25006)/.test(code);
}

/** Serialization failure, deadlock: https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html */
function wasInTheWay(error: unknown): boolean {
  return ["40001", "40P01"].includes(codeOf(error));
}

/** There is no such schema, or no such table in it. */
function isGone(error: unknown): boolean {
  return ["3F000", "42P01"].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function failure(call: string, cause: unknown): UpstreamError {
  return new UpstreamError("postgres", call, resultOf(cause), { isRetryable: isPassing(cause) });
}
