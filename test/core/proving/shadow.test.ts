import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createShadowFile,
  type ShadowFile,
} from "../../../src/adapters/shadow-file/shadow-file.ts";
import type { Judge, Judgement } from "../../../src/core/proving/judge.ts";
import { compareShadow, type ShadowDraft } from "../../../src/core/proving/shadow.ts";
import { shadowReport, shadowSummary } from "../../../src/core/proving/shadow-summary.ts";
import type { Conversation, Part } from "../../../src/core/types.ts";
import { conversation, customer, noon, part, teammate, us } from "../../fixtures/conversations.ts";

const log = { debug() {}, info() {}, warn() {}, error() {} };
let directory: string;
let store: ShadowFile;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "shadow-"));
  store = createShadowFile(directory, () => {}, log);
});
afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

const asked = part(customer, "How long is the trial?");
const shadowed = (more: Partial<ShadowDraft> = {}): ShadowDraft => ({
  conversationId: "1",
  basePartId: asked.id,
  at: noon,
  would: "reply: confident",
  reply: "The trial takes 14 days.",
  confidence: 0.9,
  topic: "question",
  language: "en",
  model: "test",
  promptHash: null,
  used: [
    {
      id: "a",
      kind: "article",
      title: "Trial",
      url: null,
      text: "The trial takes 14 days.",
      score: 1,
    },
  ],
  recalled: [],
  unknownLinks: [],
  ...more,
});
const right: Judgement = {
  reasons: "",
  isSupported: true,
  isOnQuestion: true,
  isConsistent: true,
  isSendable: true,
  isAnswerable: true,
};

function compare(
  parts: Part[] | null,
  more: Partial<Conversation> = {},
  judge: Judge | null = null,
) {
  const read = async () =>
    parts === null ? null : { conversation: conversation(parts, more), isCut: false };
  const ports = { store, archive: { read }, judge, redact: (text: string) => text, log };
  return compareShadow(ports, new AbortController().signal);
}
const comparison = () => store.all()[0]?.comparison;

describe("drafts in the shadow", () => {
  it("wait until a teammate has answered, and are compared once", async () => {
    store.keep(shadowed());
    expect(await compare([asked, part(us, "A note", { kind: "note" })])).toBe(0);
    expect(comparison()).toBeNull();
    const answer = part(teammate, "It is 14 days.");
    expect(await compare([asked, answer])).toBe(1);
    expect(comparison()).toEqual({
      kind: "compared",
      answeredAt: answer.at,
      findings: [],
      judgement: null,
    });
    expect(await compare([asked, part(teammate, "It is 30 days.")])).toBe(0);
  });

  it("are contradicted by another number for the same thing, whatever the judge says", async () => {
    store.keep(shadowed());
    const judge: Judge = { model: "j", judge: async () => ({ judgement: right, tokens: null }) };
    await compare([asked, part(teammate, "It is 30 days.")], {}, judge);
    expect(comparison()).toMatchObject({ findings: [{ criterion: "consistent" }] });
    const [row] = shadowSummary(store.all()).topics;
    expect(row).toMatchObject({ compared: 1, contradicted: 1, known: 1, agreeing: 0 });
  });

  it("are closed where nobody will answer them any more", async () => {
    store.keep(shadowed());
    await compare([asked, part(customer, "Hello?"), part(teammate, "It is 14 days.")]);
    expect(comparison()).toEqual({ kind: "unanswered" });
    store.keep(shadowed({ conversationId: "2", basePartId: "other" }));
    await compare([asked], { state: "closed" });
    expect(shadowSummary(store.all())).toMatchObject({ waiting: 0, unanswered: 2 });
  });

  it("go with their conversation, and with their time", async () => {
    store.keep(shadowed());
    await compare(null);
    expect(store.all()).toEqual([]);
    store.keep(shadowed());
    expect(store.forgetConversation("1")).toBe(1);
    store.keep(shadowed());
    store.forgetBefore(noon + 1);
    expect(store.all()).toEqual([]);
  });

  it("are kept once for each turn, the first of them", () => {
    store.keep(shadowed());
    store.keep(shadowed({ reply: "Another one." }));
    expect(store.all().map(({ reply }) => reply)).toEqual(["The trial takes 14 days."]);
  });

  it("are summed up by topic and week, with an interval where it is known whether they would have done", async () => {
    const judge: Judge = { model: "j", judge: async () => ({ judgement: right, tokens: null }) };
    store.keep(shadowed());
    store.keep(shadowed({ basePartId: "p2", language: "de", at: noon + 7 * 86_400_000 }));
    await compare([asked, part(teammate, "It is 14 days.")], {}, judge);
    const summary = shadowSummary(store.all());
    expect(summary.topics.map(({ name }) => name)).toEqual(["question · en", "question · de"]);
    expect(summary.weeks.map(({ name }) => name)).toEqual(["2026-01-05", "2026-01-12"]);
    expect(summary.topics[0]).toMatchObject({ drafts: 1, wouldGoOut: 1, known: 1, agreeing: 1 });
    expect(shadowReport(summary, true)).toMatch(/question · en +1 +1 +1 +0 +1 of 1: 21 to 100 %/);
  });
});
