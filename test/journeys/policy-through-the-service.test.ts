import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startWorld, type World } from "../e2e/world.ts";
import { answerObject } from "../stand-ins/openai.ts";

// From a signed webhook to what is then in Intercom, under a policy file that a lead edits meanwhile.

const directory = mkdtempSync(join(tmpdir(), "policy-"));
const path = join(directory, "policy.yaml");
const first = [
  "mode:",
  "  - name: Money to people",
  "    when: { words: [refund] }",
  "    mode: review",
  "  - name: German is noted",
  "    when: { language: de }",
  "    mode: note",
  "  - name: The rest goes out",
  "    mode: auto",
  "never:",
  "  - name: Legal has it",
  "    when: { words: [lawyer] }",
].join("\n");

let world: World;

beforeAll(async () => {
  writeFileSync(path, first);
  // The settings alone would note everything.
  world = await startWorld({ POLICY_FILE: path, REPLY_MODE: "note" });
});
afterAll(async () => {
  await world.stop();
  rmSync(directory, { recursive: true });
});

async function lineAbout(event: string, conversationId: string) {
  return vi.waitFor(
    () => {
      const lines = world.service().logged(event);
      const found = lines.find((line) => line.conversationId === conversationId);
      if (found === undefined) throw new Error(`no "${event}" yet`);
      return found;
    },
    { timeout: 30_000, interval: 20 },
  );
}

const answers = (language: string) =>
  world.openai.answers(() =>
    answerObject({ reply: "Here is how.", confidence: 0.95, language, intent: "question" }),
  );

describe("the policy file, through the real service", () => {
  it("lets a reply out where a rule says so, and the log names the rule", async () => {
    answers("en");
    const { conversationId } = await world.ask("How do I add a colleague?");
    await lineAbout("replied", conversationId);
    expect(world.replies(conversationId)).toHaveLength(1);
    expect(await lineAbout("decided", conversationId)).toMatchObject({ rule: "The rest goes out" });
  });

  it("asks a person where a rule says so, and the note names the rule", async () => {
    answers("en");
    const { conversationId } = await world.ask("Can I have a refund?");
    await lineAbout("noted", conversationId);
    expect(world.replies(conversationId)).toEqual([]);
    expect(world.notes(conversationId)[0]).toContain("“Money to people”");
  });

  it("never answers whoever asks for a person, however sure the model is", async () => {
    answers("en");
    const { conversationId } = await world.ask("Can I talk to a human?");
    await lineAbout("noted", conversationId);
    expect(world.replies(conversationId)).toEqual([]);
    expect(world.notes(conversationId)[0]).toContain("The customer asks for a person");
  });

  it("judges by the language that the draft found", async () => {
    answers("de");
    const { conversationId } = await world.ask("Wie füge ich jemanden hinzu?");
    await lineAbout("noted", conversationId);
    expect(world.notes(conversationId)[0]).toContain("“German is noted”");
  });

  it("stays quiet where a rule excludes the conversation, without asking the model", async () => {
    let asked = 0;
    world.openai.answers(() => {
      asked += 1;
      return answerObject({});
    });
    const { conversationId } = await world.ask("My lawyer will call you.");
    expect(await lineAbout("stayed quiet", conversationId)).toMatchObject({
      reason: "excluded-by-policy",
      rule: "Legal has it",
    });
    expect(asked).toBe(0);
    expect(world.notes(conversationId)).toEqual([]);
  });

  it("goes on with the last good policy after a bad edit, says so, and takes the next good one", async () => {
    const ready = async () => (await (await world.ready()).json()) as { policyFile: string };
    expect((await ready()).policyFile).toBe("in force");
    writeFileSync(path, `${first}\nconfidence_threshold: high\n`);
    answers("en");
    const before = await world.ask("How do I rename my team?");
    await lineAbout("replied", before.conversationId);
    expect((await ready()).policyFile).toContain("line 13: confidence_threshold");

    writeFileSync(path, "mode: note");
    const after = await world.ask("How do I remove my team?");
    await lineAbout("noted", after.conversationId);
    expect(world.replies(after.conversationId)).toEqual([]);
    expect((await ready()).policyFile).toBe("in force");
  });
});
