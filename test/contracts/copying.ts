import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AnswerMemory } from "../../src/core/knowledge/answer-memory.ts";
import type { ArticleIndex } from "../../src/core/knowledge/article-refresh.ts";
import {
  type CopiedKind,
  type CopyOptions,
  copiedKinds,
  copyMemory,
  isSameThroughout,
} from "../../src/core/knowledge/copy-memory.ts";
import { editAnswer, retireAnswer } from "../../src/core/knowledge/curation.ts";
import { forgetForGood } from "../../src/core/knowledge/forgotten-answers.ts";
import type { MemoryContents } from "../../src/core/knowledge/memory-contents.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { articleOf } from "./help-center.ts";
import { answerOf, turnOf, whose } from "./memory.ts";

const signal = new AbortController().signal;

/** A memory to be copied from or to. */
export type CopyEnd = {
  /** Opens it as a service does, which ends its being a copy. */
  use<T>(work: (memory: AnswerMemory, articles: ArticleIndex) => Promise<T>): Promise<T>;
  /** Opens it for copying. */
  open(): Promise<MemoryContents>;
};

const questions = [
  "reset password",
  "invoice address",
  "export CSV table",
  "Rechnung",
  "パスワード",
];

/** Some of everything that a memory can hold. */
async function fill(memory: AnswerMemory, articles: ArticleIndex): Promise<void> {
  const [edited = "", retired = "", forgotten = ""] = await memory.rememberAnswers(
    [
      answerOf({ partId: "edited" }),
      answerOf({ partId: "retired", question: "How do I export a table?", answer: "As CSV." }),
      answerOf({ partId: "forgotten", question: "Where do I live?", answer: "In a street." }),
      answerOf({ partId: "of a brand", brand: "Acme" }),
      answerOf({ partId: "for some", forWhom: { brands: ["Acme"], plans: ["Pro"] } }),
      answerOf({ partId: "german", question: "Wo ist die Rechnung?", language: "de" }),
      answerOf({ partId: "japanese", question: "パスワードを忘れました", language: "ja" }),
      answerOf({ partId: "unpaired \ud800 and \0", question: "What is \0 this?", language: null }),
      answerOf({
        conversationId: null,
        partId: null,
        author: "operator",
        url: "https://a.example",
      }),
      answerOf({
        partId: "decided",
        author: "edited-draft",
        decision: { action: "review", reason: "low-confidence" },
        verdict: { by: "Alice", reason: null },
        draftedFrom: ["answer-100-german", "a-en"],
      }),
      answerOf({ partId: "suggested", status: "suggested", suggestedFor: "answer-100-german" }),
      ...Array.from({ length: 40 }, (_, index) =>
        answerOf({ conversationId: "200", partId: `${index}`, at: index }),
      ),
    ],
    signal,
  );
  const doer = { by: "Bob", at: 5 };
  await editAnswer(edited, { answer: "Open Settings, then Security." }, doer, { memory }, signal);
  await retireAnswer(retired, doer, { memory }, signal);
  await forgetForGood(forgotten, memory, 6, signal);
  await memory.rememberTurns(
    [
      turnOf({ partId: "asked" }),
      turnOf({ partId: "sent", speaker: "us", draftedFrom: ["a-en", "answer-100-german"] }),
      ...Array.from({ length: 30 }, (_, index) => turnOf({ conversationId: `3${index}` })),
    ],
    signal,
  );
  await articles.setForWhom("source:docs", { brands: ["Acme"] });
  await memory.writeCheckpoint("backfill", '{"until":5}', signal);
  const long = articleOf(
    `# Export\n\n${["Tables", "Charts", "Reports"].map((what) => `## ${what}\n\n${`You export ${what} as CSV. `.repeat(40)}`).join("\n\n")}`,
    { id: "export-en", articleId: "export", title: "Export", version: "v1" },
  );
  for (const article of [
    articleOf("Refunds take 5 days."),
    long,
    articleOf("Refunds take 7 days."),
  ]) {
    await articles.put("published", article, passagesOf(article.text));
  }
}

/** What carrying a memory to another one keeps, whatever they store in. */
export function describeCopying(
  name: string,
  make: () => Promise<{ source: CopyEnd; target: CopyEnd; clear(): Promise<void> }>,
): void {
  describe(`copying a memory: ${name}`, () => {
    let world: Awaited<ReturnType<typeof make>>;
    beforeEach(async () => {
      world = await make();
      await world.source.use(fill);
    });
    afterEach(() => world.clear());

    async function copy(
      options: Partial<CopyOptions> = {},
      disturb: (to: MemoryContents) => MemoryContents = (to) => to,
    ) {
      const from = await world.source.open();
      const to = await world.target.open();
      try {
        return await copyMemory(from, disturb(to), {
          source: "the source",
          isDryRun: false,
          replaces: false,
          step: 1,
          onProgress() {},
          signal,
          ...options,
        });
      } finally {
        await to.close();
        await from.close();
      }
    }

    async function copied(options: Partial<CopyOptions> = {}) {
      const result = await copy(options);
      if ("refused" in result) throw new Error(result.refused.why);
      return result;
    }

    /** Compares both whole, with a reading of its own. */
    async function expectSame(): Promise<void> {
      const [from, to] = [await world.source.open(), await world.target.open()];
      for (const kind of copiedKinds) {
        const [one, other] = [await all(from, kind), await all(to, kind)];
        expect({ kind, all: other }).toEqual({ kind, all: to.asKept(one) });
      }
      await to.close();
      await from.close();
    }

    /** Best first; of what fits equally well it is not said what comes first. */
    const recalls = (end: CopyEnd) =>
      end.use(async (memory, articles) => {
        const found = [];
        for (const question of questions) {
          const limit = 100;
          const answers = await memory.recallAnswers(question, { limit }, signal);
          const turns = await memory.recallConversations(
            question,
            whose("contact-1"),
            limit,
            signal,
          );
          const passages = await articles.search(question, { limit }, signal);
          const inOrder = [answers, turns, passages].map((sources) =>
            sources
              .map(({ id, text, url, score }) => ({ id, text, url, fits: score?.toFixed(2) }))
              .toSorted((a, b) => (a.fits === b.fits && a.id < b.id ? -1 : 0))
              .map(({ id, text, url }) => ({ id: id.replaceAll("\0", ""), text, url })),
          );
          found.push(inOrder);
        }
        return found;
      });

    it("keeps every field, and what is recalled, in its order", async () => {
      const counts = await copied();
      expect(counts.answers).toMatchObject({ source: 51, target: 51, added: 51, changed: 0 });
      expect(counts).toMatchObject({ articles: { added: 2 }, changes: { added: 1 } });
      await expectSame();
      expect(await recalls(world.target)).toEqual(await recalls(world.source));
      const uses = (end: CopyEnd) =>
        end.use(async (memory) => {
          const { decided, sent } = await memory.findUses("a-en", signal);
          return [decided.map(({ id }) => id), sent.map(({ partId }) => partId)];
        });
      expect(await uses(world.target)).toEqual([["answer-100-decided"], ["sent"]]);
    });

    it("copies nothing twice, and takes over what has changed, come and gone since", async () => {
      await copied();
      const again = await copied();
      expect(isSameThroughout(again)).toBe(true);
      await world.source.use(async (memory, articles) => {
        await editAnswer(
          "answer-100-german",
          { answer: "Unter Abrechnung." },
          { by: "Eve", at: 9 },
          { memory },
          signal,
        );
        await memory.rememberAnswers([answerOf({ partId: "new", language: "fr" })], signal);
        await memory.forgetAnswer("answer-200-7", signal);
        await memory.forgetConversation("31", null, signal);
        await memory.rememberTurns([turnOf({ partId: "asked", text: "Nothing any more" })], signal);
        await memory.writeCheckpoint("backfill", '{"until":6}', signal);
        await articles.setForWhom("source:docs", null);
        const article = articleOf("Refunds take 9 days.");
        await articles.put("published", article, passagesOf(article.text));
      });
      const third = await copied();
      expect(third).toMatchObject({
        answers: { added: 1, changed: 1, removed: 1 },
        turns: { added: 0, changed: 1, removed: 1 },
        articles: { added: 0, changed: 1, removed: 0 },
        changes: { added: 1 },
        sources: { removed: 1 },
        checkpoints: { changed: 1 },
      });
      await expectSame();
      expect(isSameThroughout(await copied({ isDryRun: true }))).toBe(true);
    });

    it("may break off at any write and go on", async () => {
      for (let writes = 0; ; writes += 1) {
        let left = writes;
        const broken = await copy({}, (to) => failing(to, () => left-- <= 0)).then(
          () => false,
          () => true,
        );
        if (!broken) break;
      }
      await expectSame();
    });

    it("only counts in a dry run", async () => {
      const counts = await copied({ isDryRun: true });
      expect(counts).toMatchObject({ answers: { added: 51, target: 0 }, turns: { added: 32 } });
      expect(await copied({ isDryRun: true })).toEqual(counts);
    });

    it("puts nothing over what is used, or over the copy of another memory, unless told to", async () => {
      await copied();
      expect(await copy({ source: "another" })).toEqual({
        refused: { why: "other-source", named: "the source" },
      });
      await world.target.use((memory) =>
        memory.rememberAnswers([answerOf({ partId: "x" })], signal),
      );
      expect(await copy()).toEqual({ refused: { why: "not-a-copy" } });
      expect(await copied({ replaces: true })).toMatchObject({ answers: { removed: 1 } });
      await expectSame();
    });
  });
}

/** The same, whose writes fail when it is said so. */
function failing(to: MemoryContents, isNow: () => boolean): MemoryContents {
  const wrapped = Object.fromEntries(
    copiedKinds.map((kind) => [
      kind,
      {
        ...to[kind],
        put: async (items: never[], given: AbortSignal) => {
          if (isNow()) throw new Error("broken off");
          await to[kind].put(items, given);
        },
      },
    ]),
  );
  return { ...to, ...wrapped };
}

/** By their keys, because what was replaced may stand elsewhere. */
async function all(memory: MemoryContents, kind: CopiedKind): Promise<unknown[]> {
  const found: { key: string; one: unknown }[] = [];
  for (let place: number | null = null; ; ) {
    const { keyOf, page } = memory[kind] as MemoryContents["answers"];
    const { items, last } = await page(place, 7, signal);
    found.push(...items.map((one) => ({ key: memory.asKept(keyOf(one)), one })));
    if (last === null) break;
    place = last;
  }
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ one }) => one);
}
