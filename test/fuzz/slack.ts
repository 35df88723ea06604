import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import fc from "fast-check";
import { Pool } from "undici";
import { actionIds, callbackIds } from "../../src/adapters/slack/action-ids.ts";
import { createPacker, toButtonValues } from "../../src/adapters/slack/pack-draft.ts";
import { createSlackReviews } from "../../src/adapters/slack/slack-reviews.ts";
import { createTurnRecord } from "../../src/core/answering/turn-record.ts";
import type { Log } from "../../src/core/ports.ts";
import { createErrorHandler } from "../../src/http/error-handler.ts";
import { packedDraft } from "../adapters/slack/packed-draft.ts";
import { policy } from "../fixtures/conversations.ts";
import { mutatedBytes, mutatedJson } from "./mutations.ts";
import { countIn, must, type Target } from "./target.ts";

const signingSecret = "fuzz-signing-secret";
const channelId = "C0123456789";

type Made = {
  body: Buffer;
  signature: "right" | "none" | "other-secret" | "other-body";
  age: number;
};

/**
 * `POST /slack/events`. The drafts in its payloads are packed with another secret: whatever is
 * clicked, nothing may come of it.
 */
export async function fuzzSlack(): Promise<Target> {
  const seen = new Map<string, number>();
  let work = 0;
  const slackApi = await listen((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ok: true, ts: "1.2", channel: channelId, user: {} }));
  });
  const never = (): never => {
    work++;
    throw new Error("a forged draft led to work");
  };
  const log: Log = { debug() {}, info() {}, warn() {}, error() {} };
  const slack = createSlackReviews({
    ...{ botToken: "xoxb-fuzz", signingSecret, channelId, appToken: null, reviewers: [] },
    ...{ reminderMinutes: 0, escalationGroup: null, apiUrl: slackApi.url },
    policy: () => policy,
    queue: { runAlone: never },
    insightUrl: null,
    memoryUrl: null,
    knowledgeToDo: () => null,
    answerLadder: never,
    onAudited: never,
    onConcluded: never,
    clickSignatures: { accepted() {}, refused() {} },
    settlePorts: {
      inbox: { read: never, reply: never, note: never },
      memory: { rememberAnswers: never, rememberTurns: never },
      ...{ queue: { add: never }, record: createTurnRecord(), rest: never, clock: Date.now, log },
    },
    redraftPorts: {
      drafter: { draft: never },
      memory: { rememberAnswers: never, recallAnswers: never, recallConversations: never },
      helpCenter: { search: never },
    } as unknown as Parameters<typeof createSlackReviews>[0]["redraftPorts"],
    overviewPorts: {
      inbox: { read: never, waiting: never },
      memory: { findAnswers: never },
    },
    teammates: { findTeammateByEmail: never, assign: never },
    measures: { decided() {}, closed() {} },
    ...{ onOk() {}, onFailing() {}, log },
  });
  const app = express();
  if (slack.router !== null) app.use(slack.router);
  app.use(createErrorHandler(log));
  const edge = await listen(app);
  const pool = new Pool(edge.url, { connections: 4 });

  const payloads = payloadsFor(`${slackApi.url}/respond`);
  const unsigned = fc.constantFrom("none" as const, "other-secret" as const, "other-body" as const);
  const anySignature = fc.oneof(
    { weight: 3, arbitrary: fc.constant("right" as const) },
    { weight: 1, arbitrary: unsigned },
  );
  const age = fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(400, -400) },
  );
  const json = fc.oneof(
    mutatedJson(payloads, ["type", "actions"]).map((payload) => JSON.stringify(payload) ?? ""),
    fc
      .constantFrom(...payloads)
      .chain((payload) => mutatedBytes(Buffer.from(JSON.stringify(payload))))
      .map((bytes) => bytes.toString("latin1")),
  );
  // Without a payload Bolt waits three seconds for whoever might know what it is.
  const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  const made: fc.Arbitrary<Made> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ body: json.map(encoded), signature: anySignature, age }) },
    { weight: 1, arbitrary: fc.record({ body: noise, signature: unsigned, age }) },
  );

  const property = fc.asyncProperty(made, async (one) => {
    const { statusCode, body: answer } = await pool.request({
      method: "POST",
      path: "/slack/events",
      headers: headersOf(one),
      body: one.body,
    });
    await answer.dump();
    countIn(seen, String(statusCode));
    must(statusCode < 500, `answered ${statusCode}`);
    must(work === 0, "a forged draft or an unverified click led to work");
    const isVerified = one.signature === "right" && one.age === 0;
    if (!isVerified) must(statusCode === 401, `an unverified click was answered ${statusCode}`);
  });
  return {
    name: "slack",
    everyOf: 10,
    property,
    seen,
    async stop() {
      await pool.close();
      await slack.stop();
      edge.close();
      slackApi.close();
    },
  };
}

function payloadsFor(responseUrl: string): object[] {
  const packed = createPacker("another-secret").pack(packedDraft());
  const [value = ""] = toButtonValues(packed) ?? [];
  const user = { id: "U0123456789", name: "alice", team_id: "T1" };
  const click = (actionId: string) => ({
    ...{ type: "block_actions", team: { id: "T1" }, user, trigger_id: "1.2.3" },
    container: { type: "message", message_ts: "1700000000.000100", channel_id: channelId },
    channel: { id: channelId },
    message: { ts: "1700000000.000100", blocks: [{ type: "actions", elements: [{ value }] }] },
    response_url: responseUrl,
    actions: [{ type: "button", action_id: actionId, value, action_ts: "1700000000.1" }],
  });
  const submission = (callbackId: string) => ({
    ...{ type: "view_submission", team: { id: "T1" }, user },
    view: {
      ...{ id: "V1", callback_id: callbackId, private_metadata: packed, type: "modal" },
      state: { values: { text: { text: { type: "plain_text_input", value: "Hello" } } } },
    },
  });
  return [
    ...Object.values(actionIds).map(click),
    ...Object.values(callbackIds).map(submission),
    { type: "event_callback", event: { type: "message" } },
    { type: "url_verification", challenge: "x" },
  ];
}

function encoded(payload: string): Buffer {
  return Buffer.from(new URLSearchParams({ payload }).toString());
}

function headersOf({ body, signature, age }: Made): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000) - age);
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-slack-request-timestamp": timestamp,
  };
  if (signature === "none") return headers;
  const secret = signature === "other-secret" ? "another" : signingSecret;
  const signed = signature === "other-body" ? Buffer.concat([body, Buffer.from(" ")]) : body;
  const digest = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(signed);
  return { ...headers, "x-slack-signature": `v0=${digest.digest("hex")}` };
}

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
