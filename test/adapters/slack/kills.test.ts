import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { SlackCall } from "../../stand-ins/slack.ts";
import { buttonsOf, eventually, type SlackWorld, startSlackWorld, wordsOf } from "./slack-world.ts";

let world: SlackWorld;
beforeAll(async () => {
  world = await startSlackWorld();
});
beforeEach(() => {
  world.slack.calls.length = 0;
  world.slack.told.length = 0;
});
afterAll(async () => {
  expect(world.slack.problems).toEqual([]);
  await world.stop();
});

const forever = { kind: "hang", ms: 60_000, when: "before" } as const;
const cardShows = (ts: string, words: RegExp) =>
  eventually(async () => expect(wordsOf(await world.slack.message(ts))).toMatch(words));
const inTwoMinutes = () => ({ at: Date.now() / 1000 + 121 });

async function killAndRestart(): Promise<void> {
  await world.replica().kill();
  world.slack.setFault(() => null);
  world.intercom.setFault(() => null);
  await world.restart();
}

/** Presses the button of the private answer that somebody got who came too late. */
async function pressWayOut(): Promise<void> {
  await eventually(() => expect(world.slack.told.length).toBeGreaterThan(0));
  const blocks = world.slack.told.at(-1)?.blocks ?? [];
  const message = { ts: "1.1", text: "", blocks };
  await world.click("", "review_check", { message, isPrivate: true, ...inTwoMinutes() });
}

it("decides a card after a restart between card and click", async () => {
  const { ts, conversationId } = await world.ask();
  await killAndRestart();
  await world.click(ts, "review_approve");
  await cardShows(ts, /Sent\*/);
  expect(world.replies(conversationId)).toHaveLength(1);
});

it("killed right after the claim: a way out, then one reply", async () => {
  const { ts, conversationId } = await world.ask();
  world.slack.setFault(({ method }) => (method === "chat.update" ? forever : null));
  await world.click(ts, "review_approve");
  await eventually(() => expect(world.slack.callsOf("chat.update")).toHaveLength(1));
  await killAndRestart();

  await world.click(ts, "review_approve", { user: world.slack.bob });
  await pressWayOut();
  await cardShows(ts, /the reply is not in Intercom/);
  await world.click(ts, "review_approve", { user: world.slack.bob });
  await cardShows(ts, /Sent\*/);
  expect(world.replies(conversationId)).toHaveLength(1);
});

it("killed between claim and send: Check and retry, not before two minutes, then one reply", async () => {
  const { ts, conversationId } = await world.ask();
  world.intercom.setFault(() => forever);
  await world.click(ts, "review_approve");
  await cardShows(ts, /Sending…/);
  await killAndRestart();

  await world.click(ts, "review_check");
  await eventually(() => expect(world.slack.told.at(-1)?.text).toMatch(/still under way/));
  expect(wordsOf(await world.slack.message(ts))).toMatch(/Sending…/);
  await world.click(ts, "review_check", inTwoMinutes());
  await cardShows(ts, /the reply is not in Intercom/);
  expect(world.replies(conversationId)).toEqual([]);
  await world.click(ts, "review_approve");
  await cardShows(ts, /Sent\*/);
  expect(world.replies(conversationId)).toHaveLength(1);
});

it("killed between claim and send of an edit: the edited text is still there", async () => {
  const { ts, conversationId } = await world.ask();
  const view = await world.openForm(ts, "review_edit");
  world.intercom.setFault(() => forever);
  await world.submit(view, { text: "Words I thought about" });
  await cardShows(ts, /Sending…/);
  await killAndRestart();

  await world.click(ts, "review_check", inTwoMinutes());
  await cardShows(ts, /the reply is not in Intercom/);
  await world.click(ts, "review_approve");
  await cardShows(ts, /Sent\*/);
  expect(world.replies(conversationId)).toEqual(["<p>Words I thought about</p>"]);
});

it("killed while Intercom takes the reply: it is found, and not sent again", async () => {
  const { ts, conversationId } = await world.ask();
  world.intercom.setFault(({ method }) =>
    method === "POST" ? { kind: "hang", ms: 60_000, when: "after" } : null,
  );
  await world.click(ts, "review_approve");
  await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
  await killAndRestart();

  await world.click(ts, "review_check", inTwoMinutes());
  await cardShows(ts, /Sent\*: the reply stands in Intercom/);
  expect(buttonsOf(await world.slack.message(ts))).toEqual([]);
  expect(world.replies(conversationId)).toHaveLength(1);
});

it("killed between send and card: the reply is found, and not sent again", async () => {
  const { ts, conversationId } = await world.ask();
  const isFinal = ({ method, arguments: { blocks } }: SlackCall) =>
    method === "chat.update" && buttonsOf({ blocks: blocks as [] }).length === 0;
  world.slack.setFault((call) => (isFinal(call) ? forever : null));
  await world.click(ts, "review_approve");
  await eventually(() => expect(world.slack.calls.some(isFinal)).toBe(true));
  await killAndRestart();

  await world.click(ts, "review_approve", { user: world.slack.bob });
  await world.click(ts, "review_check", inTwoMinutes());
  await cardShows(ts, /Sent\*: the reply stands in Intercom/);
  expect(world.replies(conversationId)).toHaveLength(1);
});

it("killed while rejecting: the rejection stands, or can be decided again", async () => {
  const { ts, conversationId } = await world.ask();
  const view = await world.openForm(ts, "review_reject");
  world.intercom.setFault(({ method }) =>
    method === "POST" ? { kind: "hang", ms: 60_000, when: "after" } : null,
  );
  await world.submit(view, { choice: "Tone" });
  await eventually(() => expect(world.notes(conversationId)).toHaveLength(2));
  await killAndRestart();

  await world.click(ts, "review_check", inTwoMinutes());
  await cardShows(ts, /has been rejected already.* Reason: Tone/);
  expect(world.replies(conversationId)).toEqual([]);
  const form = await world.openForm(ts, "review_write");
  await world.submit(form, { text: "By hand" });
  await cardShows(ts, /Sent\*/);
  expect(world.replies(conversationId)).toEqual(["<p>By hand</p>"]);
});

it("killed while rejecting a draft too long for a form: nothing empty can be approved", async () => {
  const reply = Array.from({ length: 350 }, (_, index) => `Step ${index} ${index ** 7}.`).join(" ");
  const { ts, conversationId } = await world.ask({ reply });
  const view = await world.openForm(ts, "review_reject");
  world.intercom.setFault(() => forever);
  await world.submit(view, {});
  await cardShows(ts, /Rejecting…/);
  await killAndRestart();

  await world.click(ts, "review_check", inTwoMinutes());
  await cardShows(ts, /Please answer in Intercom/);
  expect(buttonsOf(await world.slack.message(ts))).toEqual(["review_open"]);
  expect(world.replies(conversationId)).toEqual([]);
});

it("killed between claim and send of a reply that somebody wrote: the text is still there", async () => {
  const { ts, conversationId } = await world.ask();
  await world.submit(await world.openForm(ts, "review_reject"), { choice: "Wrong" });
  await cardShows(ts, /Rejected\* by/);
  const view = await world.openForm(ts, "review_write");
  world.intercom.setFault(() => forever);
  await world.submit(view, { text: "Words I thought about" });
  await cardShows(ts, /Sending… \(written by/);
  await killAndRestart();

  await world.click(ts, "review_check", inTwoMinutes());
  await cardShows(ts, /the reply is not in Intercom/);
  await cardShows(ts, /Words I thought about/);
  const again = await world.openForm(ts, "review_write");
  expect(again.blocks[0].element.initial_value).toBe("Words I thought about");
  await world.submit(again, { text: "Words I thought about" });
  await cardShows(ts, /Sent\*: written by/);
  expect(world.replies(conversationId)).toEqual(["<p>Words I thought about</p>"]);
});

it("killed while Intercom takes a reply that somebody wrote: it is found, and not sent again", async () => {
  const { ts, conversationId } = await world.askWithoutDraft({
    reason: "model-unavailable",
    explanation: "The model was down.",
  });
  const view = await world.openForm(ts, "review_write");
  world.intercom.setFault(({ method }) =>
    method === "POST" ? { kind: "hang", ms: 60_000, when: "after" } : null,
  );
  await world.submit(view, { text: "By hand" });
  await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
  await killAndRestart();

  await world.click(ts, "review_check", inTwoMinutes());
  await cardShows(ts, /Sent\*: the reply stands in Intercom/);
  expect(buttonsOf(await world.slack.message(ts))).toEqual([]);
  expect(world.replies(conversationId)).toHaveLength(1);
});

it("killed between card and note where there is no draft: one reply, whichever card is used", async () => {
  world.intercom.setFault(({ method }) => (method === "POST" ? forever : null));
  const { conversationId } = world.intercom.customerWrites(null, "Our invoices are gone");
  const noDraft = { reason: "model-unavailable", explanation: "Down." } as const;
  const asking = world.review(conversationId, {}, { noDraft }).catch(() => null);
  await eventually(async () => expect(await cardsAbout("Our invoices are gone")).toHaveLength(1));
  await killAndRestart();
  await asking;

  // The turn is found again, and this time there is a draft.
  await world.review(conversationId, { reply: "They are back." });
  const [first, second] = await cardsAbout("Our invoices are gone");
  await world.submit(await world.openForm(first?.ts ?? "", "review_write"), { text: "By hand" });
  await cardShows(first?.ts ?? "", /Another card for the same message took its place/);
  await world.click(second?.ts ?? "", "review_approve");
  await cardShows(second?.ts ?? "", /Sent\*/);
  expect(world.replies(conversationId)).toEqual(["<p>They are back.</p>"]);
});

async function cardsAbout(question: string) {
  return (await world.slack.messages()).filter((card) => wordsOf(card).includes(question));
}

it("two people who check a stuck card at once bring back one set of buttons", async () => {
  const { ts, conversationId } = await world.ask();
  world.intercom.setFault(() => forever);
  await world.click(ts, "review_approve");
  await cardShows(ts, /Sending…/);
  await killAndRestart();

  const when = inTwoMinutes();
  await Promise.all([
    world.click(ts, "review_check", when),
    world.click(ts, "review_check", { ...when, user: world.slack.bob }),
  ]);
  await cardShows(ts, /the reply is not in Intercom/);
  await eventually(() => expect(world.slack.told.at(-1)?.text).toMatch(/Somebody else was faster/));
  await world.click(ts, "review_approve");
  await cardShows(ts, /Sent\*/);
  expect(world.replies(conversationId)).toHaveLength(1);
});
