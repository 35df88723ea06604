import { describe, expect, it } from "vitest";
import { auditCard } from "../../../src/adapters/slack/audit-card.ts";
import { reviewCard } from "../../../src/adapters/slack/card.ts";
import type { CardDraft, CardMessage } from "../../../src/adapters/slack/card-blocks.ts";
import { decidedCard, workingCard } from "../../../src/adapters/slack/decided-card.ts";
import { createPacker } from "../../../src/adapters/slack/pack-draft.ts";
import { mrkdwnReminder } from "../../../src/adapters/slack/reminder-text.ts";
import { besideOf, cardDraftOf } from "../../../src/adapters/slack/reviews.ts";
import { unansweredCard } from "../../../src/adapters/slack/unanswered-card.ts";
import { labels, mrkdwnStatus } from "../../../src/adapters/slack/wording.ts";
import { backgroundOf } from "../../../src/core/reviewing/review-background.ts";
import { answeredTurn } from "../../../src/core/reviewing/review-standing.ts";
import { noteRejected } from "../../../src/core/reviewing/review-wording.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Conversation, Draft, Part, ReviewReason, Source } from "../../../src/core/types.ts";
import { conversation, customer, draft, part, source, us } from "../../fixtures/conversations.ts";
import { limitsBroken } from "../../stand-ins/slack/block-limits.ts";
import { buttonsOf, wordsOf } from "./slack-world.ts";

const packer = createPacker("a signing secret");
const person = "<@U123ABC>";
const time = "<!date^1767000000^{date_short_pretty} {time}|2025-12-29>";

type Asked = {
  parts: Part[];
  draft?: Partial<Draft>;
  reason?: ReviewReason;
  found?: Source[];
  more?: Partial<Conversation>;
};

/** A card as the channel gets it for what a customer wrote. */
function reviewOf({ parts, draft: more, reason = "low-confidence", found = [], ...rest }: Asked) {
  const read = conversation(parts, rest.more);
  const turn = unansweredTurn(read);
  if (turn === null) throw new Error("nobody waits");
  const written = draft(more);
  const cardDraft = cardDraftOf(read, turn, written, { reason });
  const background = backgroundOf(read, turn);
  const beside = besideOf(found, written);
  const card = reviewCard(cardDraft, background, packer, null, beside);
  return { card, cardDraft, background, messages: background.messages };
}

const question = part(customer, "Hi!\n\nHow do I reset my password?");
const outdatedAnswer = source({
  kind: "answer",
  title: "Refund?",
  url: null,
  by: "Zoe",
  outdated: {
    title: "Refunds",
    url: null,
    at: Date.UTC(2026, 2, 1),
    isInternal: false,
    differs: [
      {
        says: "14 days",
        articleSays: "30 days",
        sentence: "Refunds are possible within 14 days.",
        articleSentence: "Refunds are possible within 30 days.",
      },
    ],
  },
});
const normal = reviewOf({ parts: [question], draft: { confidence: 0.62 } });
const shown = { messages: normal.messages, label: labels.sentText, text: "Open the page." };
const unanswered: CardDraft = {
  ...normal.cardDraft,
  draft: "",
  sources: [],
  reason: "no-draft",
  reasoning: "The model did not answer within 30 s, twice.",
  needsAnswer: true,
};

const sent = part(us, "Thirty days.");
const trial = conversation([part(customer, "How long is the trial?"), sent]);
const audited = answeredTurn(trial, sent.id);
if (audited === null) throw new Error("nothing was answered");
const auditDraft: CardDraft = {
  ...cardDraftOf(trial, audited, draft({ reply: sent.text }), { reason: "audit-sample" }),
  kind: "audit",
};
const correctionDraft: CardDraft = {
  ...cardDraftOf(trial, audited, draft({ reply: "Sorry: **14** days." }), {
    reason: "audit-sample",
  }),
  kind: "correction",
  wrong: { by: "Bob", shouldHaveSaid: "Fourteen days." },
};
const rejection = part(
  us,
  noteRejected({
    basePartId: question.id,
    cardId: "C1-1.1",
    by: "Alice",
    reason: "Wrong: no page",
  }),
  { kind: "note" },
);
const other = { ...customer, id: "contact-2", name: "Grace Hopper" };

/** Each card with what a reader must find on it. */
const cards: Record<string, { card: CardMessage; finds: (string | RegExp)[]; notes?: RegExp }> = {
  "an ordinary draft": {
    card: normal.card,
    finds: [
      "Draft for review",
      "Ada Lovelace",
      "|Open in Intercom>",
      "probably right (62 %)",
      /Waiting since <!date\^\d+\^.*\(\{ago\}\)\|.*> · Messenger · English/,
      "How do I reset my password?",
      "Hi Ada, open the reset page",
      /What it rests on\nResetting your password · <.*\|help\.example\.com>\nOpen https:\/\/app/,
    ],
  },
  "a draft too long to be shown whole": {
    card: reviewOf({ parts: [question], draft: { reply: "Step by step. ".repeat(700) } }).card,
    finds: ["Step by step.", "Press Edit to see all of it"],
  },
  "what needs a person at once": {
    card: reviewOf({
      parts: [part(customer, "All our invoices are gone. My lawyer will call you.")],
      draft: { confidence: 0.9, needsHuman: true },
      reason: "needs-human",
    }).card,
    finds: ["🚨 *The customer needs a person*"],
    // A number would seem to contradict it.
    notes: /90 %/,
  },
  "a link that no source has": {
    card: reviewOf({
      parts: [question],
      draft: {
        reply: "See [this](https://evil.example/x).",
        unknownLinks: ["https://evil.example/x"],
      },
      reason: "unknown-link",
    }).card,
    finds: [
      "The draft contains a link that no source has",
      "\nhttps://evil.example/x\n",
      "evil.example, ⚠️ no source has this",
    ],
  },
  "a draft that nothing supports": {
    card: reviewOf({ parts: [question], draft: { usedSources: [] } }).card,
    finds: [/^.*\n⚠️ \*Nothing supports this draft\*/],
  },
  "another language": {
    card: reviewOf({
      parts: [part(customer, "パスワードを忘れました。")],
      draft: {
        language: "ja",
        reply: "設定画面を開いてください。",
        translation: {
          language: "de",
          messages: "Ich habe das Passwort vergessen.",
          reply: "Bitte öffnen Sie die Einstellungen.",
        },
      },
    }).card,
    finds: [
      "Japanese",
      /忘れました。\nIn German, for you only; it is not sent:\nIch habe das Passwort vergessen\.\n/,
      /開いてください。\nIn German, for you only; it is not sent:\nBitte öffnen Sie/,
    ],
  },
  "a follow-up": {
    card: reviewOf({
      parts: [question, part(us, "Open **Settings**."), part(customer, "That did not help")],
    }).card,
    finds: [
      "Before that",
      "Customer: Hi!\nHow do I reset my password?",
      "We answered: Open **Settings**.",
      "That did not help",
    ],
  },
  "a draft after a rejection": {
    card: reviewOf({ parts: [question, rejection, part(customer, "Hello?")] }).card,
    finds: ["The earlier draft was rejected by Alice. Reason: Wrong: no page."],
  },
  "a draft with the passages that it rests on": {
    card: reviewOf({
      parts: [question],
      draft: {
        usedSources: [source({ text: "Something else first. Press Reset on the page." })],
        quotes: [
          { sourceId: "s1", text: "Press Reset <!here> on the page.", isStanding: true },
          { sourceId: "s1", text: "It takes a <https://evil.example|year>.", isStanding: false },
        ],
      },
    }).card,
    finds: [
      /Resetting your password · .*\nPress Reset <!here> on the page\.$/m,
      "• The model quotes what stands in no source: “It takes a <https://evil.example|year>.”",
    ],
    notes: /Something else first/,
  },
  "what the draft says to the teammate": {
    card: reviewOf({
      parts: [question, part(us, "Open **Settings**."), part(customer, "And my contract?")],
      draft: {
        missing: ["When does it end? <!channel> *now*", "Which plan?"],
        promises: ["We will call <@U1>."],
        summary: "Ada asks for <https://evil.example|this>.",
      },
    }).card,
    finds: [
      "The draft lacks what only you can know*\n• When does it end? <!channel> *now*\n• Which plan?\n",
      "The draft promises*\n• We will call <@U1>.",
      "In short*\nAda asks for <https://evil.example|this>.\n*Before that",
    ],
  },
  "an e-mail": {
    card: reviewOf({ parts: [question], more: { channel: "email", subject: "Help" } }).card,
    finds: ["· e-mail · English"],
  },
  "a group": {
    card: reviewOf({
      parts: [question, part(other, "The same for me")],
      more: { contact: { id: other.id, name: other.name } },
    }).card,
    finds: ["Grace Hopper", "How do I reset my password?", "The same for me"],
  },
  "with what was found beside it": {
    card: reviewOf({
      parts: [question],
      found: [
        source({ id: "i", title: "Handbook", text: "Above 100 ask Finance.", isInternal: true }),
        source({ id: "a", kind: "answer", title: "Where is it?", by: "Zoe" }),
      ],
    }).card,
    finds: [
      /For you \(internal\)\nHandbook.*\nAbove 100 ask Finance\./,
      "Found and not used\nWhere is it? · answered by Zoe",
    ],
  },
  "an answer that may be outdated": {
    card: reviewOf({
      parts: [question],
      draft: { usedSources: [outdatedAnswer] },
    }).card,
    finds: [
      "Refund? · answered by Zoe ⚠️ possibly outdated\nRefunds are possible within 14 days.",
      "Changed on 2026-03-01, “Refunds” says instead:\nRefunds are possible within 30 days.",
    ],
  },
  "a source for a brand, where it is not known which one the customer writes to": {
    card: reviewOf({
      parts: [question],
      draft: {
        usedSources: [source({ title: "Refunds at Acme", forWhom: { brands: ["Acme"] } })],
      },
      reason: "for-whom-unknown",
    }).card,
    finds: [
      /Refunds at Acme.* only for brand Acme/,
      "The draft rests on a source for particular brands or plans",
    ],
  },
  "no draft": {
    card: unansweredCard(unanswered, normal.background, packer),
    finds: [
      "A person needs to answer",
      "🚨 *There is no draft",
      "The model did not answer within 30 s, twice.",
      "How do I reset my password?",
      /Waiting since/,
    ],
  },
  "a verdict under way": {
    card: workingCard({ ...normal.cardDraft, heldSince: 1 }, mrkdwnStatus.sending(person), packer),
    finds: [`Sending… (approved by ${person})`, "Hi Ada, open the reset page"],
  },
  approved: {
    card: decidedCard(normal.cardDraft, mrkdwnStatus.sent(person, time), shown),
    finds: [
      `*Sent*: approved by ${person}, <!date`,
      "How do I reset my password?",
      "Open the page.",
    ],
  },
  edited: {
    card: decidedCard(normal.cardDraft, mrkdwnStatus.sentEdited(person, time), shown),
    finds: [`*Sent*: edited by ${person}`, "Open the page."],
  },
  written: {
    card: decidedCard(unanswered, mrkdwnStatus.sentWritten(person, time), shown),
    finds: [`*Sent*: written by ${person}`, "Open the page."],
  },
  rejected: {
    card: unansweredCard(
      unanswered,
      normal.background,
      packer,
      mrkdwnStatus.rejected(person, time, "Wrong"),
      { rejected: "A bad draft." },
    ),
    finds: [
      `*Rejected* by ${person}`,
      "Reason: Wrong.",
      "A person needs to answer: write a reply here, take over, or answer in Intercom.",
      "A bad draft.",
      "How do I reset my password?",
    ],
  },
  "taken over": {
    card: decidedCard(normal.cardDraft, mrkdwnStatus.takenOver(person, time, true), null),
    finds: [`*Taken over* by ${person}`],
  },
  "decided elsewhere": {
    card: decidedCard(normal.cardDraft, mrkdwnStatus.decidedElsewhere("teammate-answered"), null),
    finds: ["*Decided elsewhere.* A teammate has answered."],
  },
  "an audit": {
    card: auditCard(auditDraft, backgroundOf(trial, audited), packer) ?? normal.card,
    finds: ["Already sent", "How long is the trial?", "Thirty days."],
  },
  "an audit that found it wrong": {
    card: decidedCard(auditDraft, mrkdwnStatus.wrong(person, time), {
      messages: ["How long is the trial?"],
      label: labels.sentText,
      text: sent.text,
      shouldHaveSaid: "Fourteen days.",
    }),
    finds: ["*Wrong*, says", "How long is the trial?", "Thirty days.", "Fourteen days."],
  },
  "a correction": {
    card: reviewCard(correctionDraft, backgroundOf(trial, audited), packer),
    finds: [
      "Correction of a reply that was sent",
      "*Bob found the reply that was sent wrong.*",
      "How long is the trial?",
      "Thirty days.",
      "Fourteen days.",
      "Sorry: 14 days.",
    ],
    notes: /Nothing supports|sample/,
  },
};

/** What can be done from each card that waits for somebody. */
const ways: Record<string, string[]> = {
  "an ordinary draft": ["review_approve", "review_edit", "review_reject", "review_more"],
  "a draft too long to be shown whole": [
    "review_open",
    "review_edit",
    "review_reject",
    "review_more",
  ],
  "no draft": ["review_write", "review_take_over", "review_open"],
  rejected: ["review_write", "review_take_over", "review_open"],
  "a verdict under way": ["review_check", "review_open", "review_take_over"],
  "an audit": ["audit_good", "audit_wrong", "review_open"],
  approved: [],
  "taken over": [],
  "an audit that found it wrong": [],
};

describe.each(Object.entries(cards))("%s", (name, { card, finds, notes }) => {
  it("keeps Slack's limits, as a new message and as an update", () => {
    for (const kind of ["message", "update"] as const) {
      expect(limitsBroken({ kind, text: card.text, blocks: card.blocks })).toEqual([]);
    }
  });

  it("shows what a reader must find on it", () => {
    const words = wordsOf(card);
    for (const found of finds) {
      if (typeof found === "string") expect(words).toContain(found);
      else expect(words).toMatch(found);
    }
    if (notes !== undefined) expect(words).not.toMatch(notes);
    // Leads read it: no setting, no code of a rule.
    expect(words).not.toMatch(/[A-Z]{2,}_[A-Z]{2,}|low-confidence|needs-human|unknown-link/);
    const way = ways[name];
    if (way !== undefined) expect(buttonsOf(card)).toEqual(way);
  });
});

it("a reminder says who has waited since when for what, and keeps Slack's limits", () => {
  const about = { ...normal.cardDraft, customerName: "<!channel> & Co" };
  const text = mrkdwnReminder("C1-1.1", "https://acme.slack.com/archives/C1/p1", about, "S012ABC");
  expect(text).toMatch(/<!subteam\^S012ABC> \*&lt;!channel&gt; &amp; Co\* has been waiting since/);
  expect(text).toContain("“How do I reset my password?”");
  expect(text).toContain("(C1-1.1)");
  expect(limitsBroken({ kind: "message", text, blocks: [] })).toEqual([]);
});
