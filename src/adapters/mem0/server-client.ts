import { UpstreamError } from "../../lib/errors.ts";
import type { Mem0Client, Mem0Record } from "./mem0-client.ts";
import { fetchMem0 } from "./mem0-fetch.ts";
import { toAdded, toRecord, toRecords } from "./mem0-records.ts";

/** The most that the server lists: https://github.com/mem0ai/mem0/blob/main/server/main.py */
const maxListed = 1000;

/**
 * The self-hosted server (https://docs.mem0.ai/open-source/features/rest-api), whose routes and
 * authentication are not the platform's. The scope is its `run_id`.
 */
export function createServerClient(options: {
  apiKey: string;
  baseUrl: string;
  timeoutMs: number;
}): Mem0Client {
  const baseUrl = options.baseUrl.replace(/\/+$/, "");

  const ask = (
    method: string,
    path: string,
    body: object | null,
    isRepeatable: boolean,
    signal: AbortSignal,
  ): Promise<unknown> =>
    fetchMem0(
      `${baseUrl}${path}`,
      {
        method,
        headers: { "Content-Type": "application/json", "X-API-Key": options.apiKey },
        isRepeatable,
        ...(body === null ? {} : { body: JSON.stringify(body) }),
      },
      options.timeoutMs,
      signal,
    );

  const list = async (filter: Record<string, string>, limit: number, signal: AbortSignal) => {
    const query = new URLSearchParams({ ...filter, top_k: String(Math.min(limit, maxListed)) });
    const body = await ask("GET", `/memories?${query}`, null, true, signal);
    return toRecords("GET /memories", body).records;
  };

  const read = async (id: string, signal: AbortSignal): Promise<Mem0Record | null> => {
    try {
      const body = await ask("GET", `/memories/${encodeURIComponent(id)}`, null, true, signal);
      return body === null ? null : toRecord("GET /memories/{id}", body);
    } catch (error) {
      if (error instanceof UpstreamError && error.status === 404) return null;
      throw error;
    }
  };

  return {
    add: async ({ text, userId, scope, metadata }, signal) => {
      const body = {
        messages: [{ role: "user", content: text }],
        user_id: userId,
        run_id: scope,
        infer: false,
        metadata,
      };
      const added = toAdded("POST /memories", await ask("POST", "/memories", body, false, signal));
      if (added !== null && added.text !== null && added.text !== text) {
        // Servers from before `infer` ignore it and store what a model makes of the text.
        throw new UpstreamError(
          "mem0",
          "POST /memories",
          "the text was not stored word for word: update the Mem0 server to a version that knows `infer`",
          { isRetryable: false },
        );
      }
      return added?.id ?? null;
    },

    search: async (query, userId, limit, signal) => {
      // The user stands twice: older servers look beside `filters`, newer ones into it.
      const body = {
        query,
        user_id: userId,
        filters: { user_id: userId },
        top_k: limit,
        threshold: 0,
      };
      return toRecords("POST /search", await ask("POST", "/search", body, true, signal)).records;
    },

    listScope: (scope, signal) => list({ run_id: scope }, maxListed, signal),

    listKind: async () => {
      throw new UpstreamError(
        "mem0",
        "GET /memories",
        "a server of one's own lists the memories of one user only",
        { isRetryable: false },
      );
    },

    listUser: (userId, limit, signal) => list({ user_id: userId }, limit, signal),

    read,

    remove: async (id, signal) => {
      try {
        await ask("DELETE", `/memories/${encodeURIComponent(id)}`, null, true, signal);
      } catch (error) {
        // What a server says to the deletion of an unknown id differs by version, up to 500.
        if (signal.aborted || (await read(id, signal)) !== null) throw error;
      }
    },
  };
}
