import { describe, expect, it } from "vitest";
import { whyQuiet } from "../../../src/core/judging/why-quiet.ts";
import type { RememberedAnswer } from "../../../src/core/knowledge/answer-memory.ts";
import { markLine } from "../../../src/core/note-marks.ts";
import type { Written } from "../../../src/core/ports.ts";
import { type PendingReview, standingOf } from "../../../src/core/reviewing/review-standing.ts";
import { noteRejected, readRejection } from "../../../src/core/reviewing/review-wording.ts";
import {
  type SettlePorts,
  settleReview,
  type Verdict,
} from "../../../src/core/reviewing/settle-review.ts";
import type { Hint, Part } from "../../../src/core/types.ts";
import {
  conversation,
  customer,
  fin,
  part,
  policy,
  teammate,
  us,
} from "../../fixtures/conversations.ts";

const question = part(customer, "How do I reset my password?");
const by = { id: "U1", name: "Alice" };

function inReview(cardId: string, basePartId = question.id): Part {
  const mark = markLine({ basePartId, outcome: "in-review", cardId });
  return part(us, `A draft waits.\n\n${mark}`, { kind: "note" });
}

function review(more: Partial<PendingReview> = {}): PendingReview {
  return {
    cardId: "card-1",
    conversationId: "c1",
    basePartId: question.id,
    isCorrection: false,
    needsAnswer: false,
    draft: "Open the reset page.",
    confidence: 0.6,
    language: "en",
    reason: "low-confidence",
    draftedFrom: ["s1"],
    ...more,
  };
}

/** A conversation in which writes end as the test says; `late` parts stand only in later readings. */
function world(parts: Part[], fates: Written[] = []) {
  const sent: string[] = [];
  const notes: string[] = [];
  const hints: Hint[] = [];
  const answers: RememberedAnswer[] = [];
  let now = 1000;
  const ports: SettlePorts = {
    inbox: {
      read: async () => conversation([...parts]),
      async reply(_id, text) {
        const fate = fates.shift() ?? { result: "done", partId: `r${sent.length}` };
        sent.push(text);
        if (fate.result === "done") parts.push(part(us, text, { id: fate.partId }));
        return fate;
      },
      async note(_id, text) {
        notes.push(text);
        return { result: "done", partId: "n1" };
      },
    },
    memory: {
      rememberAnswers: async (more) => {
        answers.push(...more);
        return [];
      },
      rememberTurns: async () => {},
    },
    queue: { add: (hint) => void hints.push(hint) },
    record: { basePartIds: new Map(), replied() {} },
    rest: async (ms) => {
      now += ms;
    },
    clock: () => now,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  };
  return {
    sent,
    notes,
    hints,
    answers,
    ports,
    async settle(verdict: Verdict, more: { actBefore?: number; review?: PendingReview } = {}) {
      const options = { policy, actBefore: more.actBefore ?? 1_000_000 };
      const pending = more.review ?? review();
      const { settled, remembering } = await settleReview(pending, verdict, by, ports, options);
      await remembering;
      return settled;
    },
  };
}

describe("a verdict where somebody has taken the conversation since", () => {
  const given = part(teammate, "", { kind: "event", assignedTo: "502" });
  const settledAs = async (teammateId: string | null) => {
    const there = world([question, inReview("card-1"), given]);
    there.ports.teammateIdOf = async () => teammateId;
    return { settled: await there.settle({ kind: "approve" }), sent: there.sent };
  };

  it("is carried out for the one who took it", async () => {
    const { settled, sent } = await settledAs("502");
    expect(settled.kind).toBe("sent");
    expect(sent).toEqual(["Open the reset page."]);
  });

  it.each(["501", null])("sends nothing for anybody else (%s)", async (teammateId) => {
    const { settled, sent } = await settledAs(teammateId);
    expect(settled).toMatchObject({ kind: "stale", reason: "teammate-active" });
    expect(sent).toEqual([]);
  });
});

describe("what is kept of a verdict on a draft whose sources are for some only", () => {
  const forWhom = { brands: ["Acme", "Beta"], plans: ["Pro"] };
  const kept = async (verdict: Verdict, more: Partial<PendingReview> = {}) => {
    const there = world([question, inReview("card-1")]);
    await there.settle(verdict, { review: review({ forWhom, ...more }) });
    return there.answers;
  };

  it("is for them alone, whether it is approved, edited or written anew", async () => {
    expect(await kept({ kind: "approve" })).toMatchObject([{ author: "approved-draft", forWhom }]);
    const edited: Verdict = { kind: "edit", text: "Open the page and press the button." };
    expect(await kept(edited)).toMatchObject([{ author: "edited-draft", forWhom }]);
    const anew = await kept(edited, { needsAnswer: true });
    expect(anew).toMatchObject([{ author: "teammate", forWhom }]);
  });

  it("is for everybody where the sources are", async () => {
    const [answer] = await kept({ kind: "approve" }, { forWhom: undefined });
    expect(answer).not.toHaveProperty("forWhom");
  });
});

describe("how a review stands", () => {
  const standing = (parts: Part[], more: Partial<PendingReview> = {}) =>
    standingOf(review(more), conversation(parts), policy);

  it("stops an approval where tags or Fin keep us quiet, whoever approves", () => {
    const parts = [question, inReview("card-1")];
    const of = (more: object) => {
      const found = standingOf(review({}), conversation(parts, more), {
        ...policy,
        skipTags: ["vip"],
      });
      return found.kind === "stale" ? found.reason : found.kind;
    };
    expect(of({ tags: ["VIP"] })).toBe("excluded-by-tag");
    expect(of({ fin: "active" })).toBe("fin-active");
  });

  it("is open while its note is the newest and nobody has answered", () => {
    const note = part(teammate, "Looks good.", { kind: "note" });
    expect(standing([question, inReview("card-1"), note]).kind).toBe("open");
  });

  it.each([
    ["a teammate answered", teammate, "teammate-answered"],
    ["another bot answered", fin, "other-bot-answered"],
  ])("is stale when %s", (_what, author, reason) => {
    const answered = [question, inReview("card-1"), part(author, "Hi.", { isAiAnswer: true })];
    expect(standing(answered)).toMatchObject({ kind: "stale", reason });
  });

  it("is stale when the customer wrote again", () => {
    const again = [question, inReview("card-1"), part(customer, "Hello?")];
    expect(standing(again)).toMatchObject({ kind: "stale", reason: "customer-wrote-again" });
  });

  it("finds our reply, also when more was said after it", () => {
    const reply = part(us, "Open the reset page.");
    const parts = [question, inReview("card-1"), reply, part(teammate, "Anything else?")];
    expect(standing(parts)).toMatchObject({ kind: "answered-by-us", reply: { id: reply.id } });
  });

  it.each([
    ["another card", inReview("card-2"), "another-card"],
    [
      "a rejection",
      part(us, markLine({ basePartId: question.id, outcome: "rejected", cardId: "card-1" }), {
        kind: "note",
      }),
      "rejection",
    ],
    [
      "a note with the draft",
      part(us, markLine({ basePartId: question.id, outcome: "noted", cardId: null }), {
        kind: "note",
      }),
      "a-note",
    ],
  ])("is superseded when the newest note names %s", (_what, note, expected) => {
    const parts = [question, inReview("card-1"), note];
    expect(standing(parts)).toMatchObject({ kind: "superseded", by: expected });
  });

  it("is superseded when no note names any card", () => {
    expect(standing([question])).toMatchObject({ kind: "superseded", by: "nothing" });
  });

  it("of a correction is open only while our reply is the last word", () => {
    const reply = part(us, "Thirty days.");
    const correction = { basePartId: reply.id, isCorrection: true };
    const parts = [question, reply, inReview("card-1", reply.id)];
    expect(standing(parts, correction)).toMatchObject({
      kind: "open",
      turn: { messages: [question] },
    });
    const thanked = [...parts, part(customer, "Thanks")];
    expect(standing(thanked, correction)).toMatchObject({ reason: "customer-wrote-again" });
    const corrected = [...parts, part(us, "Fourteen, sorry.")];
    expect(standing(corrected, correction).kind).toBe("answered-by-us");
  });
});

describe("a verdict", () => {
  it("sends the draft once, remembers it, and has the conversation looked at", async () => {
    const scene = world([question, inReview("card-1")]);
    expect(await scene.settle({ kind: "approve" })).toMatchObject({ kind: "sent" });
    expect(scene.sent).toEqual(["Open the reset page."]);
    expect(scene.answers).toMatchObject([{ author: "approved-draft", partId: "r0" }]);
    expect(scene.hints).toMatchObject([{ conversationId: "c1", from: "card" }]);
  });

  it("sends nothing for a stale card, and hints only where the customer waits", async () => {
    const answered = world([question, inReview("card-1"), part(teammate, "Hi.")]);
    expect((await answered.settle({ kind: "approve" })).kind).toBe("stale");
    expect(answered.sent).toEqual([]);
    expect(answered.hints).toEqual([]);
    const waiting = world([question, inReview("card-1"), part(customer, "Hello?")]);
    expect((await waiting.settle({ kind: "edit", text: "Hi" })).kind).toBe("stale");
    expect(waiting.hints).toHaveLength(1);
  });

  it("tries again what Intercom put off, and not what it refused", async () => {
    const busy = world([question, inReview("card-1")], [{ result: "not-yet", retryAfterMs: 5 }]);
    expect((await busy.settle({ kind: "approve" })).kind).toBe("sent");
    expect(busy.sent).toHaveLength(2);
    const refused = world(
      [question, inReview("card-1")],
      [{ result: "refused", explanation: "no" }],
    );
    expect(await refused.settle({ kind: "approve" })).toMatchObject({
      kind: "not-done",
      explanation: "no",
    });
    expect(refused.sent).toHaveLength(1);
  });

  it("says unknown when Intercom never confirms, after reading each time", async () => {
    const unknown: Written = { result: "unknown", explanation: "503" };
    const scene = world([question, inReview("card-1")], [unknown, unknown, unknown, unknown]);
    expect((await scene.settle({ kind: "approve" })).kind).toBe("unknown");
  });

  it("sends nothing once somebody else may be deciding", async () => {
    const scene = world([question, inReview("card-1")]);
    expect((await scene.settle({ kind: "approve" }, { actBefore: 999 })).kind).toBe("unknown");
    expect(scene.sent).toEqual([]);
    const slow = world([question, inReview("card-1")], [{ result: "not-yet", retryAfterMs: 5000 }]);
    expect((await slow.settle({ kind: "approve" }, { actBefore: 2000 })).kind).toBe("unknown");
    expect(slow.sent).toHaveLength(1);
  });

  it("rejects with a note that asks a person to answer, and remembers it as rejected", async () => {
    const scene = world([question, inReview("card-1")]);
    expect((await scene.settle({ kind: "reject", reason: "Tone" })).kind).toBe("rejected");
    expect(scene.sent).toEqual([]);
    expect(scene.notes[0]).toContain("rejected by Alice");
    expect(scene.notes[0]).toContain("Reason: Tone");
    expect(scene.notes[0]).toMatch(/ref: part=\S+ outcome=rejected card=card-1$/);
    expect(scene.answers).toMatchObject([{ status: "rejected", partId: question.id }]);
  });

  it("is carried out although the memory is down", async () => {
    const scene = world([question, inReview("card-1")]);
    scene.ports.memory.rememberAnswers = async () => {
      throw new Error("down");
    };
    expect((await scene.settle({ kind: "approve" })).kind).toBe("sent");
  });

  it("is not done when Intercom cannot be read", async () => {
    const scene = world([question, inReview("card-1")]);
    scene.ports.inbox.read = async () => {
      throw new Error("[intercom] GET → 503");
    };
    expect((await scene.settle({ kind: "approve" })).kind).toBe("not-done");
    expect(scene.sent).toEqual([]);
  });
});

it("stays quiet in a conversation that was taken over from a card, until it is opened again", () => {
  const mark = markLine({ basePartId: question.id, outcome: "taken-over", cardId: "card-1" });
  const taken = part(us, `Taken over by Alice.\n\n${mark}`, { kind: "note" });
  const again = part(customer, "Hello?");
  const parts = [question, taken, again];
  expect(whyQuiet(conversation(parts), policy)).toBe("teammate-active");
  const opened = part(customer, "New question", { opens: true });
  expect(whyQuiet(conversation([...parts, opened]), policy)).toBeNull();
});

describe("the question that a verdict is remembered under", () => {
  const refund = part(customer, "I want my money back!");
  const rejected = part(
    us,
    `Rejected.\n\n${markLine({ basePartId: refund.id, outcome: "rejected", cardId: "card-0" })}`,
    { kind: "note" },
  );
  const invoice = part(customer, "Hello Ada! How do I cancel an invoice? Thanks!");

  it("leaves out what was rejected before, and small talk", async () => {
    const there = world([refund, rejected, invoice, inReview("card-1", invoice.id)]);
    await there.settle(
      { kind: "edit", text: "Open the invoice and press Cancel." },
      { review: review({ basePartId: invoice.id }) },
    );
    expect(there.answers.map(({ question: asked }) => asked)).toEqual([
      "How do I cancel an invoice?",
    ]);
  });

  it("holds all of them where nothing was rejected", async () => {
    const there = world([refund, invoice, inReview("card-1", invoice.id)]);
    await there.settle({ kind: "approve" }, { review: review({ basePartId: invoice.id }) });
    expect(there.answers[0]?.question).toBe("I want my money back!\n\nHow do I cancel an invoice?");
  });

  it("has before a follow-up the question that it leans on", async () => {
    const mobile = part(customer, "And on mobile?");
    const said = [invoice, part(us, "Open it and press Cancel."), mobile];
    const there = world([...said, inReview("card-1", mobile.id)]);
    await there.settle({ kind: "approve" }, { review: review({ basePartId: mobile.id }) });
    expect(there.answers[0]?.question).toBe("How do I cancel an invoice?\n\nAnd on mobile?");
  });

  it("is none where the customer only greeted: nothing is learnt", async () => {
    const hello = part(customer, "Hello! Thanks!");
    const there = world([hello, inReview("card-1", hello.id)]);
    const settled = await there.settle(
      { kind: "approve" },
      { review: review({ basePartId: hello.id }) },
    );
    expect(settled.kind).toBe("sent");
    expect(there.answers).toEqual([]);
  });
});

describe("what a verdict keeps of the draft that it judged", () => {
  const judgedAfter = async (verdict: Verdict) => {
    const there = world([question, inReview("card-1")]);
    await there.settle(verdict);
    return there.answers[0];
  };
  const judged = { draft: "Open the reset page.", confidence: 0.6 };

  it("is the draft as shown, its confidence and how much was edited", async () => {
    expect(await judgedAfter({ kind: "approve" })).toMatchObject({
      answer: "Open the reset page.",
      verdict: { judged: { ...judged, editedShare: 0 } },
    });
    expect(await judgedAfter({ kind: "edit", text: "Open the settings page." })).toMatchObject({
      answer: "Open the settings page.",
      verdict: { judged: { ...judged, editedShare: 0.25 } },
    });
    expect(await judgedAfter({ kind: "reject", reason: "Outdated" })).toMatchObject({
      status: "rejected",
      verdict: { reason: "Outdated", judged: { ...judged, editedShare: null } },
    });
  });

  it("is also what the draft came from, and the rule that asked", async () => {
    const basis = {
      intent: "question" as const,
      model: "test-model",
      promptHash: "0123456789ab",
      sources: [{ id: "s1", score: 0.7 }],
    };
    const there = world([question, inReview("card-1")]);
    const pending = review({ reason: "review-mode", rule: "VIPs", basis });
    await there.settle({ kind: "approve" }, { review: pending });
    expect(there.answers[0]).toMatchObject({
      decision: { action: "review", reason: "review-mode", rule: "VIPs" },
      verdict: { judged: { ...judged, editedShare: 0, basis } },
    });
  });
});

describe("a customer whom only a person can answer", () => {
  const rejectedOn = (cardId: string) => {
    const mark = markLine({ basePartId: question.id, outcome: "rejected", cardId });
    return part(us, `Rejected.\n\n${mark}`, { kind: "note" });
  };
  const unanswered = (more: Partial<PendingReview> = {}) =>
    review({ needsAnswer: true, draft: "", reason: "low-confidence", ...more });
  const answerOn = (parts: Part[], more: Partial<PendingReview> = {}) => {
    const there = world(parts);
    const verdict = { kind: "edit", text: "By hand" } as const;
    return there.settle(verdict, { review: unanswered(more) }).then((settled) => ({
      settled,
      ...there,
    }));
  };

  it("is answered on the card whose draft was rejected", async () => {
    const { sent, answers } = await answerOn([question, inReview("card-1"), rejectedOn("card-1")]);
    expect(sent).toEqual(["By hand"]);
    expect(answers[0]).toMatchObject({ author: "teammate", status: "answer" });
    expect(answers[0]?.verdict?.judged).toBeUndefined();
  });

  it("is not answered on another card than the one that was rejected last", async () => {
    const { settled, sent } = await answerOn([question, rejectedOn("card-2")]);
    expect(settled).toMatchObject({ kind: "superseded", by: "rejection" });
    expect(sent).toEqual([]);
  });

  it("is not answered twice, nor after somebody took over", async () => {
    const answered = part(teammate, "Done.");
    expect((await answerOn([question, rejectedOn("card-1"), answered])).sent).toEqual([]);
    const mark = markLine({ basePartId: question.id, outcome: "taken-over", cardId: "card-1" });
    const taken = part(us, mark, { kind: "note" });
    expect((await answerOn([question, rejectedOn("card-1"), taken])).sent).toEqual([]);
  });

  it("is answered on a card without a draft even where Intercom took no note", async () => {
    expect((await answerOn([question], { reason: "no-draft" })).sent).toEqual(["By hand"]);
    expect((await answerOn([question])).settled).toMatchObject({ by: "nothing" });
  });
});

describe("what a note on a rejection says", () => {
  it.each([
    ["Alice Reviewer", "Wrong: We have no such page", "Wrong: We have no such page"],
    ["O'Neil: support", null, null],
    ["Åsa", "Two\n\nparagraphs", "Two\n\nparagraphs"],
  ])("is read again, of %s", (name, reason, read) => {
    const note = noteRejected({ basePartId: "p1", cardId: "c", by: name, reason });
    // Intercom gives notes back without their Markdown.
    for (const text of [note, note.replaceAll("**", "")]) {
      expect(readRejection(text)).toEqual({ by: name, reason: read });
    }
    expect(readRejection("Looks good to me")).toBeNull();
  });
});
