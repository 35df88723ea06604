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
  world = await startSlackWorld();
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
const isTold = (words: string | RegExp) =>
  eventually(() => expect(world.slack.told.map(({ text }) => text).join("\n")).toMatch(words));
const buttons = async (ts: string) => buttonsOf(await world.slack.message(ts));
const partsWith = (text: string) => (request: { method: string; body: unknown }) =>
  request.method === "POST" && JSON.stringify(request.body).includes(text);

describe("approve", () => {
  it("sends the draft, and the card says what was sent, by whom and when", async () => {
    const { ts, conversationId } = await world.ask({ reply: "Hi Ada,\n\n5 < 6 & 7 > 2." });
    const { status, body } = await world.click(ts, "review_approve");
    expect({ status, body }).toEqual({ status: 200, body: "" });
    await cardShows(ts, new RegExp(`Sent\\*: approved by <@${world.slack.alice}>, <!date`));
    expect(world.replies(conversationId)).toEqual([
      "<p>Hi Ada,</p><p>5 &lt; 6 &amp; 7 &gt; 2.</p>",
    ]);
    expect(await buttons(ts)).toEqual([]);
    expect(wordsOf(await world.slack.message(ts))).toContain("How do I reset my password?");
  });

  it("works on a replica that did not post the card, however long the draft", async () => {
    const reply = Array.from({ length: 250 }, (_, index) => `Step ${index} ${index ** 7}.`).join(
      " ",
    );
    const { ts, conversationId } = await world.ask({ reply });
    expect(await buttons(ts)).toContain("review_approve");
    const values = new Set((await world.slack.message(ts)).blocks.at(-1)?.elements.map(carried));
    expect(values.size).toBeGreaterThan(2);
    await world.replica().kill();
    await world.restart();
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent/);
    expect(world.replies(conversationId)).toEqual([`<p>${reply}</p>`]);
  });

  it("tells what was decided, after how long, and that the card waits no more", async () => {
    const { ts } = await world.ask();
    await world.click(ts, "review_approve");
    await eventually(async () => {
      const { decided, closed } = await world.state();
      expect(decided.at(-1)).toMatchObject({ verdict: "approve", outcome: "sent" });
      expect(decided.at(-1)?.afterSeconds).toBeLessThan(60);
      expect(closed.at(-1)).toContain(ts);
    });
  });

  it("remembers the answer with who wrote it and what it was drafted from", async () => {
    const { ts, conversationId } = await world.ask();
    await world.click(ts, "review_approve");
    await eventually(async () => {
      const { answers, turns } = await world.state();
      expect(answers.at(-1)).toMatchObject({
        question: "How do I reset my password?",
        answer: "Hi Ada, open the reset page and follow the steps.",
        status: "answer",
        author: "approved-draft",
        conversationId,
        language: "en",
        decision: { action: "review", reason: "low-confidence" },
        verdict: {
          by: "Alice Reviewer",
          reason: null,
          judged: { basis: { intent: "question", model: "test", sources: [{ id: "s1" }] } },
        },
        draftedFrom: ["s1"],
      });
      expect(turns.at(-1)).toMatchObject({ conversationId, speaker: "us" });
    });
  });

  it("remembers for one brand what was drafted from its source, though nobody knew whose it was", async () => {
    const usedSources = [source({ forWhom: { brands: ["Acme"], plans: ["Pro"] } })];
    const { ts } = await world.ask({ usedSources });
    await world.click(ts, "review_approve");
    await eventually(async () =>
      expect((await world.state()).answers.at(-1)).toMatchObject({
        forWhom: { brands: ["Acme"], plans: ["Pro"] },
        verdict: { judged: { basis: { isForPlan: true } } },
      }),
    );
  });

  it("looks at the conversation again afterwards, for a message that landed beside it", async () => {
    const { ts, conversationId } = await world.ask();
    await world.click(ts, "review_approve");
    await eventually(async () =>
      expect((await world.state()).hints).toContainEqual(
        expect.objectContaining({ conversationId, from: "card" }),
      ),
    );
  });
});

describe("edit", () => {
  it("opens the whole draft, sends the new text, and shows the difference in the thread", async () => {
    const { ts, conversationId } = await world.ask({ reply: "Hi Ada, open the page & wait." });
    const view = await world.openForm(ts, "review_edit");
    expect(elementOfForm(view, "text")).toMatchObject({ focus_on_load: true });
    const { status, body } = await world.submit(view, { text: "Hi Ada, open the site & wait." });
    expect({ status, body }).toEqual({ status: 200, body: "" });
    await cardShows(ts, /Sent\*: edited by/);
    expect(world.replies(conversationId)).toEqual(["<p>Hi Ada, open the site &amp; wait.</p>"]);
    const thread = await eventuallyThread(ts);
    expect(thread[0]?.blocks[1]?.elements[0].elements).toContainEqual(
      expect.objectContaining({ text: "page", style: { strike: true } }),
    );
    await eventually(async () =>
      expect((await world.state()).answers.at(-1)).toMatchObject({
        author: "edited-draft",
        answer: "Hi Ada, open the site & wait.",
      }),
    );
  });

  it("refuses an empty text inside the form", async () => {
    const { ts, conversationId } = await world.ask();
    const view = await world.openForm(ts, "review_edit");
    const { body } = await world.submit(view, { text: "  \n " });
    expect(JSON.parse(body)).toMatchObject({ response_action: "errors" });
    expect(world.replies(conversationId)).toEqual([]);
    expect(await buttons(ts)).toContain("review_approve");
  });

  it("asks once about an address of the team's own, and sends it to whoever insists", async () => {
    const { ts, conversationId } = await world.ask();
    const view = await world.openForm(ts, "review_edit");
    const text =
      "See <https://app.intercom.com/a/inbox/x/conversation/1|*here*> or http://10.0.0.7/x";
    const asked = JSON.parse((await world.submit(view, { text })).body);
    expect(asked.response_action).toBe("update");
    expect(JSON.stringify(asked.view)).toMatch(
      /A customer cannot open https:\/\/app\.intercom\.com.* or .*10\.0\.0\.7/,
    );
    expect(world.replies(conversationId)).toEqual([]);
    await world.submit({ ...view, ...asked.view }, { text });
    await cardShows(ts, /Sent\*: edited by/);
    expect(world.replies(conversationId)[0]).toContain("10.0.0.7");
  });

  it("sends what was typed as in Slack the way it was meant", async () => {
    const { ts, conversationId } = await world.ask({ reply: "Press *Save* once." });
    const view = await world.openForm(ts, "review_edit");
    const text =
      "Press *Save* and *this one*, see <https://acme.com/x|our page>:\n• 2*3*4\n• `*x*`";
    await world.submit(view, { text });
    await cardShows(ts, /Sent\*: edited by/);
    expect(world.replies(conversationId)).toEqual([
      '<p>Press <em>Save</em> and <strong>this one</strong>, see <a href="https://acme.com/x">our page</a>:</p><ul><li>2*3*4</li><li>*x*</li></ul>',
    ]);
  });

  it("counts as Approve when nothing was changed", async () => {
    const { ts } = await world.ask({ reply: "Unchanged." });
    const view = await world.openForm(ts, "review_edit");
    await world.submit(view, { text: "Unchanged.\n" });
    await cardShows(ts, /Sent\*: approved by/);
    await eventually(async () =>
      expect((await world.state()).answers.at(-1)).toMatchObject({
        author: "approved-draft",
        answer: "Unchanged.",
      }),
    );
  });

  it("shows the loser their own text, to copy", async () => {
    const { ts, conversationId } = await world.ask();
    const view = await world.openForm(ts, "review_edit", { user: world.slack.bob });
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent/);
    const { body } = await world.submit(view, { text: "My words" }, { user: world.slack.bob });
    expect(JSON.parse(body).response_action).toBe("update");
    expect(body).toMatch(/Somebody else was faster/);
    expect(body).toContain("My words");
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("takes a form only from the person it was opened for", async () => {
    const { ts, conversationId } = await world.ask();
    const view = await world.openForm(ts, "review_edit", { user: world.slack.bob });
    const { body } = await world.submit(view, { text: "Mine" }, { user: world.slack.guest });
    expect(body).toMatch(/cannot be read/);
    expect(world.replies(conversationId)).toEqual([]);
  });
});

describe("reject", () => {
  it("sends nothing, notes by whom and why, and remembers the rejection", async () => {
    const { ts, conversationId, partId, card } = await world.ask({ reply: "A bad draft." });
    const view = await world.openForm(ts, "review_reject");
    await world.submit(view, { choice: "Wrong", text: "We have no such page" });
    await cardShows(ts, /Rejected\* by .*Wrong: We have no such page/);
    expect(world.replies(conversationId)).toEqual([]);
    const note = world.notes(conversationId).at(-1);
    expect(note).toContain("rejected by Alice Reviewer");
    expect(note).toContain("Wrong: We have no such page");
    expect(note).toContain(`ref: part=${partId} outcome=rejected card=${card.id}`);
    await eventually(async () =>
      expect((await world.state()).answers.at(-1)).toMatchObject({
        status: "rejected",
        answer: "A bad draft.",
        verdict: { by: "Alice Reviewer", reason: "Wrong: We have no such page" },
        partId,
      }),
    );
  });

  it("needs no reason", async () => {
    const { ts } = await world.ask();
    const view = await world.openForm(ts, "review_reject");
    await world.submit(view, {});
    await cardShows(ts, /Rejected\* by/);
  });
});

describe("a card whose time has passed", () => {
  it("sends nothing when the customer wrote again, and has the conversation looked at", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.customerWrites(conversationId, "And on mobile?");
    await world.click(ts, "review_approve");
    await cardShows(ts, /Not sent\.\* The customer wrote again/);
    expect(world.replies(conversationId)).toEqual([]);
    expect((await world.state()).hints).toContainEqual(expect.objectContaining({ conversationId }));
  });

  it("sends nothing when a teammate answered", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.teammateWrites(conversationId, "I have got this.");
    await world.click(ts, "review_approve");
    await cardShows(ts, /Not sent\.\* A teammate has answered/);
    expect(world.replies(conversationId)).toEqual([]);
  });

  it("sends nothing when the conversation was closed", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.close(conversationId);
    await world.click(ts, "review_approve");
    await cardShows(ts, /Not sent\.\* The conversation is closed/);
    expect(world.replies(conversationId)).toEqual([]);
  });

  it("takes no notice of a teammate's note", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.teammateNotes(conversationId, "Looks good to me.");
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent\*/);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("gives way to the card that the newest note names: two cards, one reply", async () => {
    const first = await world.ask({ reply: "First." });
    const second = await world.review(first.conversationId, { reply: "Second." });
    if (second.kind !== "in-review" || second.card === null) throw new Error("no second card");
    const secondTs = second.card.id.split("-")[1] ?? "";
    await Promise.all([
      world.click(first.ts, "review_approve"),
      world.click(secondTs, "review_approve", { user: world.slack.bob }),
    ]);
    await cardShows(first.ts, /Not sent\.\* (Another card|The customer already)/);
    await cardShows(secondTs, /Sent\*/);
    expect(world.replies(first.conversationId)).toEqual(["<p>Second.</p>"]);
  });

  it("is not decided when no note names it, and has the conversation looked at", async () => {
    world.intercom.setFault((request) =>
      partsWith('"note"')(request) ? { kind: "status", status: 403, when: "before" } : null,
    );
    const { conversationId } = world.intercom.customerWrites(null, "Hello?");
    await world.review(conversationId);
    const card = (await world.slack.messages()).at(-1);
    await world.click(card?.ts ?? "", "review_approve");
    await cardShows(card?.ts ?? "", /No note in Intercom names this card/);
    expect(world.replies(conversationId)).toEqual([]);
    expect((await world.state()).hints).toContainEqual(expect.objectContaining({ conversationId }));
  });
});

describe("when Intercom or Slack fail", () => {
  it("says that Intercom refused, and can be tried again", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.setFault((request) =>
      partsWith('"comment"')(request) ? { kind: "status", status: 403, when: "before" } : null,
    );
    await world.click(ts, "review_approve");
    await cardShows(ts, /Not sent\*: Intercom answered 403.* You can try again/);
    world.intercom.setFault(() => null);
    await world.click(ts, "review_approve", { user: world.slack.bob });
    await cardShows(ts, /Sent\*/);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("keeps an edited text when Intercom refuses it", async () => {
    const { ts, conversationId } = await world.ask();
    const view = await world.openForm(ts, "review_edit");
    world.intercom.setFault((request) =>
      partsWith('"comment"')(request) ? { kind: "status", status: 422, when: "before" } : null,
    );
    await world.submit(view, { text: "Words I thought about" });
    await cardShows(ts, /You can try again/);
    world.intercom.setFault(() => null);
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent\*/);
    expect(world.replies(conversationId)).toEqual(["<p>Words I thought about</p>"]);
  });

  it("finds the reply that Intercom took although its answer was lost", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.setFault((request) =>
      partsWith('"comment"')(request) ? { kind: "drop", when: "after" } : null,
    );
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent\*/);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("reads Intercom before it offers another try of what stayed unknown", async () => {
    const { ts, conversationId } = await world.ask();
    world.intercom.setFault((request) =>
      partsWith('"comment"')(request) ? { kind: "status", status: 503, when: "before" } : null,
    );
    await world.click(ts, "review_approve");
    await cardShows(ts, /not known whether the reply was sent/);
    expect(await buttons(ts)).toContain("review_check");
    world.intercom.setFault(() => null);
    await world.click(ts, "review_check");
    await cardShows(ts, /the reply is not in Intercom/);
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent\*/);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("sends nothing when the claim's answer is lost, and offers a way out that works", async () => {
    const { ts, conversationId } = await world.ask();
    world.slack.setFault(({ method }) =>
      method === "reactions.add" ? { kind: "drop", when: "after" } : null,
    );
    await world.click(ts, "review_approve");
    await isTold(/Slack did not confirm/);
    expect(world.replies(conversationId)).toEqual([]);
    world.slack.setFault(() => null);
    await world.click(ts, "review_approve");
    await isTold(/Somebody else was faster/);
    await wayOut(ts);
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent\*/);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("does not take a failed card for a failed reply", async () => {
    const { ts, conversationId } = await world.ask();
    world.slack.setFault(({ method }) =>
      method === "chat.update" ? { kind: "refuse", error: "msg_too_long" } : null,
    );
    await world.click(ts, "review_approve");
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
    world.slack.setFault(() => null);
    await world.click(ts, "review_approve", { user: world.slack.bob });
    await isTold(/Somebody else was faster/);
    await wayOut(ts);
    await cardShows(ts, /the reply stands in Intercom/);
    expect(world.replies(conversationId)).toHaveLength(1);
  });

  it("shows the outcome although Slack is rate limited for a moment", async () => {
    const { ts } = await world.ask();
    let refusals = 2;
    world.slack.setFault(({ method, arguments: { blocks } }) => {
      const isFinal = method === "chat.update" && buttonsOf({ blocks: blocks as [] }).length === 0;
      if (!isFinal || refusals === 0) return null;
      refusals -= 1;
      return refusals === 1 ? { kind: "rate-limit", seconds: 1 } : status503;
    });
    await world.click(ts, "review_approve");
    await cardShows(ts, /Sent\*/);
  });

  it("leaves a note instead of a card when Slack takes none, and posts none twice", async () => {
    const { conversationId } = world.intercom.customerWrites(null, "Anybody?");
    const before = (await world.slack.messages()).length;
    world.slack.setFault(({ method }) =>
      method === "chat.postMessage" ? { kind: "status", status: 503, when: "after" } : null,
    );
    expect(await world.review(conversationId)).toEqual({ kind: "noted" });
    expect((await world.slack.messages()).length - before).toBe(1);
    expect((await world.state()).health).toMatchObject({ state: "failing" });
    // The card that Slack took nevertheless is not the one that counts.
    world.slack.setFault(() => null);
    const ts = (await world.slack.messages()).at(-1)?.ts ?? "";
    await world.click(ts, "review_approve");
    await cardShows(ts, /left as an internal note/);
    expect(world.replies(conversationId)).toEqual([]);
  });

  it("says to invite the app when it is not in the channel", async () => {
    const { conversationId } = world.intercom.customerWrites(null, "Anybody?");
    world.slack.setFault(({ method }) =>
      method === "chat.postMessage" ? { kind: "refuse", error: "not_in_channel" } : null,
    );
    await world.review(conversationId);
    expect((await world.state()).health.detail).toMatch(/not_in_channel: invite the app/);
  });

  it("acknowledges within 3 s while Intercom hangs", async () => {
    const { ts } = await world.ask();
    world.intercom.setFault(() => ({ kind: "hang", ms: 4000, when: "before" }));
    const { status, ms } = await world.click(ts, "review_approve");
    expect(status).toBe(200);
    expect(ms).toBeLessThan(3000);
  });
});

describe("who may decide", () => {
  it("not somebody outside the review channel", async () => {
    const { ts, conversationId } = await world.ask();
    await world.click(ts, "review_approve", { channel: world.slack.otherChannelId });
    await isTold(/does not belong to the review channel/);
    expect(world.replies(conversationId)).toEqual([]);
  });

  it("not a guest, nor somebody of a connected workspace, unless they are named", async () => {
    const { ts, conversationId } = await world.ask();
    await world.click(ts, "review_approve", { user: world.slack.guest });
    await isTold(/Guests and people of connected workspaces/);
    world.slack.told.length = 0;
    await world.click(ts, "review_approve", { userTeam: "T999999999" });
    await isTold(/Guests and people of connected workspaces/);
    expect(world.replies(conversationId)).toEqual([]);
    expect(await buttons(ts)).toContain("review_approve");
  });

  it("not with a card that was changed", async () => {
    const { ts, conversationId } = await world.ask();
    const { value } = elementOf((await world.slack.message(ts)).blocks, "review_approve");
    const changed = value.replace(/.$/, (last: string) => (last === "A" ? "B" : "A"));
    await world.click(ts, "review_approve", { action: { value: changed } });
    await isTold(/cannot be read/);
    expect(world.replies(conversationId)).toEqual([]);
  });

  it("not with the buttons of an older version", async () => {
    const { ts } = await world.ask();
    await world.click(ts, "approve_v0");
    await isTold(/older version/);
  });

  it("not by replaying another card's draft on this one", async () => {
    const one = await world.ask({ reply: "One." });
    const other = await world.ask({ reply: "Other." });
    const { value } = elementOf((await world.slack.message(one.ts)).blocks, "review_approve");
    await world.click(other.ts, "review_approve", { action: { value } });
    await cardShows(other.ts, /Another card/);
    expect(world.replies(one.conversationId)).toEqual([]);
    expect(world.replies(other.conversationId)).toEqual([]);
  });
});

const carried = ({ value }: Block) => value;
const status503 = { kind: "status", status: 503, when: "before" } as const;

/** Presses the button of the private answer, two minutes later. */
async function wayOut(ts: string): Promise<void> {
  const answer = world.slack.told.findLast(({ blocks }) => buttonsOf({ blocks }).length > 0);
  const message = { ts: "1.1", text: "", blocks: answer?.blocks ?? [] };
  const at = Date.now() / 1000;
  await world.click(ts, "review_check", { message, isPrivate: true, at: at + 60 });
  await isTold(/still under way/);
  await world.click(ts, "review_check", { message, isPrivate: true, at: at + 121 });
  await cardShows(ts, /Checked|checked/);
}

function elementOfForm(view: { blocks?: { block_id: string; element: object }[] }, id: string) {
  return view.blocks?.find(({ block_id }) => block_id === id)?.element;
}

async function eventuallyThread(ts: string) {
  await eventually(async () => expect(await world.slack.thread(ts)).not.toEqual([]));
  return world.slack.thread(ts);
}
