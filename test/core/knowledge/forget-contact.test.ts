import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import type { AnswerMemory } from "../../../src/core/knowledge/answer-memory.ts";
import type { CardPorts } from "../../../src/core/knowledge/empty-cards.ts";
import { followMergedContact } from "../../../src/core/knowledge/follow-merge.ts";
import { forgetContact } from "../../../src/core/knowledge/forget-contact.ts";
import { forgetOldTurns } from "../../../src/core/knowledge/forget-old-turns.ts";
import {
  isOfForgotten,
  readForgottenContacts,
} from "../../../src/core/knowledge/forgotten-contacts.ts";
import { markLine } from "../../../src/core/note-marks.ts";
import type { Contacts } from "../../../src/core/ports.ts";
import type { Conversation } from "../../../src/core/types.ts";
import { answerOf, turnOf, whose } from "../../contracts/memory.ts";
import { conversation, customer, noon, part, us } from "../../fixtures/conversations.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const signal = new AbortController().signal;
const log = createRecordingLog();
let memory: AnswerMemory;

beforeEach(() => {
  memory = createSqliteMemory({ directory: ":memory:", embedder: null, log });
});
afterEach(() => memory.close());

/** Who took part in which conversation, and who was merged into whom. */
function contactsWith(
  conversations: Record<string, string[]>,
  merged: Record<string, string> = {},
): Contacts {
  return {
    conversationsOf: async (id) => conversations[id] ?? [],
    mergedInto: async (id) => merged[id] ?? null,
    findByEmail: async () => [],
  };
}

const ports = (contacts: Contacts | null = null, cards: CardPorts | null = null) => ({
  ...{ memory, contacts, cards, log, forgetBeside: async () => {} },
  clock: () => noon,
});

describe("forgetting a contact", () => {
  it("removes what they said and heard and the answers learnt from it, and nobody else's", async () => {
    await memory.rememberTurns(
      [turnOf({}), turnOf({ partId: "2", speaker: "us" }), turnOf({ conversationId: "200" })],
      signal,
    );
    const other = turnOf({ conversationId: "300", contactId: "contact-2" });
    await memory.rememberTurns([other], signal);
    await memory.rememberAnswers([answerOf({}), answerOf({ conversationId: "300" })], signal);

    expect(await forgetContact("contact-1", ports())).toEqual({
      contact: "contact-1",
      conversations: 2,
      turns: 3,
      answers: 1,
      cards: 0,
    });
    expect((await memory.findAnswers(null, 10, signal)).map((one) => one.conversationId)).toEqual([
      "300",
    ]);
    expect(await memory.recallConversations("invoice", whose("contact-2"), 5, signal)).toHaveLength(
      1,
    );
  });

  it("finds answers of conversations of which no turn is stored any more", async () => {
    await memory.rememberAnswers([answerOf({ conversationId: "400" })], signal);
    const contacts = contactsWith({ "contact-1": ["400"] });
    expect(await forgetContact("contact-1", ports(contacts))).toMatchObject({
      conversations: 1,
      answers: 1,
    });
  });

  it("finds what is stored under a lead who was merged into them", async () => {
    await memory.rememberTurns([turnOf({ contactId: "lead" })], signal);
    const contacts = contactsWith({ "contact-1": ["100"] }, { lead: "contact-1" });
    expect(await forgetContact("contact-1", ports(contacts))).toMatchObject({ turns: 1 });
    expect(await memory.findTurns({ contactId: "lead" }, 10, signal)).toEqual([]);
  });

  it("keeps that nothing of before is learnt again, even where a later step fails", async () => {
    const contacts = {
      ...contactsWith({}),
      conversationsOf: async () => {
        throw new Error("[intercom] POST /conversations/search → 503");
      },
    };
    await expect(forgetContact(customer.id, ports(contacts))).rejects.toThrow("503");
    const forgotten = await readForgottenContacts(memory, signal);
    const before = conversation([part(customer, "Hello", { at: noon })]);
    const after = conversation([part(customer, "Hello", { at: noon + 1_000 })]);
    expect(isOfForgotten(before, forgotten)).toBe(true);
    expect(isOfForgotten(after, forgotten)).toBe(false);
    expect(JSON.stringify([...forgotten])).toBe(JSON.stringify([[customer.id, noon]]));
  });

  it("empties the cards that our notes name, each once, and goes on where that fails", async () => {
    const mark = (outcome: "in-review" | "rejected", cardId: string) =>
      part(us, markLine({ basePartId: "p", outcome, cardId }), { kind: "note" });
    const read: Record<string, Conversation> = {
      "100": conversation([mark("in-review", "C1-1.1"), mark("rejected", "C1-1.1")]),
      "200": conversation([mark("in-review", "C1-2.2"), mark("in-review", "C1-3.3")]),
    };
    const emptied: string[] = [];
    const cards: CardPorts = {
      inbox: {
        async read(id) {
          if (id === "300") throw new Error("[intercom] GET /conversations/300 → 503");
          return read[id] ?? null;
        },
      },
      async empty(cardId) {
        if (cardId !== "C1-2.2") emptied.push(cardId);
        return cardId !== "C1-2.2";
      },
    };
    const contacts = contactsWith({ "contact-1": ["300", "100", "200", "400"] });
    const forgotten = await forgetContact("contact-1", ports(contacts, cards));
    expect(emptied).toEqual(["C1-1.1", "C1-3.3"]);
    expect(forgotten.cards).toBe(2);
  });

  it("remembers all who were forgotten", async () => {
    await forgetContact("one", ports());
    await forgetContact("two", ports());
    expect([...(await readForgottenContacts(memory, signal)).keys()]).toEqual(["one", "two"]);
  });
});

describe("a merge", () => {
  it("gives the history of the one who is gone to the one who remains", async () => {
    await memory.rememberTurns(
      [
        turnOf({ contactId: "lead" }),
        turnOf({ contactId: "lead", conversationId: "200" }),
        turnOf({ contactId: "colleague", partId: "2" }),
      ],
      signal,
    );
    const contacts = contactsWith({ user: ["100"] }, { lead: "user", colleague: "somebody" });
    await followMergedContact("user", ports(contacts));
    expect(await memory.findTurns({ contactId: "user" }, 10, signal)).toHaveLength(2);
    expect(await memory.findTurns({ contactId: "lead" }, 10, signal)).toEqual([]);
    expect(await memory.findTurns({ contactId: "colleague" }, 10, signal)).toHaveLength(1);
  });
});

describe("RETENTION_DAYS", () => {
  it("removes what is older, however much it is, and keeps the answers", async () => {
    const many = Array.from({ length: 1_203 }, (_, n) => turnOf({ partId: `${n}`, at: noon - 1 }));
    await memory.rememberTurns([...many, turnOf({ partId: "new", at: noon })], signal);
    await memory.rememberAnswers([answerOf({ at: 1 })], signal);
    expect(await forgetOldTurns(noon, memory, log)).toBe(1_203);
    expect(await memory.findTurns({ contactId: "contact-1" }, 10, signal)).toHaveLength(1);
    expect(await memory.findAnswers(null, 10, signal)).toHaveLength(1);
  });
});
