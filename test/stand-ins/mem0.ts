import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/**
 * What goes wrong with one request. Faults are used up one per request, in order; one with `on`
 * waits for a request whose method and path begin so.
 */
type Mem0Fault = { on?: string } & Failing;

type Failing =
  | { kind: "status"; status: number; retryAfterSeconds?: number }
  /** Answers 200 with this. */
  | { kind: "body"; body: string }
  /** Takes the request and never answers. */
  | { kind: "hang" }
  /** Cuts the connection, before or after the work is done. */
  | { kind: "drop"; after: "nothing" | "work" };

export type Mem0StandIn = {
  url: string;
  apiKey: string;
  /** Requests as they came, oldest first. */
  requests: { method: string; path: string; headers: IncomingMessage["headers"]; body: unknown }[];
  /** Everything stored, as Mem0 holds it. */
  memories(): StoredMemory[];
  /** Stores something that did not come through the API. */
  put(memory: Pick<StoredMemory, "memory" | "user_id" | "metadata">): void;
  faults: Mem0Fault[];
  latencyMs: number;
  /** Beyond so many added in a minute of the clock, adding is refused with 429. */
  addsPerMinute: number;
  /** How many requests were refused for that. */
  refused: number;
  close(): Promise<void>;
};

type StoredMemory = {
  id: string;
  memory: string;
  user_id: string;
  run_id: string | null;
  metadata: Record<string, unknown> | null;
  created_at: string;
};

type Answer = { status: number; body: unknown };
type Routes = (method: string, url: URL, body: Json) => Answer;
type Json = Record<string, unknown>;

/**
 * Mem0 as its documentation describes it, in memory: the hosted platform
 * (https://docs.mem0.ai/api-reference) or the self-hosted server
 * (https://docs.mem0.ai/open-source/features/rest-api). Its score is the share of the query's words
 * that a memory contains, in place of the similarity of embeddings.
 */
export async function startMem0StandIn(kind: "platform" | "server"): Promise<Mem0StandIn> {
  const apiKey = `key-${randomUUID()}`;
  const store = new Map<string, StoredMemory>();
  const routes = kind === "platform" ? platformRoutes(store) : serverRoutes(store);
  const isAllowed = ({ headers }: IncomingMessage) =>
    kind === "platform"
      ? headers.authorization === `Token ${apiKey}`
      : headers["x-api-key"] === apiKey;

  const standIn: Mem0StandIn = {
    url: "",
    apiKey,
    requests: [],
    memories: () => [...store.values()],
    put: (memory) => {
      const id = randomUUID();
      store.set(id, { id, run_id: null, created_at: new Date().toISOString(), ...memory });
    },
    faults: [],
    latencyMs: 0,
    addsPerMinute: Number.POSITIVE_INFINITY,
    refused: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const adds = { minute: 0, count: 0 };
  /** @returns the seconds until the next minute when this one's allowance is used up, else 0. */
  const countAdd = (method: string, { pathname }: URL): number => {
    if (method !== "POST" || !["/v3/memories/add/", "/memories"].includes(pathname)) return 0;
    const now = Date.now();
    const minute = Math.floor(now / 60_000);
    if (adds.minute !== minute) Object.assign(adds, { minute, count: 0 });
    adds.count += 1;
    return adds.count > standIn.addsPerMinute ? Math.ceil(60 - (now % 60_000) / 1000) : 0;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? "GET";
    const url = new URL(request.url ?? "/", "http://mem0");
    const body = await readJson(request);
    standIn.requests.push({
      method,
      path: url.pathname + url.search,
      headers: request.headers,
      body,
    });
    if (standIn.latencyMs > 0) await wait(standIn.latencyMs);

    const fault = takeFault(standIn.faults, `${method} ${url.pathname}`);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "body") return void response.end(fault.body);
    if (fault?.kind === "status") {
      const { retryAfterSeconds } = fault;
      if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
      return send(response, { status: fault.status, body: { detail: "the stand-in was told to" } });
    }
    if (fault?.kind === "drop" && fault.after === "nothing") return void request.socket.destroy();
    if (!isAllowed(request)) return send(response, refused(401, "Invalid API key."));
    const secondsToWait = countAdd(method, url);
    if (secondsToWait > 0) {
      standIn.refused += 1;
      response.setHeader("retry-after", secondsToWait);
      return send(response, refused(429, "Too many requests."));
    }
    const answer = routes(method, url, body);
    if (fault?.kind === "drop") return void request.socket.destroy();
    send(response, answer);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => send(response, refused(500, error.message)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return standIn;
}

function platformRoutes(store: Map<string, StoredMemory>): Routes {
  return (method, url, body) => {
    const route = `${method} ${url.pathname}`;
    if (route === "POST /v3/memories/add/") {
      if (body.infer !== false) {
        return { status: 200, body: { status: "PENDING", event_id: randomUUID() } };
      }
      return {
        status: 200,
        body: {
          status: "SUCCEEDED",
          event_id: randomUUID(),
          results: add(store, body).map(({ id, memory }) => ({
            id,
            data: { memory },
            event: "ADD",
          })),
        },
      };
    }
    if (route === "POST /v3/memories/search/") {
      const matching = filtered(store, body.filters);
      if (matching === null) return refused(400, "filters");
      const found = search(matching, String(body.query), {
        topK: Number(body.top_k ?? 10),
        threshold: Number(body.threshold ?? 0.1),
      });
      return { status: 200, body: { results: found } };
    }
    if (route === "POST /v3/memories/") {
      const matching = filtered(store, body.filters);
      const page = Number(url.searchParams.get("page") ?? 1);
      const pageSize = Number(url.searchParams.get("page_size") ?? 100);
      if (matching === null || pageSize > 200) return refused(400, "filters or page_size");
      const results = matching.slice((page - 1) * pageSize, page * pageSize);
      const next = matching.length > page * pageSize ? `${url.origin}?page=${page + 1}` : null;
      return { status: 200, body: { count: matching.length, next, previous: null, results } };
    }
    const id = /^\/v1\/memories\/([^/]+)\/$/.exec(url.pathname)?.[1];
    if (id === undefined) return refused(404, "no such route");
    const memory = store.get(decodeURIComponent(id));
    if (memory === undefined) return refused(404, "Memory not found!");
    if (method === "GET") return { status: 200, body: memory };
    if (method !== "DELETE") return refused(405, "method");
    store.delete(memory.id);
    return { status: 200, body: { message: "Memory deleted successfully!" } };
  };
}

function serverRoutes(store: Map<string, StoredMemory>): Routes {
  const ofEntities = (entities: { user_id?: unknown; run_id?: unknown }) =>
    [...store.values()].filter(
      (memory) =>
        (entities.user_id == null || memory.user_id === entities.user_id) &&
        (entities.run_id == null || memory.run_id === entities.run_id),
    );
  return (method, url, body) => {
    const route = `${method} ${url.pathname}`;
    if (route === "POST /memories") {
      if (body.user_id == null) {
        return refused(400, "At least one identifier (user_id, agent_id, run_id) is required.");
      }
      const results = add(store, body).map(({ id, memory }) => ({ id, memory, event: "ADD" }));
      return { status: 200, body: { results } };
    }
    if (route === "GET /memories") {
      const { searchParams } = url;
      const topK = Number(searchParams.get("top_k") ?? 20);
      if (topK > 1000) return refused(422, "top_k");
      const entities = { user_id: searchParams.get("user_id"), run_id: searchParams.get("run_id") };
      return { status: 200, body: { results: ofEntities(entities).slice(0, topK) } };
    }
    if (route === "POST /search") {
      const matching = ofEntities((body.filters ?? {}) as Json);
      const found = search(matching, String(body.query), {
        topK: Number(body.top_k ?? 20),
        threshold: Number(body.threshold ?? 0.1),
      });
      return { status: 200, body: { results: found } };
    }
    const id = /^\/memories\/([^/]+)$/.exec(url.pathname)?.[1];
    if (id === undefined) return refused(404, "Not Found");
    const memory = store.get(decodeURIComponent(id));
    if (method === "GET") return { status: 200, body: memory ?? null };
    if (method !== "DELETE") return refused(405, "method");
    // An unknown id is the server's own failure.
    if (memory === undefined) return refused(502, "Upstream error");
    store.delete(memory.id);
    return { status: 200, body: { message: "Memory deleted successfully" } };
  };
}

/** One memory per message that is not the system's; the same text of the same user only once. */
function add(store: Map<string, StoredMemory>, body: Json): StoredMemory[] {
  const userId = String(body.user_id);
  const messages = body.messages as { role: string; content: string }[];
  const hashes = new Set(
    [...store.values()].filter((m) => m.user_id === userId).map((m) => hash(m.memory)),
  );
  return messages
    .filter(({ role, content }) => role !== "system" && !hashes.has(hash(content)))
    .map(({ content }) => {
      const memory: StoredMemory = {
        id: randomUUID(),
        memory: content,
        user_id: userId,
        run_id: (body.run_id as string | undefined) ?? null,
        metadata: (body.metadata as Json | undefined) ?? null,
        created_at: new Date().toISOString(),
      };
      store.set(memory.id, memory);
      return memory;
    });
}

/** The platform's filters: AND of entity ids ("*" is any) and metadata; `null` for anything else. */
function filtered(store: Map<string, StoredMemory>, filters: unknown): StoredMemory[] | null {
  const conditions = (filters as { AND?: unknown } | undefined)?.AND;
  if (!Array.isArray(conditions)) return null;
  const isKnown = conditions.every(
    (condition: Json) => "user_id" in condition || "metadata" in condition,
  );
  if (!isKnown || !conditions.some((condition: Json) => "user_id" in condition)) return null;
  return [...store.values()].filter((memory) =>
    conditions.every((condition: { user_id?: string; metadata?: Json }) => {
      const { user_id: userId, metadata } = condition;
      if (userId !== undefined) return userId === "*" || memory.user_id === userId;
      return Object.entries(metadata ?? {}).every(
        ([key, value]) => memory.metadata?.[key] === value,
      );
    }),
  );
}

function search(
  memories: StoredMemory[],
  query: string,
  limits: { topK: number; threshold: number },
) {
  const wanted = words(query);
  return memories
    .map((memory) => {
      const has = words(memory.memory);
      const shared = [...wanted].filter((word) => has.has(word)).length;
      return { ...memory, score: wanted.size === 0 ? 0 : shared / wanted.size };
    })
    .filter(({ score }) => score > 0 && score >= limits.threshold)
    .sort((a, b) => b.score - a.score)
    .slice(0, limits.topK);
}

/** Words, and pairs of characters where a script writes no spaces. */
function words(text: string): Set<string> {
  const found = text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return new Set(
    found.flatMap((word) =>
      /[\p{Script=Han}\p{Script=Thai}]/u.test(word)
        ? Array.from(word, (_, index) => word.slice(index, index + 2))
        : [word],
    ),
  );
}

function hash(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function takeFault(faults: Mem0Fault[], request: string): Mem0Fault | undefined {
  const index = faults.findIndex(({ on = "" }) => request.startsWith(on));
  return index < 0 ? undefined : faults.splice(index, 1)[0];
}

function refused(status: number, detail: string): Answer {
  return { status, body: { detail } };
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? {} : (JSON.parse(text) as Json);
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
