import { describe, expect, it } from "vitest";
import { learnFrom } from "../../../src/core/learning/question-answer-pairs.ts";
import type { Part } from "../../../src/core/types.ts";
import { conversation, customer, fin, part, teammate, us } from "../../fixtures/conversations.ts";

const learn = (...parts: Part[]) => learnFrom(conversation(parts), () => "en");
const pairs = (...parts: Part[]) =>
  learn(...parts).answers.map(({ question, answer }) => [question, answer]);

const question = "How do I export my invoices?";
const answer = "Open Billing and press Export.";
const other = "Can I change the currency too?";
const otherAnswer = "Yes, under Settings, then Currency.";

describe("learning from a conversation", () => {
  it("pairs a question with the answer a person gave, and where it comes from", () => {
    const asked = part(customer, question);
    const answered = part(teammate, answer);
    expect(learn(asked, answered).answers).toEqual([
      {
        question,
        answer,
        status: "answer",
        author: "teammate",
        conversationId: "c1",
        partId: answered.id,
        at: answered.at,
        language: "en",
        url: null,
        decision: null,
        draftedFrom: [],
      },
    ]);
  });

  it("takes several customer messages as one question and several answers as one", () => {
    expect(
      pairs(
        part(customer, question),
        part(customer, "The ones of March"),
        part(teammate, answer),
        part(teammate, "It may take a few minutes."),
        part(customer, other),
        part(teammate, otherAnswer),
      ),
    ).toEqual([
      [`${question}\n\nThe ones of March`, `${answer}\n\nIt may take a few minutes.`],
      [other, otherAnswer],
    ]);
  });

  it("keeps a follow-up with the question that it leans on, whoever answered that, or not at all", () => {
    const mobile = part(customer, "and on mobile?");
    const mobileAnswer = "Tap the three dots, then Export.";
    const joined = `${question}\n\nand on mobile?`;
    const said = [mobile, part(teammate, mobileAnswer)];
    expect(pairs(part(customer, question), part(teammate, answer), ...said)).toEqual([
      [question, answer],
      [joined, mobileAnswer],
    ]);
    expect(pairs(part(customer, question), part(us, answer), ...said)).toEqual([
      [joined, mobileAnswer],
    ]);
    expect(learn(...said)).toMatchObject({ answers: [], leftOut: { "follow-up": 1 } });
  });

  it("keeps greetings and 'let me check' out of questions and answers, and counts them", () => {
    const { answers, leftOut } = learn(
      part(customer, "Hi there!"),
      part(customer, question),
      part(teammate, "Hello Ada, let me check."),
      part(customer, "Thanks!"),
      part(teammate, answer),
      part(customer, "Perfect, thank you"),
      part(teammate, "You're welcome!"),
    );
    expect(answers.map(({ question, answer }) => [question, answer])).toEqual([[question, answer]]);
    expect(leftOut).toEqual({ greeting: 4, holding: 1 });
  });

  it("leaves bots, notes, notices and events out, also between question and answer", () => {
    const { answers, leftOut } = learn(
      part(customer, question),
      part(fin, "You will find that in our help center."),
      part(customer, "I want to talk to a person"),
      part(teammate, "Looks like a billing case", { kind: "note" }),
      part(teammate, "", { kind: "event" }),
      part(teammate, answer),
    );
    expect(answers.map(({ question }) => question)).toEqual([
      `${question}\n\nI want to talk to a person`,
    ]);
    expect(leftOut).toEqual({ bot: 1, note: 1, notice: 1 });
  });

  it("never learns from our own replies", () => {
    const { answers, leftOut, turns } = learn(part(customer, question), part(us, answer));
    expect(answers).toEqual([]);
    expect(leftOut).toEqual({ "our-reply": 1 });
    expect(turns.map(({ speaker }) => speaker)).toEqual(["customer", "us"]);
  });

  it("does not take a question that we answered into the next one", () => {
    expect(
      pairs(
        part(customer, question),
        part(us, answer),
        part(customer, other),
        part(teammate, otherAnswer),
      ),
    ).toEqual([[other, otherAnswer]]);
  });

  it("takes a teammate's correction right behind our reply as the answer", () => {
    expect(
      pairs(part(customer, question), part(us, "Under Settings."), part(teammate, answer)),
    ).toEqual([[question, answer]]);
  });

  it("leaves out answers too short to be of use, and pictures without words", () => {
    const { answers, leftOut } = learn(
      part(customer, question),
      part(teammate, "Yes, here."),
      part(customer, "[image]"),
      part(teammate, answer),
    );
    expect(answers).toEqual([]);
    expect(leftOut).toEqual({ "too-short": 2 });
  });

  it("counts what nobody asked and what nobody answered", () => {
    const { answers, leftOut } = learn(
      part(teammate, "We have a new feature for you!"),
      part(customer, question),
    );
    expect(answers).toEqual([]);
    expect(leftOut).toEqual({ unasked: 1, unanswered: 1 });
  });

  it("keeps every word between people as a turn, however long the conversation", () => {
    const parts = Array.from({ length: 500 }, (_, index) =>
      part(index % 2 === 0 ? customer : teammate, `Message number ${index}`),
    );
    const { turns, answers } = learn(...parts);
    expect(turns).toHaveLength(500);
    expect(answers).toHaveLength(0);
    expect(turns[0]).toEqual({
      conversationId: "c1",
      contactId: "contact-1",
      partId: parts[0]?.id,
      speaker: "customer",
      text: "Message number 0",
      at: parts[0]?.at,
    });
  });

  it("counts words where none are written apart", () => {
    expect(
      pairs(part(customer, "請求書はどこですか"), part(teammate, "設定の請求書のページにあります")),
    ).toHaveLength(1);
  });
});
