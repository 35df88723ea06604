import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIntercom } from "../../../src/adapters/intercom/intercom.ts";
import { UpstreamError } from "../../../src/lib/errors.ts";
import {
  type Fault,
  type IntercomStandIn,
  startIntercomStandIn,
} from "../../stand-ins/intercom.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const baseUrl = "https://api.intercom.test";
const token = "secret-token";

function setUp(options: { baseUrl?: string; accessToken?: string; adminId?: string } = {}) {
  const log = createRecordingLog();
  const intercom = createIntercom({
    baseUrl,
    appUrl: "https://app.intercom.com",
    accessToken: token,
    version: "2.16",
    adminId: "9608799",
    log,
    ...options,
  });
  return { ...intercom, log };
}

const conversation = { id: "42", created_at: 1_000, updated_at: 1_000, state: "open" };
const error = (code: string) => ({ type: "error.list", errors: [{ code, message: "Zoë wrote" }] });
const date = "Sat, 10 Jan 2026 07:56:29 GMT";
const dateSeconds = Date.parse(date) / 1000;

describe("reading over a bad line", () => {
  beforeEach(() => nock.disableNetConnect());
  afterEach(() => {
    nock.cleanAll();
    nock.enableNetConnect();
  });

  it("names the version and itself, and tells Intercom's time", async () => {
    nock(baseUrl, {
      reqheaders: {
        authorization: `Bearer ${token}`,
        accept: "application/json",
        "intercom-version": "2.16",
      },
    })
      .get("/conversations/42")
      .reply(200, conversation, { Date: date });

    const read = await setUp().inbox.read("42");

    expect(read?.readAt).toBe(Date.parse(date));
  });

  it("tries again after 5xx, a lost connection and a rate limit", async () => {
    nock(baseUrl).get("/conversations/42").reply(503, error("service_unavailable"));
    nock(baseUrl)
      .get("/conversations/42")
      .replyWithError(Object.assign(new Error("ECONNRESET"), { code: "ECONNRESET" }));
    nock(baseUrl)
      .get("/conversations/42")
      .reply(429, error("rate_limit_exceeded"), {
        Date: date,
        "X-RateLimit-Reset": String(dateSeconds),
      });
    nock(baseUrl).get("/conversations/42").reply(200, conversation);

    expect((await setUp().inbox.read("42"))?.id).toBe("42");
  });

  it("waits for the rate limit's reset by Intercom's clock", async () => {
    const calledAt: number[] = [];
    nock(baseUrl)
      .get("/conversations/42")
      .reply(() => {
        calledAt.push(Date.now());
        const headers = { Date: date, "X-RateLimit-Reset": String(dateSeconds + 1) };
        return [429, error("rate_limit_exceeded"), headers];
      });
    nock(baseUrl)
      .get("/conversations/42")
      .reply(() => {
        calledAt.push(Date.now());
        return [200, conversation];
      });

    await setUp().inbox.read("42");

    expect((calledAt[1] ?? 0) - (calledAt[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it("gives up after four attempts, saying service, call and result and nothing else", async () => {
    const scope = nock(baseUrl).get("/conversations/42").times(4).reply(503, error("server_error"));

    const failure = await setUp()
      .inbox.read("42")
      .catch((reason: unknown) => reason);

    expect(failure).toBeInstanceOf(UpstreamError);
    expect(failure).toMatchObject({
      message: "[intercom] GET /conversations/42 → 503 server error",
      status: 503,
      isRetryable: true,
    });
    expect(scope.isDone()).toBe(true);
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain(token);
  });

  it("does not repeat what cannot succeed", async () => {
    nock(baseUrl).get("/conversations/42").reply(401, error("token_unauthorized"));

    await expect(setUp().inbox.read("42")).rejects.toMatchObject({
      message: "[intercom] GET /conversations/42 → 401 token unauthorized",
      isRetryable: false,
    });
  });

  it("stops at once when aborted, even while it waits", async () => {
    nock(baseUrl)
      .get("/conversations/42")
      .reply(429, error("rate_limit_exceeded"), { "Retry-After": "20" });
    const controller = new AbortController();
    const { inbox, log } = setUp();

    const reading = inbox.read("42", controller.signal);
    const failure = reading.catch((reason: unknown) => reason);
    await expect.poll(() => log.lines.length).toBe(1);
    controller.abort(new Error("a newer message"));

    expect(await failure).toMatchObject({ message: "a newer message" });
  });

  it("says so when the answer is no conversation", async () => {
    nock(baseUrl).get("/conversations/42").reply(200, "<html>maintenance</html>");

    await expect(setUp().inbox.read("42")).rejects.toThrow("an unreadable conversation");
  });

  it("asks for nothing under an id that is none", async () => {
    const { inbox } = setUp();

    expect(await inbox.read("last")).toBeNull();
    expect(await inbox.read("../admins")).toBeNull();
    expect(await inbox.reply("last", "Hi")).toMatchObject({ result: "refused" });
  });
});

describe("writing over a bad line", () => {
  const path = "/conversations/42/reply";
  beforeEach(() => nock.disableNetConnect());
  afterEach(() => {
    nock.cleanAll();
    nock.enableNetConnect();
  });

  it("sends a reply as HTML in our admin's name", async () => {
    const sent: unknown[] = [];
    nock(baseUrl)
      .post(path, (body) => sent.push(body) > 0)
      .reply(200, conversation);

    const written = await setUp().inbox.reply("42", "Hi **you** <script>");

    expect(written).toEqual({ result: "done", partId: "" });
    expect(sent).toEqual([
      {
        message_type: "comment",
        type: "admin",
        admin_id: "9608799",
        body: "<p>Hi <strong>you</strong> &lt;script&gt;</p>",
      },
    ]);
  });

  it("names the new part, also in an answer that shows others", async () => {
    const part = (id: string, author: string) => ({
      id,
      part_type: "comment",
      body: "<p>x</p>",
      created_at: 1_000,
      author: { type: "admin", id: author },
    });
    const parts = [part("1", "9608799"), part("2", "9608799"), part("3", "5")];
    nock(baseUrl)
      .post(path)
      .reply(200, { ...conversation, conversation_parts: { conversation_parts: parts } });

    expect(await setUp().inbox.reply("42", "Hi")).toEqual({ result: "done", partId: "2" });
  });

  it.each([
    [404, "conversation_not_found", "Intercom answered 404 conversation not found"],
    [403, "api_plan_restricted", "Intercom answered 403 api plan restricted"],
    [302, "Zoë <b>", "Intercom answered 302"],
  ])("is refused by %i", async (status, code, explanation) => {
    nock(baseUrl).post(path).reply(status, error(code));

    expect(await setUp().inbox.note("42", "Hi")).toEqual({ result: "refused", explanation });
  });

  it.each([408, 500, 502, 503])(
    "is of unknown result after %i, and never repeated",
    async (status) => {
      nock(baseUrl).post(path).reply(status, "oops");
      const second = nock(baseUrl).post(path).reply(200, conversation);

      expect(await setUp().inbox.reply("42", "Hi")).toMatchObject({ result: "unknown" });
      expect(second.isDone()).toBe(false);
    },
  );

  it("is of unknown result when the connection is lost", async () => {
    nock(baseUrl)
      .post(path)
      .replyWithError(Object.assign(new Error("ECONNRESET"), { code: "ECONNRESET" }));

    expect(await setUp().inbox.reply("42", "Hi")).toEqual({
      result: "unknown",
      explanation: "[intercom] POST /conversations/42/reply → ECONNRESET",
    });
  });

  it("was certainly not done when there was no connection to begin with", async () => {
    nock(baseUrl)
      .post(path)
      .replyWithError(Object.assign(new Error("ECONNREFUSED"), { code: "ECONNREFUSED" }));

    expect(await setUp().inbox.reply("42", "Hi")).toMatchObject({ result: "not-yet" });
  });

  it.each([
    [{ Date: date, "X-RateLimit-Reset": String(dateSeconds + 7) }, 7_000],
    [{ Date: date, "X-RateLimit-Reset": String(dateSeconds - 7) }, 0],
    [{ "Retry-After": "3" }, 3_000],
    [{ "Retry-After": "86400" }, 30_000],
    [{}, 1_000],
  ])("may be tried again after a rate limit with %j", async (headers, retryAfterMs) => {
    nock(baseUrl).post(path).reply(429, error("rate_limit_exceeded"), headers);

    expect(await setUp().inbox.reply("42", "Hi")).toEqual({ result: "not-yet", retryAfterMs });
  });
});

describe("against the stand-in", () => {
  let standIn: IntercomStandIn;
  beforeEach(async () => {
    standIn = await startIntercomStandIn();
  });
  afterEach(() => standIn.stop());

  const connect = () =>
    setUp({
      baseUrl: standIn.baseUrl,
      accessToken: standIn.accessToken,
      adminId: standIn.adminId,
    });
  const onReply = (fault: Fault) =>
    standIn.setFault(({ path }) => (path.endsWith("/reply") ? fault : null));
  const repliesIn = (conversationId: string) =>
    standIn.conversation(conversationId).conversation_parts.total_count;

  it("does not know whether a reply arrived whose connection dropped", async () => {
    const { conversationId } = standIn.customerWrites(null, "Hello");
    const { inbox } = connect();

    onReply({ kind: "drop", when: "before" });
    expect(await inbox.reply(conversationId, "Hi")).toMatchObject({ result: "unknown" });
    expect(repliesIn(conversationId)).toBe(0);

    onReply({ kind: "drop", when: "after" });
    expect(await inbox.reply(conversationId, "Hi")).toMatchObject({ result: "unknown" });
    expect(repliesIn(conversationId)).toBe(1);
  });

  it("obeys the rate limit that the stand-in keeps", async () => {
    await standIn.stop();
    standIn = await startIntercomStandIn({ rateLimit: 1 });
    const { conversationId } = standIn.customerWrites(null, "Hello");
    const { inbox } = connect();

    const results = [];
    for (let count = 0; count < 3; count += 1) results.push(await inbox.note(conversationId, "x"));

    expect(results).toContainEqual({ result: "not-yet", retryAfterMs: expect.any(Number) });
  });

  it("reads all pages of a search, never with an empty cursor", async () => {
    for (let count = 0; count < 320; count += 1) standIn.customerWrites(null, "Hello");

    const found = await connect().inbox.updated(0);

    expect(new Set(found.map(({ id }) => id)).size).toBe(320);
    expect(standIn.requests).toHaveLength(3);
    expect(JSON.stringify(standIn.requests)).not.toContain('"starting_after":""');
  });

  it("says when a search is longer than it reads", async () => {
    nock(baseUrl)
      .post("/conversations/search")
      .times(40)
      .reply(200, {
        total_count: 9_000,
        conversations: [{ id: "1", updated_at: 5 }],
        pages: { next: { starting_after: "more" } },
      });
    const { inbox, log } = setUp();

    expect(await inbox.updated(0)).toEqual([{ id: "1", updatedAt: 5_000 }]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: "warn", event: "intercom-search-capped" }),
    );
  });

  it("links to the conversation in its workspace once that is known", async () => {
    const { conversationId } = standIn.customerWrites(null, "Hello");
    const { inbox, readWorkspace, readAdminName } = connect();

    const before = await inbox.read(conversationId);
    expect(before?.url).toBe(
      `https://app.intercom.com/a/inbox/_/inbox/conversation/${conversationId}`,
    );
    expect(await readWorkspace()).toEqual({ id: "abc123def", name: "Example", region: "US" });
    await readWorkspace();
    const after = await inbox.read(conversationId);
    expect(after?.url).toContain("/a/inbox/abc123def/inbox/conversation/");
    expect(await readAdminName()).toBe("Answering Machine");
    expect(standIn.requests.filter(({ path }) => path === "/me")).toHaveLength(1);
  });

  it("gives a conversation to a teammate who is found by e-mail", async () => {
    const { conversationId } = standIn.customerWrites(null, "Hello");
    const { inbox, teammates } = connect();

    expect(await teammates.findTeammateByEmail("nobody@example.com")).toBeNull();
    const tessa = await teammates.findTeammateByEmail("Tessa@Example.com");
    const written = await teammates.assign(conversationId, tessa ?? "");

    const last = (await inbox.read(conversationId))?.parts.at(-1);
    expect(last).toMatchObject({ kind: "event", assignedTo: tessa, author: { role: "us" } });
    expect(written).toEqual({ result: "done", partId: last?.id });
    expect(await teammates.assign(conversationId, "4711")).toEqual({
      result: "refused",
      explanation: "Intercom answered 404 assignee not found",
    });
  });

  it("knows no name for an admin who is not there", async () => {
    const { readAdminName } = setUp({
      baseUrl: standIn.baseUrl,
      accessToken: standIn.accessToken,
      adminId: "5",
    });

    expect(await readAdminName()).toBeNull();
  });

  it("shows a change in searches only after the lag", async () => {
    await standIn.stop();
    standIn = await startIntercomStandIn({ searchLagMs: 300 });
    standIn.customerWrites(null, "Hello");
    const { inbox } = connect();

    expect(await inbox.updated(0)).toEqual([]);
    await expect.poll(() => inbox.updated(0)).toHaveLength(1);
  });

  it("is told about new parts the way Intercom's webhooks tell it", () => {
    const opened = standIn.customerWrites(null, "a < b", { name: "Zoë" });
    const { partId } = standIn.teammateWrites(opened.conversationId, "Yes");

    expect(standIn.webhookFor(opened.partId)).toMatchObject({
      topic: "conversation.user.created",
      app_id: "abc123def",
      data: { item: { source: { body: "a < b" }, conversation_parts: { total_count: 0 } } },
    });
    expect(standIn.webhookFor(partId, "html")).toMatchObject({
      topic: "conversation.admin.replied",
      data: { item: { conversation_parts: { conversation_parts: [{ body: "<p>Yes</p>" }] } } },
    });
  });
});

describe("an answer that is no conversation", () => {
  afterEach(() => nock.cleanAll());

  it.each(["<html>maintenance</html>", "", '{"type":"ok"}'])(
    "with status 200 leaves a write unknown: %s",
    async (body) => {
      nock(baseUrl).post("/conversations/42/reply").reply(200, body);
      expect(await setUp().inbox.reply("42", "Hi")).toMatchObject({ result: "unknown" });
    },
  );
});
