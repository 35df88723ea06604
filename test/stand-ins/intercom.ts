import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { ConversationDocument } from "./intercom/documents.ts";
import { type Notification, notificationOf, tagNotificationOf } from "./intercom/notification.ts";
import { type Answer, type Call, carryOut, failed } from "./intercom/routes.ts";
import {
  type Admin,
  createWorkspace,
  type Workspace,
  type WorkspaceEvent,
} from "./intercom/workspace.ts";

/** A request as it arrived; `at` in milliseconds. */
type RecordedRequest = {
  method: string;
  path: string;
  query: string;
  body: unknown;
  at: number;
};

/** What goes wrong with a request, before or after its work has been done. */
export type Fault =
  | { kind: "status"; status: number; headers?: Record<string, string>; when: "before" | "after" }
  | { kind: "drop"; when: "before" | "after" }
  /** Carried out, and the answer is a body that calls itself JSON and is none. */
  | { kind: "garbage" }
  /** Carried out; half of the answer comes at once, the rest after a while. */
  | { kind: "slow"; ms: number }
  /** `before` is a late commit: the work is done after the pause, even if the caller has gone. */
  | { kind: "hang"; ms: number; when: "before" | "after" };

export type IntercomStandInOptions = {
  accessToken?: string;
  appId?: string;
  /** The first is who the token belongs to; the last is the teammate of `teammateWrites`. */
  admins?: Admin[];
  /** Calls per window of ten seconds. */
  rateLimit?: number;
  latencyMs?: number;
  /** How long searches do not see a change. */
  searchLagMs?: number;
  fault?: (request: RecordedRequest) => Fault | null;
  /** Told about every part, whoever wrote it, so that a test can deliver `webhookFor(partId)`. */
  onPart?: (event: WorkspaceEvent) => void;
};

type TestSide = Pick<
  Workspace,
  | "customerWrites"
  | "teammateWrites"
  | "teammateNotes"
  | "botWrites"
  | "close"
  | "snooze"
  | "open"
  | "assign"
  | "tag"
  | "makeTag"
  | "import"
  | "helpCenter"
  | "contacts"
  | "officeHours"
  | "deleteConversation"
  | "redact"
>;

export type IntercomStandIn = TestSide & {
  baseUrl: string;
  accessToken: string;
  appId: string;
  /** The first admin's id, for the service to write as. */
  adminId: string;
  /** The conversation with all its parts; throws when there is none. */
  conversation(id: string): ConversationDocument;
  conversations(): ConversationDocument[];
  /** All requests so far, oldest first. */
  requests: RecordedRequest[];
  /** How many requests were refused because the rate limit was used up. */
  overLimit(): number;
  /** The notification about a part, ready to be signed and posted. */
  webhookFor(partId: string, bodies?: "plain" | "html"): Notification;
  /** The notification of a tag that was set on the opener. */
  tagWebhookFor(conversationId: string, name: string): Notification;
  /** Replaces the fault hook. */
  setFault(fault: (request: RecordedRequest) => Fault | null): void;
  stop(): Promise<void>;
};

const rateWindowMs = 10_000;
const knownVersions = /^2\.(?:[7-9]|1[0-7])$/;

/**
 * Intercom's API on a free port of 127.0.0.1, behaving as its documentation says, with its state in
 * memory and a test's hands on it. Times are the real clock's, in whole seconds as in Intercom.
 */
export async function startIntercomStandIn(
  options: IntercomStandInOptions = {},
): Promise<IntercomStandIn> {
  const { accessToken = "test-token", appId = "abc123def", rateLimit = 1_666 } = options;
  const admins = options.admins ?? [
    { id: "9608799", name: "Answering Machine", email: "answers@example.com" },
    { id: "9608801", name: "Tessa Teammate", email: "tessa@example.com" },
  ];
  const workspace = createWorkspace({
    admins,
    searchLagMs: options.searchLagMs ?? 0,
    onPart: (event) => options.onPart?.(event),
  });
  const requests: RecordedRequest[] = [];
  const callsInWindow = { window: 0, count: 0, refused: 0 };
  let fault = options.fault ?? (() => null);

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    ...workspace,
    baseUrl: `http://127.0.0.1:${port}`,
    accessToken,
    appId,
    adminId: admins[0]?.id ?? "",
    conversation: existing,
    conversations: workspace.all,
    requests,
    overLimit: () => callsInWindow.refused,
    webhookFor(partId, bodies = "plain") {
      const conversation = workspace.ofPart(partId);
      if (conversation === null) throw new Error(`The stand-in has no part ${partId}`);
      return notificationOf(conversation, partId, appId, bodies);
    },
    tagWebhookFor: (id, name) => tagNotificationOf(existing(id), name, appId),
    setFault(next) {
      fault = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function existing(id: string): ConversationDocument {
    const conversation = workspace.find(id);
    if (conversation === null) throw new Error(`The stand-in has no conversation ${id}`);
    return conversation;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request);
    const record = {
      method: call.method,
      path: call.path,
      query: call.query.toString(),
      body: call.body,
      at: Date.now(),
    };
    requests.push(record);
    const wrong = fault(record);
    if (options.latencyMs) await pause(options.latencyMs);
    if (wrong?.kind === "hang" && wrong.when === "before") await pause(wrong.ms);
    if (wrong?.kind === "drop" && wrong.when === "before") return void response.destroy();
    if (wrong?.kind === "status" && wrong.when === "before") return faulty(response, wrong);

    const limit = countCall();
    const result = refusal(request, call) ?? limit.refusal ?? carryOut(call, workspace, appId);

    if (wrong?.kind === "hang" && wrong.when === "after") await pause(wrong.ms);
    if (wrong?.kind === "drop") return void response.destroy();
    if (wrong?.kind === "status") return faulty(response, wrong);
    if (wrong?.kind === "garbage") return sendInHalves(response, 200, ['{"type": "conver', ""], 0);
    if (wrong?.kind === "slow")
      return sendInHalves(response, result.status, halvesOf(result), wrong.ms);
    send(response, result, limit.headers);
  }

  /** One counter per ten-second window; `X-RateLimit-Reset` is the window's end in unix seconds. */
  function countCall() {
    const window = Math.floor(Date.now() / rateWindowMs);
    if (callsInWindow.window !== window) Object.assign(callsInWindow, { window, count: 0 });
    callsInWindow.count += 1;
    const isOver = callsInWindow.count > rateLimit;
    if (isOver) callsInWindow.refused += 1;
    return {
      refusal: isOver ? failed(429, "rate_limit_exceeded") : null,
      headers: {
        "X-RateLimit-Limit": String(rateLimit),
        "X-RateLimit-Remaining": String(Math.max(0, rateLimit - callsInWindow.count)),
        "X-RateLimit-Reset": String(((window + 1) * rateWindowMs) / 1000),
      },
    };
  }

  function refusal({ headers }: IncomingMessage, call: Call): Answer | null {
    if (headers.authorization !== `Bearer ${accessToken}`) return failed(401, "unauthorized");
    const version = headers["intercom-version"];
    if (version !== undefined && !knownVersions.test(String(version))) {
      return failed(400, "intercom_version_invalid");
    }
    if (!/application\/json|\*\/\*/.test(headers.accept ?? ""))
      return failed(406, "not_acceptable");
    return call.body === undefined ? failed(400, "parameter_invalid", "Invalid JSON") : null;
  }
}

function halvesOf({ body }: Answer): [string, string] {
  const text = JSON.stringify(body);
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

function sendInHalves(
  response: ServerResponse,
  status: number,
  [first, second]: [string, string],
  ms: number,
): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.write(first);
  setTimeout(() => response.end(second), ms);
}

function faulty(response: ServerResponse, fault: Extract<Fault, { kind: "status" }>): void {
  const code = fault.status === 429 ? "rate_limit_exceeded" : "server_error";
  send(response, failed(fault.status, code), fault.headers ?? {});
}

function send(response: ServerResponse, result: Answer, headers: Record<string, string>): void {
  response.writeHead(result.status, {
    "Content-Type": "application/json",
    ...headers,
    ...result.headers,
  });
  response.end(JSON.stringify(result.body));
}

/** `body` is `null` where there is none and `undefined` where it is no JSON. */
async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", "http://stand-in");
  const call = { method: request.method ?? "", path: url.pathname, query: url.searchParams };
  return { ...call, body: readJson(Buffer.concat(chunks).toString()) };
}

function readJson(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
