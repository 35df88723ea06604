import { describe, expect, it } from "vitest";
import { recall, recallQuery } from "../../../src/core/knowledge/recall.ts";
import type { HelpCenter, Memory } from "../../../src/core/ports.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Author, Source, Turn } from "../../../src/core/types.ts";
import { conversation, customer, part, source, teammate } from "../../fixtures/conversations.ts";

const question = "How do I export all invoices of last year as one file?";

function turnAfter(...said: [Author, string][]): Turn {
  const turn = unansweredTurn(conversation(said.map(([author, text]) => part(author, text))));
  if (turn === null) throw new Error("The last word must be the customer's");
  return turn;
}

describe("the query of a turn", () => {
  it("is the customer's unanswered messages, the newest first", () => {
    const turn = turnAfter([customer, "I have a question about invoices"], [customer, question]);
    expect(recallQuery(turn)).toBe(`${question}\nI have a question about invoices`);
  });

  it("takes the first question along with a follow-up", () => {
    const turn = turnAfter(
      [customer, question],
      [teammate, "Use Export."],
      [customer, "And on mobile?"],
    );
    expect(recallQuery(turn)).toBe(`And on mobile?\n${question}`);
  });

  it("goes back over short follow-ups until there are words enough, three turns at most", () => {
    const turn = turnAfter(
      [customer, "Much earlier question that is out of reach by now"],
      [teammate, "…"],
      [customer, "Invoices?"],
      [teammate, "…"],
      [customer, "Of March"],
      [teammate, "…"],
      [customer, "As PDF"],
      [teammate, "…"],
      [customer, "And mobile?"],
    );
    expect(recallQuery(turn)).toBe("And mobile?\nAs PDF\nOf March\nInvoices?");
  });

  it.each([
    ["Can I get invoices in French?", 1],
    ["Where do I change my password?", 1],
    ["How do I do that on mobile?", 2],
    ["And where can I find it?", 2],
    ["Geht das auch auf dem Handy?", 2],
    ["Wo finde ich meine Rechnungen?", 1],
  ])(
    "looks a new topic up alone, and what points back with what it points at: %s",
    (text, lines) => {
      const turn = turnAfter([customer, question], [teammate, "Use Export."], [customer, text]);
      expect(recallQuery(turn).split("\n")).toHaveLength(lines);
    },
  );

  it("looks a question that says enough up alone", () => {
    const turn = turnAfter(
      [customer, "How can I change the address on my account?"],
      [teammate, "Under Settings."],
      [customer, question],
    );
    expect(recallQuery(turn)).toBe(question);
  });

  it("counts words also where none are written apart", () => {
    const turn = turnAfter(
      [customer, "請求書をまとめて書き出すにはどうすればいいですか"],
      [teammate, "…"],
      [customer, "スマホでは？"],
    );
    expect(recallQuery(turn).split("\n")).toHaveLength(2);
  });
});

describe("recall", () => {
  const answer = (id: string, text: string, score: number, at: number | null = null): Source =>
    source({ id, kind: "answer", text, score, at, url: null });
  const memory = (answers: Source[], more: Partial<Memory> = {}): Memory => ({
    recallAnswers: async () => answers,
    recallConversations: async () => [],
    rememberTurns: async () => {},
    ...more,
  });
  const noHelpCenter: HelpCenter = { search: async () => [] };
  const sameAnswer = "Open Settings, choose Security and press Reset password.";

  it("says how many of the answers say the same", async () => {
    const answers = [
      answer("a", sameAnswer, 0.9),
      answer("b", `Hello! ${sameAnswer}`, 0.8),
      answer("c", "We do not offer refunds for yearly plans.", 0.5),
      answer("d", sameAnswer.toUpperCase(), 0.4),
    ];
    const { agreement } = await recall(
      "password",
      { contactId: null, inConversation: "c1", asker: {} },
      {
        memory: memory(answers),
        helpCenter: noHelpCenter,
      },
    );
    expect(agreement).toBe(0.75);
  });

  it("shows a saved reply before remembered answers, and none of them that says the same", async () => {
    const saved = source({ id: "s", kind: "saved-reply", text: sameAnswer, url: null, score: 0.6 });
    const article = source({ id: "h", kind: "article", score: 0.8 });
    const others = [answer("a", `Hello! ${sameAnswer}`, 0.9), answer("b", "No refunds.", 0.5)];
    const { sources, agreement } = await recall(
      "password",
      { contactId: null, inConversation: "c1", asker: {} },
      { memory: memory(others), helpCenter: { search: async () => [article, saved] } },
    );
    expect(sources.map(({ id }) => id)).toEqual(["s", "b", "h"]);
    expect(agreement).toBe(0.5);
  });

  it("marks a saved reply that an article has overtaken, and an answer that a saved reply has", async () => {
    const costs = (price: string) => `The Team plan costs ${price} a month for each person.`;
    const saved = (at: number, price: string) =>
      source({ id: "s", kind: "saved-reply", text: costs(price), url: null, at });
    const markedOf = async (answers: Source[], articles: Source[]) => {
      const asked = { contactId: null, inConversation: "c1", asker: {} };
      const helpCenter = { search: async () => articles };
      const { sources } = await recall("price", asked, { memory: memory(answers), helpCenter });
      return sources.filter(({ outdated }) => outdated !== undefined).map(({ id }) => id);
    };
    const article = source({ id: "h", kind: "article", text: costs("15 €"), at: 500 });
    expect(await markedOf([], [article, saved(100, "12 €")])).toEqual(["s"]);
    expect(await markedOf([], [article, saved(900, "12 €")])).toEqual([]);
    expect(await markedOf([answer("a", costs("9 €"), 0.9, 50)], [saved(100, "12 €")])).toEqual([
      "a",
    ]);
  });

  it("keeps the newest of the answers that say the same, in the best one's place", async () => {
    const answers = [
      answer("old", sameAnswer, 0.9, 1000),
      answer("other", "We do not offer refunds.", 0.7, 1000),
      answer("new", `${sameAnswer} Thanks!`, 0.6, 2000),
    ];
    const { sources, margin } = await recall(
      "password",
      { contactId: null, inConversation: "c1", asker: {} },
      {
        memory: memory(answers),
        helpCenter: noHelpCenter,
      },
    );
    expect(sources.map(({ id, score }) => [id, score])).toEqual([
      ["new", 0.9],
      ["other", 0.7],
    ]);
    expect(margin).toBeCloseTo(0.2);
  });

  it("marks an answer from before an article was changed that says something else now", async () => {
    const text = "You can ask for a refund within 14 days of the payment.";
    const changed = "You can ask for a refund within 30 days of the payment.";
    const answers = [answer("old", text, 0.9, 1000), answer("newer", `${text} Bye!`, 0.8, 3000)];
    const outdatedOf = async (article: Partial<Source>, recalled = answers) => {
      const articles = [source({ title: "Refunds", text: changed, at: 2000, ...article })];
      const { sources } = await recall(
        "refund",
        { contactId: null, inConversation: "c1", asker: {} },
        { memory: memory(recalled), helpCenter: { search: async () => articles } },
      );
      return sources.map(({ id, outdated }) => [id, outdated?.differs[0]?.articleSays ?? null]);
    };
    const alone = [answer("old", text, 0.9, 1000)];
    expect(await outdatedOf({}, alone)).toEqual([
      ["old", "30 days"],
      ["s1", null],
    ]);
    expect(await outdatedOf({ at: 500 }, alone)).toContainEqual(["old", null]);
    expect(await outdatedOf({ at: null }, alone)).toContainEqual(["old", null]);
    expect(await outdatedOf({ text }, alone)).toContainEqual(["old", null]);
    // Of answers that say the same the newest stands for all, and that one is newer than the article.
    expect(await outdatedOf({})).toEqual([
      ["newer", null],
      ["s1", null],
    ]);
  });

  it("gives the model answers that contradict each other, in order of fit", async () => {
    const answers = [
      answer("basic", "Basic: you get 3 seats for the team.", 0.9, 1000),
      answer("pro", "Pro: you get 10 seats for the team.", 0.8, 2000),
    ];
    const { sources, agreement } = await recall(
      "seats",
      { contactId: null, inConversation: "c1", asker: {} },
      { memory: memory(answers), helpCenter: noHelpCenter },
    );
    expect(sources.map(({ id }) => id)).toEqual(["basic", "pro"]);
    expect(agreement).toBe(0.5);
  });

  it("measures the margin within one kind of source, because scores compare only there", async () => {
    const other = source({ id: "s2", title: "Changing your name", score: 0.35 });
    const articles = [source({ score: 0.95 }), other];
    const { margin } = await recall(
      "password",
      { contactId: null, inConversation: "c1", asker: {} },
      {
        memory: memory([answer("a", sameAnswer, 0.9), answer("b", "No refunds.", 0.8)]),
        helpCenter: { search: async () => articles },
      },
    );
    expect(margin).toBeCloseTo(0.6);
  });

  it("names what failed and goes on with the rest", async () => {
    const broken = memory([], {
      recallAnswers: async () => {
        throw new Error("[mem0] POST /search → 503");
      },
    });
    const { sources, failures, agreement } = await recall(
      "password",
      { contactId: null, inConversation: "c1", asker: {} },
      {
        memory: broken,
        helpCenter: { search: async () => [source()] },
      },
    );
    expect(sources).toHaveLength(1);
    expect(failures).toEqual(["answer memory: [mem0] POST /search → 503"]);
    expect(agreement).toBe(0);
  });
});
