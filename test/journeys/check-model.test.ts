import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startWorld, type World } from "../e2e/world.ts";
import { answerObject } from "../stand-ins/openai.ts";

// A second model beside the one that drafts, from a signed webhook to what then stands in Intercom.

const directory = mkdtempSync(join(tmpdir(), "check-model-"));
const path = join(directory, "policy.yaml");
const policy = [
  "mode: auto",
  "escalate:",
  "  - when: The customer asks for a discount",
  "    then: review",
  "never:",
  "  - when: The customer writes for a newspaper",
].join("\n");
let world: World;
let isTrue: Record<string, number | null> = {};

beforeAll(async () => {
  writeFileSync(path, policy);
  const knowledge = join(directory, "knowledge");
  mkdirSync(knowledge);
  writeFileSync(
    join(knowledge, "parrots.md"),
    "# What parrots eat\n\nParrots eat seeds and fruit.\n",
  );
  world = await startWorld({
    POLICY_FILE: path,
    CHECK_MODEL: "gpt-6-luna",
    KNOWLEDGE_SOURCES: knowledge,
  });
  world.openai.decides((statement) => {
    const [, answer] = Object.entries(isTrue).find(([word]) => statement.includes(word)) ?? [];
    return answer === undefined ? 0.02 : answer;
  });
  world.openai.answers(() => answerObject({ reply: "Here is how.", confidence: 0.95 }));
});
beforeEach(() => {
  isTrue = {};
});
afterAll(async () => {
  await world.stop();
  rmSync(directory, { recursive: true });
});

async function decided(text: string): Promise<Record<string, unknown>> {
  const { conversationId } = await world.ask(text);
  const line = await vi.waitFor(
    () => {
      const ends = ["replied", "noted"].flatMap((event) => world.service().logged(event));
      if (!ends.some((one) => one.conversationId === conversationId)) throw new Error("no end yet");
      const all = world.service().logged("decided");
      return all.find((one) => one.conversationId === conversationId) ?? {};
    },
    { timeout: 15_000, interval: 20 },
  );
  return { ...line, replies: world.replies(conversationId).length };
}

describe("with CHECK_MODEL", () => {
  it("a reply goes out where no sentence is true, in one call of the drafting model", async () => {
    const before = world.openai.requests.length;
    expect(await decided("How do I log in?")).toMatchObject({ decision: "reply", replies: 1 });
    const asked = world.openai.requests.slice(before);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.messages[0]?.content).not.toContain("true_statements");
  });

  it("people decide where a sentence is true, or was refused", async () => {
    isTrue = { discount: 0.9 };
    expect(await decided("A better price?")).toMatchObject({
      decision: "review",
      rule: "The customer asks for a discount",
      holding: ["The customer asks for a discount"],
      replies: 0,
    });
    isTrue = { discount: null };
    expect(await decided("Hello there, how do I log in?")).toMatchObject({
      decision: "review",
      rule: "The customer asks for a discount",
      replies: 0,
    });
  });

  it("nothing is answered where a sentence of never is true", async () => {
    isTrue = { newspaper: 0.9 };
    expect(await decided("I write for the Gazette.")).toMatchObject({
      decision: "note",
      reason: "left-to-people",
      replies: 0,
    });
  });

  it.each([
    [0.9, { decision: "reply", supported: 0.9, replies: 1 }],
    [0.6, { decision: "review", reason: "doubted", supported: 0.6, replies: 0 }],
    [null, { decision: "review", reason: "not-checked", supported: null, replies: 0 }],
  ])("a reply whose source carries it by %s: %j", async (carried, expected) => {
    isTrue = { "Every claim": carried };
    world.openai.answers(({ messages }) => {
      // Folders are read beside the start: until then there is nothing to rest on.
      const isRead = messages.some(({ content }) =>
        content.includes("Parrots eat seeds and fruit."),
      );
      const reply = { reply: "Parrots eat seeds and fruit.", confidence: 0.95 };
      return answerObject(
        isRead ? { ...reply, used_sources: [1] } : { reply: "", intent: "other" },
      );
    });
    await vi.waitFor(
      async () => {
        const found = await decided("What do parrots eat?");
        if (found.sources === 0) throw new Error("not read yet");
        expect(found).toMatchObject(expected);
      },
      { timeout: 15_000, interval: 100 },
    );
    world.openai.answers(() => answerObject({ reply: "Here is how.", confidence: 0.95 }));
  });

  it("people decide while its answers cannot be used", async () => {
    world.openai.decides(() => 7);
    expect(await decided("How do I add a colleague?")).toMatchObject({
      decision: "note",
      reason: "left-to-people",
      replies: 0,
    });
  });
});
