import { AsyncLocalStorage } from "node:async_hooks";

import { UpstreamError } from "../../lib/errors.ts";
import type { Mem0Client } from "./mem0-client.ts";
import { fetchMem0 } from "./mem0-fetch.ts";
import { toAdded, toRecord, toRecords } from "./mem0-records.ts";

/** The most that the platform gives at once: https://docs.mem0.ai/api-reference/memory/get-memories */
const pageSize = 200;

/**
 * The hosted platform, through the `mem0ai` package.
 *
 * The package is loaded on creation and not before, because it reads its telemetry switch
 * (`MEM0_TELEMETRY`) once, while loading.
 */
export function createPlatformClient(options: {
  apiKey: string;
  baseUrl: string;
  timeoutMs: number;
}): Mem0Client {
  // The package's calls take no signal; it travels beside them to the overridden fetch below.
  const callers = new AsyncLocalStorage<{ signal: AbortSignal; isRepeatable: boolean }>();
  const loading = load(options, callers);
  // Whoever calls first hears of a failure; nobody calling is no reason to crash.
  loading.catch(() => {});

  const ask = async <T>(
    signal: AbortSignal,
    isRepeatable: boolean,
    call: (client: Awaited<typeof loading>) => Promise<T>,
  ): Promise<T> => {
    signal.throwIfAborted();
    const client = await loading;
    return callers.run({ signal, isRepeatable }, () => call(client));
  };

  return {
    add: ({ text, userId, scope, metadata }, signal) =>
      ask(signal, false, async (client) => {
        const body = await client.add([{ role: "user", content: text }], {
          userId,
          infer: false,
          metadata: { ...metadata, scope },
        });
        return toAdded("add", body)?.id ?? null;
      }),

    search: (query, userId, limit, signal) =>
      ask(signal, true, async (client) => {
        const filters = { AND: [{ user_id: userId }] };
        return toRecords(
          "search",
          await client.search(query, { filters, topK: limit, threshold: 0 }),
        ).records;
      }),

    listScope: (scope, signal) =>
      ask(signal, true, async (client) => {
        // "*" stands for any user: whose conversation it is need not be known to find it.
        const filters = { AND: [{ user_id: "*" }, { metadata: { scope } }] };
        return await allPages(client, filters, Number.POSITIVE_INFINITY);
      }),

    listKind: (kind, signal) =>
      ask(signal, true, async (client) => {
        const filters = { AND: [{ user_id: "*" }, { metadata: { kind } }] };
        return await allPages(client, filters, Number.POSITIVE_INFINITY);
      }),

    listUser: (userId, limit, signal) =>
      ask(signal, true, (client) => allPages(client, { AND: [{ user_id: userId }] }, limit)),

    read: (id, signal) =>
      ask(signal, true, (client) =>
        unlessGone(async () => toRecord("read", await client.get(id)), null),
      ),

    remove: (id, signal) =>
      ask(signal, true, (client) =>
        unlessGone(async () => {
          await client.delete(id);
        }, undefined),
      ),
  };
}

async function unlessGone<T, G>(call: () => Promise<T>, whenGone: G): Promise<T | G> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof UpstreamError && error.status === 404) return whenGone;
    throw error;
  }
}

type Listing = {
  getAll(options: { filters: object; page: number; pageSize: number }): Promise<unknown>;
};

async function allPages(client: Listing, filters: object, limit: number) {
  const all = [];
  for (let page = 1; ; page++) {
    const body = await client.getAll({ filters, page, pageSize: Math.min(limit, pageSize) });
    const { records, hasMore } = toRecords("list", body);
    all.push(...records);
    if (!hasMore || records.length === 0 || all.length >= limit) return all.slice(0, limit);
  }
}

async function load(
  { apiKey, baseUrl, timeoutMs }: { apiKey: string; baseUrl: string; timeoutMs: number },
  callers: AsyncLocalStorage<{ signal: AbortSignal; isRepeatable: boolean }>,
) {
  const { MemoryClient } = await import("mem0ai");

  /** A class because the package can be told about time-outs and signals in no other way. */
  class PatientClient extends MemoryClient {
    override async _fetchRawJson(
      url: string,
      request: { method?: string; headers?: Record<string, string>; body?: string },
    ): Promise<unknown> {
      const caller = callers.getStore();
      const method = request.method ?? "GET";
      return fetchMem0(
        url,
        {
          method,
          headers: {
            ...request.headers,
            Authorization: `Token ${apiKey}`,
          },
          isRepeatable: caller?.isRepeatable ?? false,
          ...(request.body === undefined ? {} : { body: request.body }),
        },
        timeoutMs,
        caller?.signal ?? AbortSignal.timeout(timeoutMs),
      );
    }

    /** Called on construction, only to learn an e-mail address for telemetry. */
    override async ping(): Promise<void> {}
  }

  // A trailing slash would ask for //v3/…
  return new PatientClient({ apiKey, host: baseUrl.replace(/\/+$/, "") });
}
