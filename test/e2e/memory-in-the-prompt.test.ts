import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createMem0Memory } from "../../src/adapters/mem0/mem0-memory.ts";
import type { AnswerMemory } from "../../src/core/knowledge/answer-memory.ts";
import { answerOf } from "../contracts/memory.ts";
import { startWorld, type World } from "./world.ts";

// Read by Mem0's package while it is loaded; the service sets it by itself.
vi.stubEnv("MEM0_TELEMETRY", "false");

const signal = new AbortController().signal;
const inboxPage = "https://app.intercom.com/a/inbox/abc/inbox/shared/all/conversation/77";

let world: World;
let memory: AnswerMemory;

beforeEach(async () => {
  world = await startWorld({ KNOWLEDGE_SOURCES: "intercom:macros" });
  // What an earlier process has stored in the same place.
  const { apiKey, url: baseUrl } = world.mem0;
  memory = createMem0Memory({
    kind: "platform",
    apiKey,
    baseUrl,
    namespace: "auto-responder",
    timeoutMs: 5000,
  });
});
afterEach(() => world.stop());

const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 });

const promptOf = (index: number) =>
  world.openai.requests[index]?.messages.find(({ role }) => role === "user")?.content ?? "";

describe("the team's own addresses, through the real service", () => {
  it("shows the model what was answered before, and neither its page nor addresses in its words", async () => {
    await memory.rememberAnswers(
      [
        answerOf({
          question: "Where do I find the invoice archive?",
          answer: `Under Billing, Archive. Details: ${inboxPage} and https://help.acme.com/archive`,
          author: "edited-draft",
          conversationId: "77",
          url: inboxPage,
        }),
      ],
      signal,
    );
    const { conversationId } = await world.ask("Where do I find the invoice archive?");
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    expect(promptOf(0)).toContain("Under Billing, Archive.");
    expect(promptOf(0)).toContain("https://help.acme.com/archive");
    expect(promptOf(0)).not.toContain("app.intercom.com");
  });

  it("asks people about a draft that has such an address, also where a memory contains it", async () => {
    await memory.rememberAnswers(
      [
        answerOf({
          question: "Where do I find the invoice archive?",
          answer: `Look there: ${inboxPage}`,
          conversationId: "77",
          url: inboxPage,
        }),
      ],
      signal,
    );
    const { conversationId } = await world.ask(
      `Where do I find the invoice archive? reply="See ${inboxPage}"`,
    );
    await eventually(() => expect(world.notes(conversationId)).toHaveLength(1));
    expect(world.replies(conversationId)).toEqual([]);
  });
});

describe("the team's saved replies, through the real service", () => {
  const macro = (id: string, name: string, body: string, visible_to = "everyone") => ({
    id,
    type: "macro",
    name,
    body,
    visible_to,
    updated_at: "2026-01-31T12:00:00.000Z",
  });
  const synced = async (articles: number) => {
    await fetch(`${world.service().baseUrl}/sync`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${world.settings.ADMIN_TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ source: "macros" }),
    });
    await eventually(async () => {
      expect(await (await world.ready()).json()).toMatchObject({
        knowledge: [{ name: "macros", state: "read", articles }],
      });
    });
  };

  it("come as answers of the team, without a template's code, and go with the macro", async () => {
    const greeting = '<p>Hi {{first_name | fallback: "there"}},</p>';
    const { macros } = world.intercom.helpCenter;
    macros.push(
      macro("1", "Refund", `${greeting}<p>Refunds take five days.</p><p>{{teammate.name}}</p>`),
      macro("2", "Refund of an order", "<p>The refund of {{order.number}} is on its way.</p>"),
      macro("3", "Refund secret", "<p>Refunds of VIPs take one day.</p>", "specific_teams"),
    );
    await synced(3);
    const { conversationId } = await world.ask("How long does a refund take?");
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    expect(promptOf(0)).toMatch(/kind: the team's saved reply[^\n]*\nabout: Refund\n/);
    expect(promptOf(0)).toContain("Refunds take five days.");
    expect(promptOf(0)).not.toMatch(/fallback|first_name|teammate|<attribute|on its way|VIPs/);

    macros.splice(0, 1);
    await synced(2);
    const later = await world.ask("How long does a refund take, please?");
    await eventually(() => expect(world.openai.requests.length).toBeGreaterThan(1));
    expect(promptOf(1)).not.toContain("Refunds take five days.");
    expect(later.conversationId).not.toBe(conversationId);
  });
});
