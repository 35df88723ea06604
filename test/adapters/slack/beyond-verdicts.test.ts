import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { source } from "../../fixtures/conversations.ts";
import type { Block } from "../../stand-ins/slack.ts";
import {
  buttonsOf,
  elementOf,
  eventually,
  type SlackWorld,
  startSlackWorld,
  wordsOf,
} from "./slack-world.ts";

let world: SlackWorld;
beforeAll(async () => {
  world = await startSlackWorld({
    reminderMinutes: 30,
    scopes: ["chat:write", "reactions:write", "users:read", "users:read.email"],
  });
});
afterEach(() => {
  world.slack.setFault(() => null);
  world.slack.told.length = 0;
});
afterAll(async () => {
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

const cardShows = (ts: string, words: string | RegExp) =>
  eventually(async () => expect(wordsOf(await world.slack.message(ts))).toMatch(words));
const choose = (entry: string) => ({
  action: { type: "overflow", selected_option: { value: entry } },
});
const openRedraft = (ts: string) => world.openForm(ts, "review_more", choose("review_redraft"));
const takeOver = (ts: string) => world.click(ts, "review_more", choose("review_take_over"));

describe("redraft", () => {
  it("replaces the draft, keeps the old one in the thread, and can be approved", async () => {
    const { ts, conversationId } = await world.ask({ reply: "First draft." });
    const view = await openRedraft(ts);
    await world.submit(view, { text: "Shorter" });
    await cardShows(ts, /Drafted again\* for .*“Shorter”/);
    expect(wordsOf(await world.slack.message(ts))).toContain("Shorter: First draft.");
    await eventually(async () =>
      expect((await world.slack.thread(ts)).map(wordsOf).join()).toContain("First draft."),
    );
    expect(world.replies(conversationId)).toEqual([]);
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent\*/);
    expect(world.replies(conversationId)).toEqual(["<p>Shorter: First draft.</p>"]);
    // What is approved is not what the model wrote by itself.
    await eventually(async () =>
      expect((await world.state()).answers.at(-1)).toMatchObject({
        answer: "Shorter: First draft.",
        verdict: { judged: { basis: { firstConfidence: expect.any(Number) } } },
      }),
    );
  });

  it("is looked at by the rules of the first draft, and the card says what they found", async () => {
    const { ts } = await world.ask({ reply: "First draft." });
    await world.submit(await openRedraft(ts), { text: "Name https://evil.example/x" });
    await cardShows(ts, /contains a link/);
    await world.submit(await openRedraft(ts), { text: "Shorter" });
    await cardShows(ts, /Drafted again\* for .*“Shorter”/);
  });

  it("brings the draft back when the model is down", async () => {
    const { ts } = await world.ask({ reply: "First draft." });
    await world.submit(await openRedraft(ts), { text: "fail" });
    await cardShows(ts, /the model is down/);
    expect(buttonsOf(await world.slack.message(ts))).toContain("review_approve");
  });

  it("is acknowledged within 3 s while the model hangs, and keeps others from approving", async () => {
    const { ts, conversationId } = await world.ask();
    const live = await world.slack.message(ts);
    const view = await openRedraft(ts);
    const { status, ms } = await world.submit(view, { text: "hang" });
    expect(status).toBe(200);
    expect(ms).toBeLessThan(3000);
    await cardShows(ts, /Drafting again…/);
    await world.click(ts, "review_approve", { message: live, user: world.slack.bob });
    await eventually(() => expect(world.slack.told.at(-1)?.text).toMatch(/Somebody else/));
    expect(world.replies(conversationId)).toEqual([]);
  });

  it("never brings live buttons back over a reply that is under way", async () => {
    const { ts, conversationId } = await world.ask();
    const view = await openRedraft(ts);
    await world.click(ts, "review_approve", { user: world.slack.bob });
    const { body } = await world.submit(view, { text: "Shorter" });
    expect(body).toMatch(/Somebody else was faster/);
    await cardShows(ts, /Sent\*/);
    expect(buttonsOf(await world.slack.message(ts))).toEqual([]);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("refuses an empty instruction inside the form", async () => {
    const { ts } = await world.ask();
    const { body } = await world.submit(await openRedraft(ts), { text: " " });
    expect(JSON.parse(body)).toMatchObject({ response_action: "errors" });
  });
});

describe("what the draft lacks", () => {
  const missing = ["When does the contract end? <!channel>", "Which plan?"];
  const openFacts = (ts: string) => world.openForm(ts, "review_fill_in");

  it("is asked with a field each, and the reply is drafted anew with it and can be approved", async () => {
    const { ts, conversationId } = await world.ask({ reply: "I do not know yet.", missing });
    expect(wordsOf(await world.slack.message(ts))).toContain("• Which plan?");
    const view = await openFacts(ts);
    expect(JSON.stringify(view)).toMatch(/When does the contract end\?.*Which plan\?/);
    const before = (await world.state()).answers.length;

    await world.submit(view, { fact_0: "On 31 March 2027", fact_1: " " });
    await cardShows(ts, /Drafted again\* with what .* filled in, .*31 March 2027/);
    expect(wordsOf(await world.slack.message(ts))).not.toContain("<!channel>: I do not know yet.");
    expect(wordsOf(await world.slack.message(ts))).toContain(
      "On 31 March 2027: I do not know yet.",
    );
    // The model lacks nothing any more.
    expect(buttonsOf(await world.slack.message(ts))).not.toContain("review_fill_in");
    expect(world.replies(conversationId)).toEqual([]);

    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent\*/);
    expect(world.replies(conversationId).join()).toContain("On 31 March 2027: I do not know yet.");
    // A fact about one customer is no answer for the next.
    expect((await world.state()).answers).toHaveLength(before);
    expect((await world.state()).turns.at(-1)?.text).toContain("31 March 2027");
  });

  it("must be filled in at least once, which the form says itself", async () => {
    const { ts } = await world.ask({ missing });
    const { body } = await world.submit(await openFacts(ts), { fact_0: " " });
    expect(JSON.parse(body)).toMatchObject({
      response_action: "errors",
      errors: { fact_0: "Fill in at least one of these." },
    });
  });

  it("is kept for whoever typed it when somebody else was faster", async () => {
    const { ts, conversationId } = await world.ask({ missing });
    const view = await openFacts(ts);
    await world.click(ts, "review_approve", { user: world.slack.bob });
    const { body } = await world.submit(view, { fact_1: "The Pro plan" });
    expect(body).toMatch(/Somebody else was faster.*Which plan\? The Pro plan/s);
    await cardShows(ts, /Sent\*/);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("has no button on a draft that lacks nothing", async () => {
    const { ts } = await world.ask();
    expect(buttonsOf(await world.slack.message(ts))).not.toContain("review_fill_in");
  });
});

describe("take over", () => {
  it("assigns the conversation to the teammate with the same address", async () => {
    const { ts, conversationId, partId, card } = await world.ask();
    await takeOver(ts);
    await cardShows(ts, /Taken over\* by .*assigned to them in Intercom/);
    const tessa = 9_608_801;
    expect(world.intercom.conversation(conversationId).admin_assignee_id).toBe(tessa);
    expect(world.replies(conversationId)).toEqual([]);
    expect(world.notes(conversationId).at(-1)).toContain(
      `ref: part=${partId} outcome=taken-over card=${card.id}`,
    );
  });

  it("just closes the card where nobody has that address, and the note keeps us quiet", async () => {
    const { ts, conversationId } = await world.ask();
    await world.click(ts, "review_more", { ...choose("review_take_over"), user: world.slack.bob });
    await cardShows(ts, /Taken over\* by .*Please answer in Intercom/);
    expect(world.notes(conversationId).at(-1)).toContain("Taken over by Bob Reviewer");
    expect(buttonsOf(await world.slack.message(ts))).toEqual([]);
  });
});

describe("a newer draft", () => {
  it("retires the older card", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.customerWrites(conversationId, "And on mobile?");
    await world.review(conversationId, { reply: "Both." });
    await cardShows(ts, /Replaced\.\* The customer wrote again/);
    expect(buttonsOf(await world.slack.message(ts))).toEqual([]);
  });

  it("leaves a card alone that was decided", async () => {
    const { ts, conversationId } = await world.ask();
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent\*/);
    world.intercom.customerWrites(conversationId, "Thanks, one more thing");
    await world.review(conversationId, { reply: "Sure." });
    expect(wordsOf(await world.slack.message(ts))).toMatch(/Sent\*/);
  });
});

describe("what a reviewer must know", () => {
  it("is what was said before, and that an earlier draft was rejected", async () => {
    const { ts, conversationId } = await world.ask({ reply: "A bad draft." });
    await world.submit(await world.openForm(ts, "review_reject"), { text: "No such page" });
    await cardShows(ts, /Rejected\* by/);
    world.intercom.teammateWrites(conversationId, "Have you tried the reset page?");
    world.intercom.customerWrites(conversationId, "That did not help");
    const followUp = await world.review(conversationId, { reply: "Another one." });
    if (followUp.kind !== "in-review") throw new Error("no card");
    const next = followUp.card.id.split("-")[1] ?? "";
    const words = wordsOf(await world.slack.message(next));
    expect(words).toContain("Have you tried the reset page?");
    expect(words).toContain("That did not help");
    expect(words).toMatch(/Waiting since <!date/);
  });

  it("is that the earlier draft was rejected, while nobody has answered", async () => {
    const { ts, conversationId } = await world.ask({ reply: "A bad draft." });
    await world.submit(await world.openForm(ts, "review_reject"), { text: "No such page" });
    await cardShows(ts, /Rejected\* by/);
    world.intercom.customerWrites(conversationId, "Hello?");
    const second = await world.review(conversationId, { reply: "A better one." });
    if (second.kind !== "in-review") throw new Error("no card");
    await cardShows(
      second.card.id.split("-")[1] ?? "",
      /The earlier draft was rejected by Alice Reviewer\. Reason: No such page/,
    );
    await cardShows(ts, /Rejected\* by Alice Reviewer.*Since then: The customer wrote again/);
  });

  it("is what was found: used with its passage, for the team only, and not used", async () => {
    const handbook = source({ id: "i1", title: "Refund rules", text: "Above 100 ask Finance." });
    const answer = { ...source({ id: "a1", title: "Where is reset?" }), kind: "answer", by: "Zoe" };
    const { ts } = await world.ask({}, "How?", [{ ...handbook, isInternal: true }, answer]);
    const words = wordsOf(await world.slack.message(ts));
    expect(words).toMatch(/What it rests on\nResetting your password · <.*>\nOpen https:\/\/app/);
    expect(words).toMatch(/For you \(internal\)\nRefund rules.*\nAbove 100 ask Finance\./);
    expect(words).toMatch(/Found and not used\nWhere is reset\? · answered by Zoe/);
  });

  it("is where teammates open what has no public address, or where it lies", async () => {
    const about = { url: null, text: "Above 100 ask Finance." };
    const guide = source({ ...about, id: "i1", place: "handbook/guide.pdf, page 12" });
    const page = "https://responder.example/source?id=i1&passage=a#passage";
    const answer = { ...source({ ...about, id: "a1" }), kind: "answer", by: "Zoe" };
    const { ts } = await world.ask({ usedSources: [{ ...guide, page }] }, "How?", [
      guide,
      { ...answer, page: "https://responder.example/source?id=a1" },
    ]);
    const card = JSON.stringify(await world.slack.message(ts));
    expect(card).toContain(
      JSON.stringify({ type: "link", text: "handbook/guide.pdf, page 12", url: page }).slice(1, -1),
    );
    const words = wordsOf(await world.slack.message(ts));
    expect(words).toMatch(
      /answered by Zoe · <https:\/\/responder\.example\/source\?id=a1\|open it>/,
    );
  });

  it("is, first of all, that nothing supports a draft", async () => {
    const { ts } = await world.ask({ usedSources: [] });
    const { blocks } = await world.slack.message(ts);
    expect(blocks[1]?.text.text).toContain("*Nothing supports this draft*");
  });
});

describe("decided in Intercom", () => {
  it("closes the card when a teammate answered", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.teammateWrites(conversationId, "I have got this.");
    await world.closedElsewhere(conversationId);
    await cardShows(ts, /Decided elsewhere\.\* A teammate has answered/);
    expect(buttonsOf(await world.slack.message(ts))).toEqual([]);
  });

  it("closes the card when the conversation was closed", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.close(conversationId);
    await world.closedElsewhere(conversationId);
    await cardShows(ts, /Decided elsewhere\.\* The conversation is closed/);
  });

  it("leaves cards alone that we answered ourselves, or that are still open", async () => {
    const sent = await world.ask();
    await world.click(sent.ts, "review_approve");
    await cardShows(sent.ts, /Sent\*/);
    await world.closedElsewhere(sent.conversationId);
    expect(wordsOf(await world.slack.message(sent.ts))).toMatch(/Sent\*/);
    const open = await world.ask();
    await world.closedElsewhere(open.conversationId);
    expect(buttonsOf(await world.slack.message(open.ts))).toContain("review_approve");
  });
});

describe("reminders", () => {
  const remindersOf = async (ts: string) =>
    (await world.slack.scheduled()).filter(({ text }) => text.includes(ts));

  it("wait in the card's thread, and are cancelled by the decision after a restart", async () => {
    const { ts } = await world.ask();
    await eventually(async () => expect(await remindersOf(ts)).toHaveLength(1));
    const [reminder] = await remindersOf(ts);
    expect(reminder?.post_at).toBeGreaterThan(Date.now() / 1000 + 29 * 60);
    expect(
      world.slack.callsOf("chat.scheduleMessage").some((call) => call.arguments.thread_ts === ts),
    ).toBe(true);
    await world.replica().kill();
    await world.restart();
    await world.click(ts, "review_approve");
    await eventually(async () => expect(await remindersOf(ts)).toEqual([]));
  });

  it("are cancelled when the card is decided elsewhere, and no others are", async () => {
    const one = await world.ask();
    const other = await world.ask();
    for (const { ts } of [one, other]) {
      await eventually(async () => expect(await remindersOf(ts)).toHaveLength(1));
    }
    world.intercom.teammateWrites(one.conversationId, "Mine.");
    await world.closedElsewhere(one.conversationId);
    expect(await remindersOf(one.ts)).toEqual([]);
    expect(await remindersOf(other.ts)).toHaveLength(1);
  });
});

it("has a menu with the rest", async () => {
  const { ts } = await world.ask();
  const menu = elementOf((await world.slack.message(ts)).blocks, "review_more");
  expect(menu.options.map((option: { text: { text: string } }) => option.text.text)).toEqual([
    "Redraft…",
    "Take over myself",
  ]);
});

describe("our reply was wrong", () => {
  const choice = choose("review_reply_was_wrong");
  const choices = (blocks: Block[]) =>
    elementOf(blocks, "review_more").options.map(({ value }: { value: string }) => value);

  it("is offered only where the customer wrote after a reply of ours", async () => {
    const { ts } = await world.ask();
    expect(choices((await world.slack.message(ts)).blocks)).not.toContain("review_reply_was_wrong");
  });

  it("remembers what should have been said, and drafts a correction that a person must approve", async () => {
    const { conversationId } = world.intercom.customerWrites(null, "How long is the trial?");
    const { partId: replyId } = world.intercom.teammateWrites(conversationId, "Thirty days.", {
      adminId: world.intercom.adminId,
    });
    world.intercom.customerWrites(conversationId, "No, it ended after fourteen!");
    await world.review(conversationId, { reply: "We are sorry to hear that." });
    const { ts = "" } = (await world.slack.messages()).findLast(({ blocks }) => blocks) ?? {};
    expect(choices((await world.slack.message(ts)).blocks)).toContain("review_reply_was_wrong");

    const view = await world.openForm(ts, "review_more", choice);
    await world.submit(view, { text: "Fourteen days." });
    await cardShows(ts, /What should have been said: Fourteen days\./);
    await eventually(async () => {
      const { answers, audited } = await world.state();
      expect(audited.at(-1)).toEqual({ isRight: false, foundBy: "customer" });
      expect(answers.slice(-2)).toEqual([
        expect.objectContaining({
          question: "How long is the trial?",
          answer: "Fourteen days.",
          status: "answer",
          partId: replyId,
        }),
        expect.objectContaining({
          answer: "Thirty days.",
          status: "rejected",
          author: "automatic-reply",
          verdict: { by: expect.any(String), reason: null },
        }),
      ]);
    });
    expect(world.replies(conversationId)).toEqual(["<p>Thirty days.</p>"]);
    await world.click(ts, "review_approve");
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(2));
  });
});
