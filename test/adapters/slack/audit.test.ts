import { afterAll, beforeAll, expect, it } from "vitest";
import { buttonsOf, eventually, type SlackWorld, startSlackWorld, wordsOf } from "./slack-world.ts";

let world: SlackWorld;
beforeAll(async () => {
  world = await startSlackWorld({ reminderMinutes: 30 });
});
afterAll(async () => {
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

const cardShows = (ts: string, words: RegExp) =>
  eventually(async () => expect(wordsOf(await world.slack.message(ts))).toMatch(words));

it("shows a reply that was sent already, with Good and Wrong", async () => {
  const { ts } = await world.audit("Thirty days.");
  const card = await world.slack.message(ts);
  expect(wordsOf(card)).toMatch(/Already sent/);
  expect(wordsOf(card)).toContain("How long is the trial?");
  expect(wordsOf(card)).toContain("Thirty days.");
  expect(buttonsOf(card).slice(0, 2)).toEqual(["audit_good", "audit_wrong"]);
  expect(await world.slack.scheduled()).toEqual([]);
});

it("Good lets the reply be recalled from now on", async () => {
  const { ts, conversationId, replyId } = await world.audit("Thirty days.");
  const live = await world.slack.message(ts);
  await world.click(ts, "audit_good");
  await cardShows(ts, /Good\*, says/);
  // What was judged stays to be read.
  await cardShows(ts, /How long is the trial\?[\s\S]*Thirty days\./);
  await eventually(async () =>
    expect((await world.state()).answers.at(-1)).toMatchObject({
      question: "How long is the trial?",
      answer: "Thirty days.",
      status: "answer",
      conversationId,
      partId: replyId,
      verdict: { judged: { draft: "Thirty days.", editedShare: 0, basis: { model: "test" } } },
    }),
  );
  await world.click(ts, "audit_good", { user: world.slack.bob, message: live });
  await eventually(() => expect(world.slack.told.at(-1)?.text).toMatch(/Somebody else/));
});

it("Wrong files what should have been said, and a correction goes the way of every draft", async () => {
  const { ts, conversationId, replyId } = await world.audit("Thirty days.");
  const view = await world.openForm(ts, "audit_wrong");
  await world.submit(view, { text: "Fourteen days." });
  await cardShows(ts, /Wrong\*, says/);
  await cardShows(ts, /How long is the trial\?[\s\S]*Thirty days\.[\s\S]*Fourteen days\./);
  await eventually(() =>
    expect(world.notes(conversationId).at(-1)).toMatch(
      new RegExp(`ref: part=${replyId} outcome=in-review card=`),
    ),
  );
  expect((await world.state()).answers.slice(-2)).toEqual([
    expect.objectContaining({ answer: "Fourteen days.", status: "answer", author: "teammate" }),
    expect.objectContaining({
      answer: "Thirty days.",
      status: "rejected",
      verdict: expect.objectContaining({
        judged: expect.objectContaining({ editedShare: null, confidence: expect.any(Number) }),
      }),
    }),
  ]);
  const correction = (await world.slack.messages()).at(-1);
  const words = wordsOf(correction ?? { blocks: [] });
  expect(words).toMatch(/Correction of a reply/);
  expect(words).toContain("*Alice Reviewer found the reply that was sent wrong.*");
  expect(words).toMatch(/found wrong\*\nThirty days\./);
  expect(words).toMatch(/What should have been said\*\nFourteen days\./);
  await world.click(correction?.ts ?? "", "review_approve");
  await cardShows(correction?.ts ?? "", /Sent\*/);
  expect(world.replies(conversationId)).toHaveLength(2);
});

it("does not correct what the customer has moved on from", async () => {
  const { ts, conversationId } = await world.audit("Thirty days.");
  world.intercom.customerWrites(conversationId, "Never mind, thanks");
  const before = (await world.slack.messages()).length;
  await world.submit(await world.openForm(ts, "audit_wrong"), { text: "Fourteen days." });
  await cardShows(ts, /Wrong\*, says/);
  await eventually(async () =>
    expect((await world.state()).answers.at(-1)).toMatchObject({ conversationId }),
  );
  expect((await world.slack.messages()).length).toBe(before);
});

it("sends no correction after the customer wrote again", async () => {
  const { ts, conversationId } = await world.audit("Thirty days.");
  await world.submit(await world.openForm(ts, "audit_wrong"), { text: "Fourteen days." });
  await eventually(() => expect(world.notes(conversationId)).toHaveLength(1));
  const correction = (await world.slack.messages()).at(-1);
  world.intercom.customerWrites(conversationId, "Are you sure?");
  await world.click(correction?.ts ?? "", "review_approve");
  await cardShows(correction?.ts ?? "", /Not sent\.\* The customer wrote again/);
  expect(world.replies(conversationId)).toHaveLength(1);
});

it("keeps what the card carries of the question where Intercom cannot be read", async () => {
  const { ts } = await world.audit("Thirty days.");
  world.intercom.setFault(() => ({ kind: "status", status: 404, when: "before" }));
  await world.click(ts, "audit_good");
  await cardShows(ts, /Good\*, says/);
  world.intercom.setFault(() => null);
  await cardShows(ts, /How long is the trial\?/);
});
