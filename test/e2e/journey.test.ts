import { afterEach, describe, expect, it, vi } from "vitest";
import { createRequestChecker } from "../stand-ins/openapi.ts";
import { secrets, startWorld, type World } from "./world.ts";

let world: World;
const requestChecker = createRequestChecker();

afterEach(async () => {
  await world.stop();
  // Where Intercom's API description is at hand, everything that was sent must follow it.
  const violations = world.intercom.requests
    .flatMap((request) => requestChecker?.violations(request) ?? [])
    // Lists of articles and collections are paged, which the description forgets to say.
    .filter((violation) => !/^query\.(page|per_page) is unknown$/.test(violation));
  expect(violations).toEqual([]);
});

/** Waits for a condition; the holds of the first two seconds of a process are within the limit. */
const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 });
/** Everything has ended: nothing is queued any more and the stand-ins are quiet. */
const settled = () =>
  eventually(async () => {
    const ready = await (await world.ready()).json();
    expect(ready).toMatchObject({ queued: 0 });
  });

describe("the journey of a message, through the real service", () => {
  it("answers with confidence, exactly at the threshold, and not below it", async () => {
    world = await startWorld();
    const sure = await world.ask("How do I reset my password? confidence=0.95");
    const exact = await world.ask("Where is my invoice? confidence=0.8");
    const unsure = await world.ask("Can I fly? confidence=0.79");
    await eventually(() => {
      expect(world.replies(sure.conversationId)).toHaveLength(1);
      expect(world.replies(exact.conversationId)).toHaveLength(1);
      expect(world.notes(unsure.conversationId)).toHaveLength(1);
    });
    await settled();
    expect(world.replies(sure.conversationId)[0]).toContain("reset my password?");
    expect(world.replies(unsure.conversationId)).toEqual([]);
    expect(world.notes(unsure.conversationId)[0]).toContain("not sure enough to answer by itself");
    expect(world.notes(sure.conversationId)).toEqual([]);
  });

  it("replies once to five copies of a notification and a repetition under another id", async () => {
    world = await startWorld();
    const { conversationId, partId } = world.intercom.customerWrites(null, "Hello?");
    await Promise.all(Array.from({ length: 5 }, () => world.deliver(partId)));
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    await world.deliver(partId, { id: "notif_again", delivery_status: "retry" });
    await settled();
    expect(world.replies(conversationId)).toHaveLength(1);
    expect(world.openai.requests).toHaveLength(1);
  });

  it("answers three messages that came while the model thought with one reply that saw all", async () => {
    world = await startWorld();
    world.openai.setLatency(1500);
    const { conversationId } = await world.ask("first message");
    await eventually(() => expect(world.openai.requests).toHaveLength(1));
    await world.ask("second message", conversationId);
    await eventually(() => expect(world.openai.abortedCount()).toBe(1));
    await world.ask("third message", conversationId);
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    await settled();
    const [reply] = world.replies(conversationId);
    for (const which of ["first", "second", "third"]) expect(reply).toContain(`${which} message`);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("says nothing when a teammate answers meanwhile", async () => {
    world = await startWorld();
    world.openai.setLatency(1000);
    const { conversationId } = await world.ask("Anybody there?");
    await eventually(() => expect(world.openai.requests).toHaveLength(1));
    world.intercom.teammateWrites(conversationId, "Yes, me.");
    await eventually(() =>
      expect(world.service().logged("stayed quiet")[0]).toMatchObject({
        reason: "teammate-answered",
      }),
    );
    expect(world.replies(conversationId)).toEqual([]);
    expect(world.notes(conversationId)).toEqual([]);
  });

  it("is not started by its own replies, notes, or bots", async () => {
    world = await startWorld();
    const { conversationId } = await world.ask("Hello?");
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    const parts = [
      world.intercom.teammateNotes(conversationId, "Look at this"),
      world.intercom.botWrites(conversationId, "Was this helpful?"),
    ];
    for (const { partId } of parts) expect(await world.deliver(partId)).toBe(200);
    await settled();
    expect(world.openai.requests).toHaveLength(1);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("sends one reply when Intercom takes it and the connection drops", async () => {
    world = await startWorld();
    let drops = 0;
    world.intercom.setFault(({ method, path }) =>
      method === "POST" && path.endsWith("/reply") && drops++ === 0
        ? { kind: "drop", when: "after" }
        : null,
    );
    const { conversationId } = await world.ask("Hello?");
    await eventually(() => expect(world.service().logged("replied")).toHaveLength(1));
    await settled();
    expect(drops).toBe(1);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("recovers from 429 on reading and on replying", async () => {
    world = await startWorld();
    const refused = new Set<string>();
    world.intercom.setFault(({ method, path }) => {
      const call = `${method} ${path}`;
      if (!path.startsWith("/conversations/") || path.endsWith("search") || refused.has(call))
        return null;
      refused.add(call);
      const headers = { "X-RateLimit-Reset": String(Math.ceil(Date.now() / 1000)) };
      return { kind: "status", status: 429, headers, when: "before" };
    });
    const { conversationId } = await world.ask("Hello?");
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    await settled();
    expect(refused.size).toBe(2);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("answers while memory hangs", async () => {
    world = await startWorld();
    world.mem0.faults.push(...Array.from({ length: 20 }, () => ({ kind: "hang" }) as const));
    const { conversationId } = await world.ask("Hello?");
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
  });

  it("leaves a note that a person must answer when the model is down", async () => {
    world = await startWorld();
    world.openai.failAlways({ kind: "status", status: 401 });
    const { conversationId } = await world.ask("Hello?");
    await eventually(() => expect(world.notes(conversationId)).toHaveLength(1));
    await settled();
    expect(world.notes(conversationId)[0]).toContain("a person needs to answer");
    expect(world.replies(conversationId)).toEqual([]);
  });

  it("answers once when it is killed after the acknowledgement and started again", async () => {
    world = await startWorld();
    const { conversationId, partId } = world.intercom.customerWrites(null, "Hello?", {
      at: Date.now() - 40_000,
    });
    world.openai.setLatency(1000);
    expect(await world.deliver(partId)).toBe(200);
    await world.service().kill();
    await world.restart();
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    await settled();
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("escapes markup of the model and turns its Markdown into Intercom's HTML", async () => {
    world = await startWorld();
    const { conversationId } = await world.ask(
      'Hi reply="<script>alert(1)</script> **bold**\\n- one\\n- two"',
    );
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    const [reply] = world.replies(conversationId);
    expect(reply).toContain("&lt;script&gt;");
    expect(reply).not.toContain("<script");
    expect(reply).toContain("<strong>bold</strong>");
    expect(reply).toContain("<li>one</li>");
  });

  it("writes no secret and no customer's text to the log at INFO", async () => {
    world = await startWorld();
    const canary = "canary-customer-text";
    const answered = await world.ask(`${canary} please`);
    const reviewed = await world.ask(`${canary} confidence=0.1`);
    world.intercom.setFault(({ path }) =>
      path.endsWith("/reply") ? { kind: "status", status: 500, when: "before" } : null,
    );
    await world.post("{}", { "X-Hub-Signature": "sha1=wrong" });
    await world.post(`{"topic":"${canary}`);
    world.intercom.setFault(() => null);
    await eventually(() => expect(world.replies(answered.conversationId)).toHaveLength(1));
    await eventually(() => expect(world.notes(reviewed.conversationId)).toHaveLength(1));
    const output = world.service().output();
    for (const secret of [canary, ...Object.values(secrets), world.mem0.apiKey, "Ada"]) {
      expect(output).not.toContain(secret);
    }
  });

  it("leaves a workspace with a thousand old open conversations alone when it is switched on", async () => {
    world = await startWorld({ SWEEP_INTERVAL_SECONDS: "1" });
    await world.service().kill();
    const yesterday = Date.now() - 24 * 3600_000;
    for (let count = 0; count < 1000; count++) {
      world.intercom.customerWrites(null, `Old question ${count}`, { at: yesterday + count });
    }
    const before = world.intercom.requests.length;
    await world.restart();
    await eventually(() =>
      expect(world.service().logged("sweep")).toMatchObject([{ leftToPeople: 1000 }]),
    );
    await settled();
    const writes = world.intercom.requests
      .slice(before)
      .filter(({ path }) => path.endsWith("/reply"));
    expect(writes).toEqual([]);
    expect(world.openai.requests).toEqual([]);
  });

  it("sends what waited for more than 15 minutes to review, never out by itself", async () => {
    world = await startWorld();
    await world.service().kill();
    const { conversationId } = world.intercom.customerWrites(null, "Hello? confidence=1", {
      at: Date.now() - 20 * 60_000,
    });
    await world.restart();
    await eventually(() => expect(world.notes(conversationId)).toHaveLength(1));
    expect(world.replies(conversationId)).toEqual([]);
    expect(world.notes(conversationId)[0]).toContain("waited too long");
  });

  it("lets the journey under way finish on SIGTERM and exits with 0", async () => {
    world = await startWorld();
    world.openai.setLatency(800);
    const { conversationId } = await world.ask("Hello?");
    await eventually(() => expect(world.openai.requests).toHaveLength(1));
    expect(await world.service().terminate()).toBe(0);
    expect(world.replies(conversationId)).toHaveLength(1);
  });
});
