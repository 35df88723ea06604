import { afterEach, describe, expect, it, vi } from "vitest";
import { secrets, startWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.stop());

const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 20_000, interval: 50 });

async function call(method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${world.service().baseUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${secrets.ADMIN_TOKEN}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A whole backfill, from the beginning of all conversations. */
async function syncAll(): Promise<void> {
  const since = "2020-01-01";
  expect((await call("POST", "/sync", { since })).ok).toBe(true);
  await eventually(async () => {
    expect(await (await call("GET", "/sync")).json()).toMatchObject({ state: "done" });
  });
}

async function remembered(): Promise<{ id: string; answer: string }[]> {
  return ((await (await call("GET", "/memory")).json()) as { answers: [] }).answers;
}

describe.each([
  ["SQLite", { MEM0_API_KEY: "", MEM0_BASE_URL: "" }],
  ["Mem0", {}],
])("what a person removed from %s", (_name, environment: Record<string, string>) => {
  it("is not learnt again by the next full backfill", { timeout: 40_000 }, async () => {
    world = await startWorld({ ...environment, REPLY_MODE: "note" });
    const asked = world.intercom.customerWrites(null, "How do I print my newest invoice?");
    world.intercom.teammateWrites(asked.conversationId, "Open Billing and press the printer.");
    const other = world.intercom.customerWrites(null, "Where do I change my postal address?");
    world.intercom.teammateWrites(other.conversationId, "Under Settings, Company, Address.");
    await syncAll();
    const wrong = (await remembered()).find(({ answer }) => answer.includes("printer"));
    expect((await call("DELETE", `/memory/${encodeURIComponent(wrong?.id ?? "")}`)).status).toBe(
      204,
    );
    await syncAll();
    expect((await remembered()).map(({ answer }) => answer)).toEqual([
      "Under Settings, Company, Address.",
    ]);
  });
});

describe("a follow-up that a backfill finds", () => {
  it("reaches the prompt of a later conversation with what it was about", async () => {
    world = await startWorld();
    const { conversationId } = world.intercom.customerWrites(null, "How do I export my invoices?");
    world.intercom.teammateWrites(conversationId, "Open Billing and press Export.");
    world.intercom.customerWrites(conversationId, "and on mobile?");
    world.intercom.teammateWrites(conversationId, "Tap the three dots, then choose Export.");
    await syncAll();
    await world.ask("Exporting invoices on mobile?");
    await eventually(() => expect(world.openai.requests).toHaveLength(1));
    const prompt = world.openai.requests[0]?.messages.at(-1)?.content;
    expect(prompt).toContain("about: How do I export my invoices? and on mobile?");
    expect(prompt).toContain("Tap the three dots");
  });
});

describe.each([
  ["SQLite", { MEM0_API_KEY: "", MEM0_BASE_URL: "" }],
  ["Mem0", {}],
])("what is gone in Intercom", (name, environment: Record<string, string>) => {
  it(`is forgotten at once in ${name}, by a signed webhook`, { timeout: 40_000 }, async () => {
    world = await startWorld({ ...environment, REPLY_MODE: "note" });
    const one = world.intercom.customerWrites(null, "My code 88-11-77 opens no invoice archive");
    world.intercom.teammateWrites(one.conversationId, "Open Billing and press the printer.");
    const two = world.intercom.customerWrites(null, "Where do I change my postal address?");
    world.intercom.teammateWrites(two.conversationId, "Under Settings, Company, Address.");
    const kept = world.intercom.customerWrites(null, "How do I invite a colleague to the team?");
    world.intercom.teammateWrites(kept.conversationId, "Under Settings, Team, press Invite.");
    await syncAll();
    expect(await remembered()).toHaveLength(3);

    const notify = async (topic: string, item: object) => {
      const { status } = await fetchSigned({ type: "notification_event", topic, data: { item } });
      expect(status).toBe(200);
    };
    // The opener was redacted: the answer quotes it as its question.
    await notify("conversation_part.redacted", {
      type: "conversation",
      id: one.conversationId,
      conversation_parts: { conversation_parts: [{ id: one.partId }] },
    });
    await notify("conversation.deleted", {
      type: "conversation",
      conversation_id: two.conversationId,
    });
    await eventually(async () =>
      expect((await remembered()).map(({ answer }) => answer)).toEqual([
        "Under Settings, Team, press Invite.",
      ]),
    );
  });
});

async function fetchSigned(body: object): Promise<{ status: number }> {
  return { status: await world.post(JSON.stringify(body)) };
}
