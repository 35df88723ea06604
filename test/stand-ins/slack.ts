import { createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { createEmulator } from "emulate";
import { type WebSocket, WebSocketServer } from "ws";
import { limitsBroken } from "./slack/block-limits.ts";

/** A call of Slack's API as it arrived, its arguments decoded. */
export type SlackCall = { method: string; arguments: Record<string, unknown>; at: number };

/** What goes wrong with a call, before or after its work has been done. */
export type SlackFault =
  | { kind: "rate-limit"; seconds: number }
  | { kind: "status"; status: number; when: "before" | "after" }
  | { kind: "drop"; when: "before" | "after" }
  | { kind: "hang"; ms: number; when: "before" | "after" }
  | { kind: "refuse"; error: string };

export type SlackMessage = {
  ts: string;
  text: string;
  blocks: Block[];
  thread_ts?: string;
  reactions?: { name: string; count: number }[];
};
// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever stands in a block.
export type Block = Record<string, any>;

/** Answers that only one person sees. */
export type PrivateAnswer = { text: string; blocks: Block[] };

export type SlackStandIn = Awaited<ReturnType<typeof startSlackStandIn>>;

export const appToken = "xapp-canary-app-token";
const botScopes = ["chat:write", "reactions:write", "users:read"];
const botToken = "xoxb-canary-bot-token";
/** For the test's own looks; Slack's app never has these scopes. */
const testToken = "xoxp-test";

/**
 * Slack's API on a free port of 127.0.0.1: `emulate` with strict scopes, behind a gate of our own
 * that breaks calls where a test says so, and that checks each message and view against the limits
 * that `emulate` does not know.
 */
export async function startSlackStandIn(options: { scopes?: string[] } = {}) {
  const emulator = await createEmulator({
    service: "slack",
    port: await freePort(),
    seed: {
      slack: {
        strict_scopes: true,
        users: [
          { name: "alice", real_name: "Alice Reviewer", email: "tessa@example.com" },
          { name: "bob", real_name: "Bob Reviewer", email: "bob@example.com" },
          { name: "guest", real_name: "Gus Guest", email: "gus@example.com" },
          { name: "draft-review", real_name: "draft-review" },
        ],
        channels: [{ name: "reviews" }, { name: "elsewhere" }],
        tokens: [
          { token: botToken, user: "draft-review", scopes: options.scopes ?? botScopes },
          {
            token: testToken,
            user: "alice",
            scopes: ["channels:history", "channels:read", "users:read", "chat:write"],
          },
        ],
      },
    },
  });
  const calls: SlackCall[] = [];
  const problems: string[] = [];
  const told: PrivateAnswer[] = [];
  const guests = new Set<string>();
  let fault: (call: SlackCall) => SlackFault | null = () => null;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const sockets = new WebSocketServer({ server });
  const acknowledged = new Map<string, (answer: unknown) => void>();
  sockets.on("connection", (socket) => {
    socket.send(JSON.stringify({ type: "hello", num_connections: 1, connection_info: {} }));
    socket.on("message", (data) => {
      const { envelope_id, payload } = JSON.parse(String(data)) as Record<string, string>;
      acknowledged.get(envelope_id ?? "")?.(payload ?? null);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const users = await idsByName("users.list", "members");
  const channels = await idsByName("conversations.list", "channels");
  const channelId = channels.reviews ?? "";
  guests.add(users.guest ?? "");

  return {
    apiUrl: `${baseUrl}/api`,
    responseUrl: `${baseUrl}/respond`,
    botToken,
    signingSecret: "canary-signing-secret",
    teamId: "T000000001",
    channelId,
    otherChannelId: channels.elsewhere ?? "",
    alice: users.alice ?? "",
    bob: users.bob ?? "",
    guest: users.guest ?? "",
    /** All calls so far, oldest first. */
    calls,
    callsOf: (method: string) => calls.filter((call) => call.method === method),
    /** What was answered privately, oldest first. */
    told,
    /** Limits of Slack's that a message or view broke; a test ends with none. */
    problems,
    setFault(next: (call: SlackCall) => SlackFault | null) {
      fault = next;
    },
    /** The messages of the channel, oldest first. */
    async messages(): Promise<SlackMessage[]> {
      const { messages } = await ask("conversations.history", { channel: channelId, limit: 999 });
      return (messages as SlackMessage[]).toReversed();
    },
    async message(ts: string): Promise<SlackMessage> {
      const { messages } = await ask("conversations.replies", { channel: channelId, ts });
      const [found] = messages as SlackMessage[];
      if (found === undefined) throw new Error(`The stand-in has no message ${ts}`);
      return found;
    },
    async thread(ts: string): Promise<SlackMessage[]> {
      const { messages } = await ask("conversations.replies", { channel: channelId, ts });
      return (messages as SlackMessage[]).slice(1);
    },
    async triggerId(userId: string): Promise<string> {
      // A trigger belongs to the app that it was made for.
      const made = await ask("views.generateTriggerId", { user_id: userId }, botToken);
      return String(made.trigger_id);
    },
    /** The open connections of Socket Mode. */
    connections: (): WebSocket[] => [...sockets.clients],
    /** Hands a click or a form to one of them. @returns what the acknowledgement carried */
    overSocket(payload: object): Promise<unknown> {
      const [socket] = sockets.clients;
      const envelope_id = randomUUID();
      socket?.send(
        JSON.stringify({
          type: "interactive",
          envelope_id,
          payload,
          accepts_response_payload: true,
        }),
      );
      return new Promise((resolve) => acknowledged.set(envelope_id, resolve));
    },
    scheduled: async () =>
      (await ask("chat.scheduledMessages.list", { channel: channelId }, botToken))
        .scheduled_messages as { id: string; text: string; post_at: number }[],
    async stop() {
      await Promise.all([
        emulator.close(),
        new Promise<void>((resolve) => {
          for (const socket of sockets.clients) socket.terminate();
          server.close(() => resolve());
          server.closeAllConnections();
        }),
      ]);
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    if (request.url === "/respond") {
      const answered = JSON.parse(body) as PrivateAnswer;
      keepTold(answered);
      response.writeHead(200).end("ok");
      return;
    }
    const call = {
      method: (request.url ?? "").replace("/api/", "").split("?")[0] ?? "",
      arguments: decoded(body),
      at: Date.now(),
    };
    calls.push(call);
    check(call);
    const wrong = fault(call);
    if (wrong?.kind === "rate-limit") {
      response.writeHead(429, { "Retry-After": String(wrong.seconds) }).end();
      return;
    }
    if (call.method === "apps.connections.open") {
      const isLetIn = request.headers.authorization === `Bearer ${appToken}`;
      const url = baseUrl.replace("http", "ws");
      return json(
        response,
        200,
        isLetIn ? { ok: true, url } : { ok: false, error: "invalid_auth" },
      );
    }
    // `emulate` takes any token.
    if (!isKnownToken(request.headers.authorization)) {
      return json(response, 200, { ok: false, error: "invalid_auth" });
    }
    if (wrong?.kind === "refuse") return json(response, 200, { ok: false, error: wrong.error });
    if (wrong?.kind === "hang" && wrong.when === "before") await pause(wrong.ms);
    if (wrong?.kind === "drop" && wrong.when === "before") return void response.destroy();
    if (wrong?.kind === "status" && wrong.when === "before") {
      return json(response, wrong.status, {});
    }

    const forwarded = await fetch(`${emulator.url}${request.url}`, {
      method: request.method ?? "POST",
      headers: {
        "Content-Type": request.headers["content-type"] ?? "",
        Authorization: request.headers.authorization ?? "",
      },
      body: request.method === "GET" ? null : body,
    });
    const answered = (await forwarded.json()) as Record<string, unknown>;
    if (call.method === "users.info") markGuest(answered);
    if (call.method === "chat.postEphemeral" && answered.ok) {
      keepTold({ text: String(call.arguments.text), blocks: call.arguments.blocks as Block[] });
    }

    if (wrong?.kind === "hang") await pause(wrong.ms);
    if (wrong?.kind === "drop") return void response.destroy();
    if (wrong?.kind === "status") return json(response, wrong.status, {});
    json(response, forwarded.status, answered);
  }

  function keepTold(answered: PrivateAnswer): void {
    told.push(answered);
    problems.push(...limitsBroken({ kind: "message", ...answered }));
  }

  function check({ method, arguments: args }: SlackCall): void {
    if (["views.open", "views.update", "views.publish"].includes(method)) {
      problems.push(...limitsBroken({ kind: "view", ...(args.view as object) }));
    }
    if (["chat.postMessage", "chat.update", "chat.scheduleMessage"].includes(method)) {
      const isUpdate = method === "chat.update";
      problems.push(...limitsBroken({ kind: isUpdate ? "update" : "message", ...args }));
      if (args.metadata !== undefined) problems.push("metadata is readable by the workspace");
    }
  }

  function markGuest(answered: Record<string, unknown>): void {
    const user = answered.user as { id?: string; is_restricted?: boolean } | undefined;
    if (user?.id !== undefined && guests.has(user.id)) user.is_restricted = true;
  }

  async function ask(method: string, args: object, token = testToken) {
    const response = await fetch(`${emulator.url}/api/${method}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(args),
    });
    const answered = (await response.json()) as Record<string, unknown>;
    if (answered.ok !== true) throw new Error(`${method}: ${String(answered.error)}`);
    return answered;
  }

  async function idsByName(method: string, key: string): Promise<Record<string, string>> {
    const rows = (await ask(method, {}))[key] as { id: string; name: string }[];
    return Object.fromEntries(rows.map(({ id, name }) => [name, id]));
  }
}

/** Headers and body of a request as Slack sends it, truly signed. */
export function signedRequest(
  signingSecret: string,
  payload: object,
  changes: { timestamp?: string; signature?: string } = {},
): { headers: Record<string, string>; body: string } {
  const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  return signed(signingSecret, body, "application/x-www-form-urlencoded", changes);
}

/** An event as Slack's Events API delivers it. */
export function signedEvent(signingSecret: string, payload: object) {
  return signed(signingSecret, JSON.stringify(payload), "application/json");
}

function signed(
  signingSecret: string,
  body: string,
  contentType: string,
  changes: { timestamp?: string; signature?: string } = {},
) {
  const timestamp = changes.timestamp ?? String(Math.floor(Date.now() / 1000));
  const mac = createHmac("sha256", signingSecret).update(`v0:${timestamp}:${body}`).digest("hex");
  return {
    headers: {
      // Bolt compares the whole header.
      "Content-Type": contentType,
      "X-Slack-Request-Timestamp": timestamp,
      "X-Slack-Signature": changes.signature ?? `v0=${mac}`,
    },
    body,
  };
}

/** Payloads show texts with their entities escaped, whatever was sent. */
export function asInPayload(blocks: Block[]): Block[] {
  return JSON.parse(JSON.stringify(blocks), (key, value: unknown) => {
    const isPlain = typeof value === "object" && value !== null && "type" in value;
    if (isPlain && value.type === "plain_text" && "text" in value && key !== "elements") {
      const text = String(value.text);
      const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
      return { ...value, text: escaped };
    }
    return value;
  }) as Block[];
}

function isKnownToken(authorization: string | undefined): boolean {
  return authorization === `Bearer ${botToken}`;
}

function decoded(body: string): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    args[name] = ["blocks", "view"].includes(name) ? JSON.parse(value) : value;
  }
  return args;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

/** `emulate` takes no port 0. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return port;
}
