import { describe, expect, it } from "vitest";
import { evidenceFor } from "../../../src/core/knowledge/evidence.ts";
import type { Source } from "../../../src/core/types.ts";
import { source } from "../../fixtures/conversations.ts";

const roles = source({
  id: "roles",
  title: "Invite teammates and choose what they may do",
  text: "Open Settings and choose Team.\n\nA bookkeeper can read and export everything and mark invoices as paid. A bookkeeper cannot send invoices.\n\nAn owner may do all of it. An invitation is valid for 14 days.",
});
const refunds = source({
  id: "refunds",
  title: "Refunds",
  text: "Money comes back within five working days.",
});

function find(reply: string, used: Source[], others: Source[] = [], said: string[] = []) {
  return evidenceFor(reply, { used, others }, said);
}
const quoted = ({ quote }: { quote: { text: string }[] }) => quote.map(({ text }) => text).join("");

describe("what a reply rests on", () => {
  it("sets the sentence of a source beside each sentence that says the same", () => {
    const [first, second, ...more] = find(
      "Yes. They **cannot send** invoices as a bookkeeper.\n\n- Choose [Team](https://a.example) in the Settings.",
      [refunds, roles],
    );
    expect(more).toEqual([]);
    expect(first?.sentence).toBe("They cannot send invoices as a bookkeeper.");
    expect(first?.source).toBe(roles);
    expect(quoted(first ?? { quote: [] })).toBe("A bookkeeper cannot send invoices.");
    expect(second?.sentence).toBe("Choose Team in the Settings.");
    expect(quoted(second ?? { quote: [] })).toBe("Open Settings and choose Team.");
  });

  it("shows the passage that the model copied before any other, and never one it made up", () => {
    const quotes = [
      { sourceId: "roles", text: "A bookkeeper cannot send invoices", isStanding: true },
      { sourceId: "refunds", text: "A bookkeeper can send all invoices.", isStanding: false },
    ];
    const reply = "A bookkeeper cannot send invoices.";
    const [found] = evidenceFor(reply, { used: [refunds, roles], others: [], quotes }, []);
    expect(found?.source).toBe(roles);
    expect(quoted(found ?? { quote: [] })).toBe("A bookkeeper cannot send invoices");
  });

  it("marks the words that both have, whatever their endings", () => {
    const [found] = find("An owner's invitations are valid for 14 days.", [roles]);
    expect(found?.quote.filter(({ isShared }) => isShared).map(({ text }) => text)).toEqual([
      "invitation",
      "valid",
      "14",
      "days",
    ]);
  });

  it("finds nothing for what no source says, and does not ask it of a greeting", () => {
    const found = find("Hello Ada,\n\nyour account was deleted yesterday by mistake.", [roles]);
    expect(found).toEqual([
      {
        sentence: "your account was deleted yesterday by mistake.",
        source: null,
        quote: [],
        unknownNumbers: [],
      },
    ]);
  });

  it("names numbers that stand neither in a source nor in the conversation", () => {
    const reply = "An invitation is valid for 30 days. Order 4711 costs 1.200,50 in 2 steps.";
    const price = source({ text: "It costs 1,200.50 at most." });
    const other = source({ text: "Backups are kept for 30 days." });
    const found = find(reply, [roles, price], [other], ["Where is order 4711?"]);
    expect(found.map(({ unknownNumbers }) => unknownNumbers)).toEqual([["30"], ["2"]]);
  });

  it("looks among what was found and not named when the named sources do not say it", () => {
    const [found] = find("Your money comes back in five working days.", [roles], [refunds]);
    expect(found?.source).toBe(refunds);
  });

  it("takes a sentence that links to a source for one that rests on it", () => {
    const linked = source({ ...roles, url: "https://help.example/roles" });
    const [found] = find("More here: [all of it](https://help.example/roles)", [linked]);
    expect(found?.source).toBe(linked);
    expect(quoted(found ?? { quote: [] })).toBe(linked.title);
    expect(find("More here: [all of it](https://elsewhere.example/)", [linked])[0]?.source).toBe(
      null,
    );
  });

  it("quotes two sentences where a sentence of the reply joins them", () => {
    const [found] = find(
      "A bookkeeper can export everything and mark invoices as paid, but cannot send invoices.",
      [roles],
    );
    expect(quoted(found ?? { quote: [] })).toContain("mark invoices as paid. A bookkeeper cannot");
  });

  it("works where words are written without spaces", () => {
    const article = source({
      text: "パスワードは設定画面から変更できます。請求書は毎月届きます。",
    });
    const [found] = find("パスワードは設定画面で変更できます。", [article]);
    expect(quoted(found ?? { quote: [] })).toBe("パスワードは設定画面から変更できます。");
  });

  it("says nothing about an empty reply, and bears having no source", () => {
    expect(find("", [])).toEqual([]);
    expect(find("Something that nobody wrote before.", [])[0]?.source).toBeNull();
  });
});
