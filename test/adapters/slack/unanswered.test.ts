import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buttonsOf, eventually, type SlackWorld, startSlackWorld, wordsOf } from "./slack-world.ts";

let world: SlackWorld;
beforeAll(async () => {
  world = await startSlackWorld({
    reminderMinutes: 30,
    escalationGroup: "S0123456789",
    scopes: ["chat:write", "reactions:write", "users:read", "users:read.email"],
  });
});
afterEach(() => {
  world.slack.setFault(() => null);
  world.intercom.setFault(() => null);
  world.slack.told.length = 0;
});
afterAll(async () => {
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

const cardShows = (ts: string, words: string | RegExp) =>
  eventually(async () => expect(wordsOf(await world.slack.message(ts))).toMatch(words));
const buttons = async (ts: string) => buttonsOf(await world.slack.message(ts));
const remindersOf = async (ts: string) =>
  (await world.slack.scheduled()).filter(({ text }) => text.includes(ts));
const wayOn = ["review_write", "review_take_over", "review_open"];
const down = { reason: "model-unavailable", explanation: "The model was down." } as const;

async function rejected(typed: { choice?: string; text?: string } = { choice: "Wrong" }) {
  const asked = await world.ask({ reply: "A bad draft." });
  await world.submit(await world.openForm(asked.ts, "review_reject"), typed);
  await cardShows(asked.ts, /Rejected\* by/);
  return asked;
}

describe("where there is no draft", () => {
  it("the channel gets a card that says why, and the note names it", async () => {
    const { ts, conversationId, partId, cardId, outcome } = await world.askWithoutDraft(down);
    expect(outcome).toEqual({ kind: "noted" });
    const card = await world.slack.message(ts);
    expect(wordsOf(card)).toContain("🚨 *There is no draft, so nothing goes out by itself.*");
    expect(wordsOf(card)).toContain("The model was down.");
    expect(wordsOf(card)).toContain("All our invoices are gone!");
    expect(card.text).toBe(
      "🚨 No draft: a person must answer · Ada Lovelace: All our invoices are gone!",
    );
    expect(await buttons(ts)).toEqual(wayOn);
    const note = world.notes(conversationId).at(-1);
    expect(note).toContain("a person needs to answer");
    expect(note).toContain(`ref: part=${partId} outcome=in-review card=${cardId}`);
  });

  it("tells leads to tell whoever runs the service, and names no variable", async () => {
    const advice = "Check OPENAI_API_KEY.";
    const { ts } = await world.askWithoutDraft({ ...down, advice });
    const words = wordsOf(await world.slack.message(ts));
    expect(words).toContain("tell whoever runs this service");
    expect(words).not.toContain("OPENAI_API_KEY");
  });

  it("a reply written on the card is sent once, and remembered as a teammate's", async () => {
    const { ts, conversationId } = await world.askWithoutDraft(down);
    const live = await world.slack.message(ts);
    const view = await world.openForm(ts, "review_write");
    expect(view.title.text).toBe("Write a reply");
    expect(view.blocks[0].element.initial_value).toBeUndefined();
    await world.submit(view, { text: "They are **back**." });
    await cardShows(ts, /Sent\*: written by/);
    expect(world.replies(conversationId)).toEqual(["<p>They are <strong>back</strong>.</p>"]);
    expect(wordsOf(await world.slack.message(ts))).toContain("All our invoices are gone!");
    expect(await buttons(ts)).toEqual([]);
    await eventually(async () => {
      const answer = (await world.state()).answers.at(-1);
      expect(answer).toMatchObject({ author: "teammate", answer: "They are **back**." });
      // Nothing was estimated, so there is nothing to calibrate with.
      expect(answer?.verdict?.judged).toBeUndefined();
    });
    await world.click(ts, "review_take_over", { message: live, user: world.slack.bob });
    await eventually(() => expect(world.slack.told.at(-1)?.text).toMatch(/Somebody else/));
  });

  it("an empty reply is refused inside the form", async () => {
    const { ts } = await world.askWithoutDraft(down);
    const { body } = await world.submit(await world.openForm(ts, "review_write"), { text: " " });
    expect(JSON.parse(body)).toMatchObject({ response_action: "errors" });
    expect(await buttons(ts)).toEqual(wayOn);
  });

  it("keeps what somebody wrote when Intercom refuses it", async () => {
    const { ts, conversationId } = await world.askWithoutDraft(down);
    const view = await world.openForm(ts, "review_write");
    world.intercom.setFault(({ method, body }) =>
      method === "POST" && JSON.stringify(body).includes('"comment"')
        ? { kind: "status", status: 422, when: "before" }
        : null,
    );
    await world.submit(view, { text: "Words I thought about" });
    await cardShows(ts, /You can try again/);
    expect(wordsOf(await world.slack.message(ts))).toContain("Words I thought about");
    world.intercom.setFault(() => null);
    const again = await world.openForm(ts, "review_write");
    expect(again.blocks[0].element.initial_value).toBe("Words I thought about");
    await world.submit(again, { text: "Words I thought about" });
    await cardShows(ts, /Sent\*: written by/);
    expect(world.replies(conversationId)).toEqual(["<p>Words I thought about</p>"]);
  });

  it("sends nothing when a teammate was faster in Intercom", async () => {
    const { ts, conversationId } = await world.askWithoutDraft(down);
    const view = await world.openForm(ts, "review_write");
    world.intercom.teammateWrites(conversationId, "I have got this.");
    await world.submit(view, { text: "Me too" });
    await cardShows(ts, /Not sent\.\* A teammate has answered/);
    expect(world.replies(conversationId)).toEqual([]);
  });

  it("somebody can take it over", async () => {
    const { ts, conversationId } = await world.askWithoutDraft(down);
    await world.click(ts, "review_take_over");
    await cardShows(ts, /Taken over\* by .*assigned to them in Intercom/);
    expect(world.notes(conversationId).at(-1)).toContain("outcome=taken-over");
    expect(await buttons(ts)).toEqual([]);
  });

  it("a card that Slack does not take leaves the note", async () => {
    world.slack.setFault(({ method }) =>
      method === "chat.postMessage" ? { kind: "status", status: 503, when: "before" } : null,
    );
    const { conversationId, cardId } = await world.askWithoutDraft(down);
    expect(cardId).toBe("");
    expect(world.notes(conversationId).at(-1)).toMatch(/outcome=noted$|outcome=noted</);
  });

  it("is closed by an answer in Intercom", async () => {
    const { ts, conversationId } = await world.askWithoutDraft(down);
    world.intercom.teammateWrites(conversationId, "I have got this.");
    await world.closedElsewhere(conversationId);
    await cardShows(ts, /Decided elsewhere\.\* A teammate has answered/);
    expect(await remindersOf(ts)).toEqual([]);
  });
});

describe("after Reject", () => {
  it("the card stays until somebody owns the customer", async () => {
    const { ts } = await rejected();
    const words = wordsOf(await world.slack.message(ts));
    expect(words).toContain("A person needs to answer");
    expect(words).toContain("How do I reset my password?");
    expect(words).toContain("A bad draft.");
    expect(await buttons(ts)).toEqual(wayOn);
  });

  it("a reply can be written on it", async () => {
    const { ts, conversationId } = await rejected();
    await world.submit(await world.openForm(ts, "review_write"), { text: "The right answer." });
    await cardShows(ts, /Sent\*: written by/);
    expect(world.replies(conversationId)).toEqual(["<p>The right answer.</p>"]);
    await eventually(async () =>
      expect((await world.state()).answers.at(-1)).toMatchObject({
        author: "teammate",
        status: "answer",
        answer: "The right answer.",
      }),
    );
  });

  it("it can be taken over", async () => {
    const { ts, conversationId } = await rejected();
    await world.click(ts, "review_take_over");
    await cardShows(ts, /Taken over\* by/);
    expect(world.notes(conversationId).at(-1)).toContain("outcome=taken-over");
  });

  it("nobody is asked where no answer is needed", async () => {
    const { ts } = await rejected({ choice: "No answer needed" });
    expect(wordsOf(await world.slack.message(ts))).not.toContain("A person needs to answer:");
    expect(await buttons(ts)).toEqual([]);
    await eventually(async () => expect(await remindersOf(ts)).toEqual([]));
  });

  it("a reminder comes unless somebody answers, and says who waits for what", async () => {
    const { ts, conversationId } = await rejected();
    await eventually(async () =>
      expect((await remindersOf(ts)).map(({ text }) => text)).toEqual([
        expect.stringMatching(
          /^:bell: <!subteam\^S0123456789> \*Ada Lovelace\* has been waiting since <!date\^\d+\^.*\(\{ago\}\)\|.*>: “How do I reset my password\?”\. A person needs to answer/,
        ),
      ]),
    );
    const calls = world.slack.callsOf("chat.scheduleMessage").map((call) => call.arguments);
    const about = calls.filter(({ thread_ts }) => thread_ts === ts);
    // One for the draft, one for the customer whom nobody answers yet.
    expect(about).toHaveLength(2);
    for (const one of about) expect(String(one.reply_broadcast)).toBe("true");
    world.intercom.teammateWrites(conversationId, "I have got this.");
    await world.closedElsewhere(conversationId);
    expect(await remindersOf(ts)).toEqual([]);
    await cardShows(ts, /Rejected\* by Alice Reviewer\. Reason: Wrong\. Since then: A teammate/);
    expect(await buttons(ts)).toEqual([]);
  });

  it("the buttons of before answer that somebody was faster", async () => {
    const { ts, conversationId } = await world.ask();
    const live = await world.slack.message(ts);
    await world.submit(await world.openForm(ts, "review_reject"), {});
    await cardShows(ts, /Rejected\* by/);
    await world.click(ts, "review_approve", { message: live, user: world.slack.bob });
    await eventually(() => expect(world.slack.told.at(-1)?.text).toMatch(/Somebody else/));
    expect(world.replies(conversationId)).toEqual([]);
  });
});
