import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { Pool } from "undici";
import type { Log } from "../../src/core/ports.ts";
import { createAdminGuard } from "../../src/http/admin-guard.ts";
import { createApp } from "../../src/http/app.ts";
import { createDraining } from "../../src/http/draining.ts";
import { sign } from "../../src/lib/intercom-signature.ts";
import { nothingYet } from "../fixtures/readiness.ts";
import { mutatedBytes, mutatedJson } from "./mutations.ts";
import { countIn, must, type Target } from "./target.ts";

const secret = "fuzz-webhook-secret";

const message = { id: "7", body: "<p>Hello</p>", author: { type: "user", id: "contact-1" } };
const conversation = {
  type: "conversation",
  id: "42",
  source: message,
  conversation_parts: { conversation_parts: [message] },
};
const notification = (topic: string, item: object) => ({
  type: "notification_event",
  app_id: "ours",
  topic,
  data: { type: "notification_event_data", item },
});
const notifications = [
  notification("conversation.user.created", conversation),
  notification("conversation.user.replied", conversation),
  notification("conversation.admin.replied", conversation),
  notification("conversation.deleted", { type: "conversation", conversation_id: "42" }),
  notification("conversation_part.redacted", conversation),
  notification("contact.deleted", { type: "contact", id: "contact-1", deleted: true }),
  notification("contact.merged", { type: "contact", id: "contact-1" }),
  notification("article.published", { type: "article", id: 1 }),
  notification("ping", { type: "ping" }),
];

const body = fc.oneof(
  mutatedJson(notifications).map((json) => Buffer.from(JSON.stringify(json) ?? "")),
  fc
    .constantFrom(...notifications)
    .chain((json) => mutatedBytes(Buffer.from(JSON.stringify(json)))),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

/** How the signature is made, or what stands in its place. */
const signature = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "right" as const, text: "", at: 0 }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("none", "other-secret", "other-body", "flipped", "cut", "twice"),
      text: fc.constant(""),
      at: fc.nat({ max: 39 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("text" as const),
      // What a header may hold.
      text: fc.stringMatching(/^[ -~]{0,80}$/),
      at: fc.constant(0),
    }),
  },
);

/** `POST /webhooks/intercom`, over a real connection. */
export async function fuzzWebhooks(): Promise<Target> {
  const seen = new Map<string, number>();
  let work = 0;
  let failures = 0;
  const did = () => void work++;
  const log: Log = { debug() {}, info() {}, warn() {}, error: () => void failures++ };
  const app = createApp({
    webhook: {
      secrets: [secret],
      queue: { add: did },
      isOtherWorkspace: (appId) => appId !== "ours",
      onSigned: did,
      onArticlesChanged: did,
      onHandledInIntercom: async () => did(),
      onGoneInIntercom: async () => did(),
      asksForDraft: () => true,
      onContactDeleted: async () => did(),
      onContactMerged: async () => did(),
      log,
    },
    readiness: () => nothingYet,
    draining: createDraining(Date.now),
    adminGuard: createAdminGuard("a-token-of-some-length"),
    adminRoutes: [],
    log,
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    connections: 4,
  });

  const property = fc.asyncProperty(body, signature, async (bytes, made) => {
    const before = work;
    const header = headerOf(bytes, made);
    const { statusCode, body: answer } = await pool.request({
      method: "POST",
      path: "/webhooks/intercom",
      headers: header === null ? {} : { "x-hub-signature": header },
      body: bytes,
    });
    await answer.dump();
    countIn(seen, String(statusCode));
    must(statusCode < 500 && failures === 0, `answered ${statusCode}`);
    // 410 and 429 would end or throttle the whole subscription.
    must(![410, 429].includes(statusCode), `answered ${statusCode}`);
    if (header === sign(secret, bytes)) {
      must([200, 400].includes(statusCode), `a signed body was answered ${statusCode}`);
    } else {
      must(statusCode === 401, `an unverified body was answered ${statusCode}`);
      must(work === before, "an unverified body led to work");
    }
  });
  return {
    name: "webhooks",
    everyOf: 1,
    property,
    seen,
    async stop() {
      await pool.close();
      server.close();
    },
  };
}

function headerOf(
  bytes: Buffer,
  { kind, text, at }: { kind: string; text: string; at: number },
): string | null {
  const right = sign(secret, bytes);
  switch (kind) {
    case "none":
      return null;
    case "other-secret":
      return sign("another", bytes);
    case "other-body":
      return sign(secret, Buffer.concat([bytes, Buffer.from(" ")]));
    case "flipped": {
      const place = "sha1=".length + at;
      const digit = right[place] === "0" ? "1" : "0";
      return right.slice(0, place) + digit + right.slice(place + 1);
    }
    case "cut":
      return right.slice(0, at);
    case "twice":
      return `${right}, ${right}`;
    case "text":
      return text;
    default:
      return right;
  }
}
