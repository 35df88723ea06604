import { describe, expect, it } from "vitest";
import { suggestedAnswers } from "../../../src/core/learning/suggested-answers.ts";
import { answerOf } from "../../contracts/memory.ts";
import { source } from "../../fixtures/conversations.ts";

const signal = AbortSignal.timeout(60_000);
const none = { search: async () => [] };
const pause = async () => {};
let conversation = 0;
const answered = (question: string, answer: string, more: { conversationId?: string } = {}) => {
  conversation += 1;
  const conversationId = more.conversationId ?? `${conversation}`;
  return { ...answerOf({ question, answer, conversationId }), id: `a${conversation}`, score: null };
};

const norway = [
  answered("Do you ship parcels to Norway?", "Yes, we ship to Norway within five days."),
  answered(
    "Will you ship parcels to Norway?",
    "Yes. We ship parcels to Norway within five days, by post.",
  ),
  answered("Can you ship parcels to Norway for me?", "Sure, within five days."),
];
const logo = [
  answered("How do I change the logo on invoices?", "Open Layout and choose Refresh."),
  answered("The logo on my invoices is old, how to change it?", "Choose Refresh under Layout."),
];
const once = answered("Is there an office in Berlin?", "No, we have none.");

describe("suggested answers", () => {
  it("are what was asked in several conversations, the most frequent first, in one person's words", async () => {
    const found = await suggestedAnswers([...logo, once, ...norway], none, signal, pause);
    expect(found.map(({ conversations }) => conversations)).toEqual([3, 2]);
    const [first] = found;
    expect(first?.question).toMatch(/Norway/);
    expect(norway.map(({ answer }) => answer)).toContain(first?.answer);
    expect(first?.ids.toSorted()).toEqual(norway.map(({ id }) => id).toSorted());
    expect(norway.find(({ id }) => id === first?.ids[0])?.answer).toBe(first?.answer);
  });

  it("are none where an article says it already, and name the nearest where one says other things", async () => {
    const search = async (query: string) => {
      const text = "We ship parcels to Norway, Sweden and Finland by post, within five days.";
      const shipping = source({ title: "Shipping abroad", text });
      return [query.includes("Norway") ? shipping : source({ title: "Invoices", text: "Pay." })];
    };
    const found = await suggestedAnswers([...norway, ...logo], { search }, signal, pause);
    expect(found).toMatchObject([{ conversations: 2, nearest: { title: "Invoices", share: 0 } }]);
  });

  it("are no pattern where one conversation asked twice", async () => {
    const twice = logo.map(({ question, answer }) =>
      answered(question, answer, { conversationId: "same" }),
    );
    expect(await suggestedAnswers(twice, none, signal, pause)).toEqual([]);
  });
});
