import { afterEach, describe, expect, it, vi } from "vitest";
import type { Escalation } from "../../../src/core/policy.ts";
import type { DraftRequest } from "../../../src/core/ports.ts";
import type { Policy } from "../../../src/core/types.ts";
import { type ChatService, startChatService } from "../../fixtures/chat-service.ts";
import { draft, policy } from "../../fixtures/conversations.ts";

let service: ChatService;
const asked: DraftRequest[] = [];
afterEach(() => service.stop());

const rule = (name: string, when: Escalation["when"]): Escalation => ({
  name,
  when,
  step: "review",
  to: null,
  tell: null,
});

async function start(rules: Escalation[], more: Partial<Policy> = {}) {
  asked.length = 0;
  const rulesOfFile = { ...policy.rules, escalate: rules };
  service = await startChatService({
    policy: () => ({ ...policy, quietPeriodMs: 0, ...more, rules: rulesOfFile }),
    drafter: {
      async draft(request) {
        asked.push(request);
        return { draft: draft({ reply: "Yes, you can.", confidence: 0.99, usedSources: [] }) };
      },
    },
  });
}

/** What production would do with an answer to somebody like that. */
async function decidedFor(situation: object | null) {
  const { id } = await service.newSession({ situation });
  const socket = await service.connect(id);
  socket.send({ type: "message", text: "Can I do that?" });
  await vi.waitFor(() => expect(socket.said("assistant")).toHaveLength(1), { timeout: 30_000 });
  const entry = socket.entries().find((one) => "draft" in one && one.draft !== null);
  socket.close();
  const decision = entry !== undefined && "draft" in entry ? entry.draft?.decision : undefined;
  return `${decision?.action}: ${decision?.explanation}`;
}

describe("who writes on the page", () => {
  it.each<[string, Escalation["when"], object, object]>([
    ["their plan", { plan: ["Pro"] }, { plan: "Pro" }, { plan: "Free" }],
    ["their company", { company: ["Blue Sun"] }, { company: "Blue Sun" }, {}],
    ["their segment", { segment: ["At risk"] }, { segments: ["At risk"] }, { segments: ["New"] }],
    ["their country", { country: ["Germany"] }, { country: "germany" }, { country: "France" }],
    ["the VIP tag", { tag: ["VIP"] }, { tags: ["VIP"] }, { tags: ["new"] }],
    ["their tag", { contactTag: ["beta"] }, { contactTags: ["beta"] }, {}],
    ["the channel", { channel: ["email"] }, { channel: "email" }, { channel: "conversation" }],
    ["the page", { url: ["*/pricing*"] }, { pageUrl: "https://a.example/pricing" }, {}],
    [
      "being a lead",
      { contactAttribute: { role: { isOneOf: ["lead"] } } },
      { role: "lead" },
      { role: "user" },
    ],
    [
      "an attribute",
      { contactAttribute: { Seats: { atLeast: 50 } } },
      { attributes: { Seats: "51" } },
      { attributes: { Seats: "49" } },
    ],
    [
      "an attribute of their company",
      { companyAttribute: { size: { atLeast: 200 } } },
      { companyAttributes: { size: "200" } },
      { companyAttributes: { size: "20" } },
    ],
    [
      "an attribute of the conversation",
      { conversationAttribute: { Topic: { isOneOf: ["Billing"] } } },
      { conversationAttributes: { Topic: "Billing" } },
      { conversationAttributes: { Topic: "Login" } },
    ],
  ])("meets a rule about %s, and only then", async (_what, when, met, notMet) => {
    await start([rule("special", when)]);
    expect(await decidedFor(met)).toMatch(/^review: .*special/);
    expect(await decidedFor(notMet)).toMatch(/^reply: /);
  });

  it("writes at the time that was set, and the time goes on from there", async () => {
    await start([]);
    const at = Date.UTC(2030, 0, 5, 12);
    await decidedFor({ at });
    const [request] = asked;
    expect(request?.conversation.readAt).toBeGreaterThanOrEqual(at);
    expect(request?.conversation.readAt).toBeLessThan(at + 3_600_000);
    const [message] = request?.turn.messages ?? [];
    expect((request?.conversation.readAt ?? 0) - (message?.at ?? 0)).toBeLessThan(60_000);
  });

  it("is shown to the model as far as CONTACT_ATTRIBUTES allows", async () => {
    await start([], { contactAttributes: ["plan", "Seats"] });
    await decidedFor({
      plan: "Pro",
      company: "Blue Sun",
      attributes: { Seats: "51", Secret: "x" },
    });
    expect(asked[0]?.conversation.shownFacts).toEqual([
      { name: "plan", value: "Pro" },
      { name: "Seats", value: "51" },
    ]);
  });

  it("can be changed and taken back, and a session that was forgotten has it again", async () => {
    await start([rule("special", { plan: ["Pro"] })]);
    const { id, situation } = await service.newSession();
    expect(situation).toBeNull();
    const path = `/chat/sessions/${id}`;
    const changed = await service.call("PATCH", path, { situation: { plan: "Pro" } });
    expect(await changed.json()).toMatchObject({ situation: { plan: "Pro" } });
    expect(await (await service.call("PATCH", path, { name: "Other" })).json()).toMatchObject({
      situation: { plan: "Pro" },
    });
    const cleared = await service.call("PATCH", path, { situation: null });
    expect(await cleared.json()).toMatchObject({ situation: null });
    const other = `/chat/sessions/${crypto.randomUUID()}`;
    const about = { name: "", customerName: "", mode: "automatic", messages: [] };
    const restored = await service.call("PUT", other, { ...about, situation: { plan: "Pro" } });
    expect(await restored.json()).toMatchObject({ situation: { plan: "Pro" } });
  });

  it("takes only what there is, in words", async () => {
    await start([]);
    for (const situation of [{ plan: "x".repeat(101) }, { age: 3 }, { role: "admin" }, "Pro"]) {
      const response = await service.call("POST", "/chat/sessions", { situation });
      expect(response.status).toBe(400);
    }
  });

  it("counts for the rules that say where to answer at all", async () => {
    const only = [{ name: "paying", when: { plan: ["Pro"] } }];
    await start([]);
    await service.stop();
    asked.length = 0;
    const rules = { ...policy.rules, only };
    service = await startChatService({ policy: () => ({ ...policy, quietPeriodMs: 0, rules }) });
    expect(await decidedFor({ plan: "Pro" })).toMatch(/^reply/);
    // Of nobody in particular nothing is known: those rules do not keep the page silent.
    expect(await decidedFor(null)).toMatch(/^reply/);
    const { id } = await service.newSession({ situation: { plan: "Free" } });
    const socket = await service.connect(id);
    socket.send({ type: "message", text: "Can I?" });
    await vi.waitFor(
      () => expect(socket.entries().at(-1)).toMatchObject({ type: "notice", draft: null }),
      { timeout: 30_000 },
    );
    socket.close();
  });
});
