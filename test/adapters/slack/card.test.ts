import { describe, expect, it } from "vitest";
import { auditCard } from "../../../src/adapters/slack/audit-card.ts";
import { reviewCard } from "../../../src/adapters/slack/card.ts";
import type { CardDraft } from "../../../src/adapters/slack/card-blocks.ts";
import { decidedCard, workingCard } from "../../../src/adapters/slack/decided-card.ts";
import { createPacker, fromButtonValues } from "../../../src/adapters/slack/pack-draft.ts";
import { cardSource, sourceBlocks } from "../../../src/adapters/slack/source-blocks.ts";
import { unansweredCard } from "../../../src/adapters/slack/unanswered-card.ts";
import { editView, lostView, rejectView } from "../../../src/adapters/slack/views.ts";
import { mrkdwnStatus } from "../../../src/adapters/slack/wording.ts";
import { type Background, noBackground } from "../../../src/core/reviewing/review-background.ts";
import type { Author } from "../../../src/core/types.ts";
import { source } from "../../fixtures/conversations.ts";
import { limitsBroken } from "../../stand-ins/slack/block-limits.ts";
import type { Block } from "../../stand-ins/slack.ts";
import { ownWordsIn, withoutSpace, wordsSeen } from "./as-seen.ts";
import { packedDraft } from "./packed-draft.ts";
import { buttonsOf, wordsOf } from "./slack-world.ts";

const asked = (...messages: string[]): Background => ({ ...noBackground, messages });
/** Everything that may be known of a conversation. */
const toldAll = (messages: string[], text: string): Background => ({
  messages,
  channel: text,
  waitingSince: 1_767_000_000_000,
  before: ["customer", "us", "teammate", "bot"].map((role) => ({
    role: role as Author["role"],
    name: text,
    text,
  })),
  sent: text,
  rejection: { cardId: "C1-1.1", by: text, reason: text },
});
const packer = createPacker("a signing secret");
const family = "👨‍👩‍👧‍👦";

/** Texts that break cards which count or cut carelessly. */
const awkward: Record<string, string> = {
  short: "Hi Ada!",
  "ten thousand characters": "The quick brown fox jumps. ".repeat(371).slice(0, 10_000),
  "ten thousand that hardly compress": noise(10_000),
  Japanese: "パスワードの再設定は、設定画面から行えます。".repeat(300),
  "right to left": "افتح صفحة إعادة التعيين واتبع الخطوات. ".repeat(200),
  "emoji and joiners": family.repeat(700),
  "special characters": "&<>".repeat(2500),
  "one endless character": `a${"\u0301\u200d".repeat(4000)}`,
  "markup that pings and links": "<!channel> <@U123> <https://evil.example|bank> *b* `c` ".repeat(
    40,
  ),
  "blank lines": "\n\n \n".repeat(2000),
  nothing: "",
};

const sixtySources = Array.from({ length: 60 }, (_, index) => ({
  id: `source-${index}`,
  title: `How to <b>do</b> & undo thing number ${index} `.repeat(5),
  url: `https://help.example.com/articles/${index}?a=1&b=${"x".repeat(150)}`,
}));

it("a card shows what the confidence has meant so far beside the model's own number", () => {
  const shown = (more: Partial<CardDraft>) =>
    wordsOf(reviewCard(packedDraft(more), asked("Hello?"), packer));
  expect(shown({ calibrated: 0.784 })).toContain(
    "(62 %; drafts like it were right in 78 % so far)",
  );
  expect(shown({ calibrated: 0.784, reason: "review-mode", confidence: 0.9 })).toContain(
    "the model is sure to 90 %; drafts like it were right in 78 % so far",
  );
  expect(shown({})).not.toContain("were right");
});

describe.each(Object.entries(awkward))("with %s", (_name, text) => {
  const drafts: CardDraft[] = [
    packedDraft({ draft: text }),
    packedDraft({ draft: text, reasoning: text, customerName: text, sources: sixtySources }),
    packedDraft({
      draft: text,
      known: Array.from({ length: 30 }, () => ({ name: text, value: text })),
    }),
    packedDraft({ draft: text, url: `https://app.intercom.com/${"x".repeat(4000)}` }),
  ];

  it("every card keeps Slack's limits", () => {
    for (const draft of drafts) {
      const messages = [text, "Second question?", text];
      const told = toldAll(messages, text);
      const others = draft.sources.map(({ title, url }, index) =>
        cardSource(
          source({ kind: "answer", title, url, text, by: text, isInternal: index < 9 }),
          text,
        ),
      );
      const person = mrkdwnStatus.rejected("<@U123ABC>", "now", text.slice(0, 500));
      const built = [
        reviewCard(draft, asked(...messages), packer),
        reviewCard(draft, told, packer, null, {
          others,
          translation: { language: "de", messages: text, reply: text },
        }),
        reviewCard(draft, told, packer, mrkdwnStatus.notDone(text.slice(0, 300))),
        unansweredCard(draft, told, packer, mrkdwnStatus.checkedOpen("now")),
        unansweredCard({ ...draft, draft: "" }, told, packer, person, { rejected: text }),
        unansweredCard({ ...draft, draft: "" }, told, packer, null, { others }),
        ...asList(auditCard(packedDraft({ ...draft, kind: "audit" }), told, packer)),
        workingCard({ ...draft, heldSince: 1 }, mrkdwnStatus.sending("<@U123ABC>"), packer),
        decidedCard(draft, person, { messages, label: "Sent to the customer", text }),
      ];
      for (const { text: fallback, blocks } of built) {
        expect(limitsBroken({ kind: "update", text: fallback, blocks })).toEqual([]);
      }
    }
  });

  it("names the file of a source that has no link, and no file beside a link", () => {
    const [file, linked] = [null, "https://example.com/x"].map((url) =>
      cardSource(source({ id: "folder-birds/prices.csv#row=3", kind: "article", url }), "x"),
    );
    const card = JSON.stringify(
      sourceBlocks({ sources: [file, linked].flatMap((one) => one ?? []) }),
    );
    expect(card.match(/birds\/prices\.csv, row 3/g)).toHaveLength(1);
  });

  it("every view keeps Slack's limits", () => {
    const metadata = "x".repeat(2990);
    for (const view of [
      editView(text, metadata),
      rejectView(metadata),
      lostView("Lost.", text, null),
    ]) {
      expect(limitsBroken({ kind: "view", ...view })).toEqual([]);
    }
  });

  it("a card has Approve only if it shows the whole draft", () => {
    for (const draft of drafts) {
      const card = reviewCard(draft, asked("Question?"), packer);
      if (!buttonsOf(card).includes("review_approve")) continue;
      expect(withoutSpace(ownWordsIn(card.blocks))).toContain(wordsSeen(draft.draft));
    }
  });

  it("a card carries the whole draft or none of it", () => {
    for (const draft of drafts) {
      const card = reviewCard(draft, asked("Question?"), packer);
      const values = card.blocks
        .filter(({ type }: Block) => type === "actions")
        .flatMap(({ elements }: Block) => elements.map(({ value }: Block) => value ?? ""));
      const packed = fromButtonValues(values);
      expect(packed !== null).toBe(card.holdsDraft);
      if (packed !== null) expect(packer.unpack(packed)?.draft).toBe(draft.draft);
    }
  });
});

describe("the card", () => {
  const card = reviewCard(packedDraft(), asked("How do I reset my password?"), packer);

  it("shows customer, message, draft, confidence with its reason, sources and why it is here", () => {
    const words = wordsOf(card);
    for (const expected of [
      "Ada Lovelace",
      "|Open in Intercom>",
      "How do I reset my password?",
      "Hi Ada, open the reset page",
      "It is not sure enough to answer by itself: the model calls its draft probably right (62 %)",
      "The article says most of this.",
      "Resetting your password · <https://help.example.com/reset|help.example.com>",
    ]) {
      expect(words).toContain(expected);
    }
    expect(buttonsOf(card).slice(0, 3)).toEqual(["review_approve", "review_edit", "review_reject"]);
  });

  it("shows what may be seen of the customer, as plain text, and nothing where nothing may", () => {
    const known = [{ name: "plan", value: "*Pro* <!channel>" }];
    const { blocks } = reviewCard(packedDraft({ known }), asked("How?"), packer);
    expect(blocks).toContainEqual({
      type: "section",
      text: { type: "plain_text", text: "plan: *Pro* <!channel>", emoji: false },
    });
    const without = reviewCard(packedDraft({}), asked("How?"), packer);
    expect(JSON.stringify(without)).not.toContain("Known of the customer");
  });

  it("has Edit but no Approve for a draft that it cannot show whole", () => {
    const long = reviewCard(
      packedDraft({ draft: awkward["ten thousand characters"] ?? "" }),
      asked(),
      packer,
    );
    expect(buttonsOf(long)).toContain("review_edit");
    expect(buttonsOf(long)).not.toContain("review_approve");
    expect(long.holdsDraft).toBe(true);
  });

  it("leaves a draft that is too large to pack to the note", () => {
    const huge = reviewCard(packedDraft({ draft: noise(20_000) }), asked(), packer);
    expect(buttonsOf(huge)).toEqual(["review_open"]);
    expect(wordsOf(huge)).toContain("in the internal note in Intercom");
    expect(huge.holdsDraft).toBe(false);
  });

  it("offers no button for a draft that was lost on the way", () => {
    const lost = reviewCard(packedDraft({ draft: "" }), asked("Question?"), packer);
    expect(buttonsOf(lost)).toEqual(["review_open"]);
    expect(wordsOf(lost)).toContain("Please answer in Intercom");
  });

  it("understands no markup in what others wrote", () => {
    const evil = "<!channel> <https://evil.example|Your bank> @here :smile:";
    const draft = packedDraft({
      draft: evil,
      reasoning: evil,
      customerName: evil,
      sources: [{ id: "s", title: evil, url: "https://help.example.com/x" }],
    });
    const { blocks, text } = reviewCard(draft, asked(evil), packer);
    const markup = blocks
      .map((block: Block) => block.text)
      .filter((one: Block | undefined) => one?.type === "mrkdwn")
      .map((one: Block) => one.text)
      .join("\n");
    expect(markup).not.toMatch(/<!channel>|<https:\/\/evil/);
    expect(text).not.toMatch(/<!channel>/);
    for (const block of blocks as Block[]) {
      if (block.text?.type === "plain_text") expect(block.text.emoji).toBe(false);
      if (block.text?.type === "mrkdwn") expect(block.text.verbatim).toBe(true);
    }
  });
});

describe("the limits", () => {
  it("find what is too long, unescaped, doubled or cut in half", () => {
    const section = (text: object) => ({
      kind: "message" as const,
      text: "x",
      blocks: [{ type: "section", text }],
    });
    const plain = (text: string) => section({ type: "plain_text", text });
    expect(limitsBroken(plain("x".repeat(3000)))).toEqual([]);
    expect(limitsBroken(plain("x".repeat(3001)))).toHaveLength(1);
    expect(limitsBroken(plain("&".repeat(601)))).toHaveLength(1);
    expect(limitsBroken(plain(" "))).toHaveLength(1);
    expect(limitsBroken(plain("\ud83d"))).toHaveLength(1);
    expect(limitsBroken(section({ type: "mrkdwn", text: "<!channel>" }))).toHaveLength(1);
    expect(limitsBroken(section({ type: "mrkdwn", text: "a &am" }))).toHaveLength(1);
    const many = Array.from({ length: 51 }, () => ({ type: "divider" }));
    expect(limitsBroken({ kind: "message", text: "x", blocks: many })).toHaveLength(1);
    const words = { type: "text", text: "x" };
    const rich = (...elements: object[]) => ({
      type: "rich_text",
      elements: [{ type: "rich_text_section", elements }],
    });
    const update = { kind: "update" as const, text: "x", blocks: [rich(words)] };
    expect(limitsBroken(update)).toEqual([]);
    expect(limitsBroken({ ...update, text: "x".repeat(4001) })).toHaveLength(1);
    expect(limitsBroken({ ...update, blocks: [{ type: "divider" }] })).toHaveLength(1);
    expect(limitsBroken({ ...update, blocks: [rich({ type: "text", text: "" })] })).toHaveLength(1);
    const script = { type: "link", url: "javascript:alert(1)", text: "x" };
    expect(limitsBroken({ ...update, blocks: [rich(script)] })).toHaveLength(1);
    const long = { type: "text", text: "x".repeat(10_001) };
    expect(limitsBroken({ ...update, blocks: [rich(long)] })).toHaveLength(1);
    const button = { type: "button", action_id: "a", text: { type: "plain_text", text: "b" } };
    const actions = (more: object) => ({
      kind: "message" as const,
      text: "x",
      blocks: [{ type: "actions", elements: [{ ...button, ...more }] }],
    });
    expect(limitsBroken(actions({ value: "x".repeat(2001) }))).toHaveLength(1);
    expect(limitsBroken(actions({ value: "x".repeat(2000) }))).toEqual([]);
    expect(limitsBroken({ kind: "view", private_metadata: "x".repeat(3001) })).toHaveLength(1);
    expect(limitsBroken({ kind: "view", title: { text: "x".repeat(25) } })).toHaveLength(1);
  });
});

function asList<Value>(value: Value | null): Value[] {
  return value === null ? [] : [value];
}

/** Text without a pattern that a compressor could use; the same in every run. */
function noise(length: number): string {
  let seed = 42;
  const letter = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[(seed >> 8) % 62];
  };
  return Array.from({ length }, letter).join("");
}
