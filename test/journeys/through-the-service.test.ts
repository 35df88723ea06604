import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { quietReasons, reviewReasons } from "../../src/core/judging/wording.ts";
import { linksIn } from "../../src/lib/links.ts";
import { startWorld, type World } from "../e2e/world.ts";
import type { ConversationDocument, PartDocument } from "../stand-ins/intercom/documents.ts";
import { answerObject } from "../stand-ins/openai.ts";
import { type Case, cases } from "./cases.ts";

// The same cases at the level where a customer would see them: a signed webhook goes in, and what
// counts is what the service then writes to Intercom. Its memory is empty and Slack is not set up,
// so that a draft for review becomes a note.

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** A link of the draft stands in none of the sources there, which decides before other reasons do. */
const decidedAlike = cases.filter(
  ({ draft, expected: { decision } }) =>
    decision === undefined ||
    decision.reason === "unknown-link" ||
    linksIn(draft.reply ?? "").length === 0,
);

describe("journeys, through the real service", () => {
  it.each(decidedAlike)("$name", async ({ name, conversation, draft, expected }) => {
    world.openai.answers(() => answerFrom(draft));
    const own = broughtToNow(conversation, name);
    const before = partsOf(own).length;
    world.intercom.import(own);
    await deliver(own);
    const outcome = await vi.waitFor(() => outcomeOf(own.id), { timeout: 30_000, interval: 20 });
    const written = partsOf(world.intercom.conversation(own.id)).slice(before);

    if (expected.quiet !== undefined) {
      expect(outcome).toBe(expected.quiet);
      expect(Object.keys(quietReasons)).toContain(expected.quiet);
      expect(written).toEqual([]);
      return;
    }
    expect(written).toHaveLength(1);
    const { decision } = expected;
    expect(written[0]?.part_type).toBe(decision?.action === "reply" ? "comment" : "note");
    if (decision?.action !== "reply") expect(written[0]?.body).toContain(wordsOf(decision));
  });

  it("says once for each unknown kind of part that it does not know it", () => {
    const told = world
      .service()
      .logged("a part of an unknown type: treated as an event, nobody is answered for it");
    expect(told).toMatchObject([{ partType: "hologram" }]);
  });
});

function wordsOf(decision: Case["expected"]["decision"]): string {
  if (decision?.action === "review") return reviewReasons[decision.reason];
  if (decision?.action === "stay-quiet") return "No answer needed";
  return decision?.reason === "taken-for-spam"
    ? "Taken for spam: nothing was sent"
    : "a person needs to answer";
}

/** The reason to stay quiet, or what was done instead, once the service has logged either. */
function outcomeOf(conversationId: string): string {
  const isAbout = (line: Record<string, unknown>) => line.conversationId === conversationId;
  const quiet = world.service().logged("stayed quiet").find(isAbout);
  if (quiet !== undefined) return String(quiet.reason);
  const outcomes = ["replied", "noted", "in-review", "no-answer-needed"];
  const outcome = outcomes.find((event) => world.service().logged(event).some(isAbout));
  if (outcome === undefined) throw new Error("No outcome yet");
  return outcome;
}

function partsOf({ conversation_parts }: ConversationDocument): PartDocument[] {
  return conversation_parts.conversation_parts;
}

/** Notified about the newest thing that was said, as if it were a customer's. */
async function deliver(conversation: ConversationDocument): Promise<void> {
  const partId = partsOf(conversation).at(-1)?.id ?? conversation.source.id;
  expect(await world.deliver(partId, { topic: "conversation.user.replied" })).toBe(200);
}

/** The same conversation with ids of its own, and with its newest moment five seconds ago. */
function broughtToNow(conversation: ConversationDocument, name: string): ConversationDocument {
  const place = String(cases.findIndex((one) => one.name === name) + 1).padStart(3, "0");
  const messages = [conversation.source, ...partsOf(conversation)].filter((one) => one !== null);
  let json = JSON.stringify(conversation);
  for (const { id } of [conversation, ...messages]) json = json.replaceAll(id, `${id}${place}`);
  const later = Math.floor(Date.now() / 1000) - 5 - conversation.updated_at;
  return JSON.parse(json, (key, value: unknown) =>
    typeof value === "number" && /_at$|^waiting_since$/.test(key) ? value + later : value,
  );
}

function answerFrom({ needsHuman, ...draft }: Case["draft"]): object {
  const { reply, confidence, reasoning, intent, language } = draft;
  return answerObject({
    reply,
    confidence,
    reasoning,
    intent,
    language,
    needs_human: needsHuman ?? false,
  });
}
