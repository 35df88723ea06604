import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type {
  AnswerFilter,
  AnswerMemory,
  AnswerPage,
  RememberedAnswer,
} from "../../src/core/knowledge/answer-memory.ts";
import { usesIn } from "../../src/core/knowledge/answer-uses.ts";
import {
  editAnswer,
  restoreAnswer,
  retireAnswer,
  undoChange,
} from "../../src/core/knowledge/curation.ts";
import { forgetForGood, partsDecidedByPeople } from "../../src/core/knowledge/forgotten-answers.ts";
import type { RememberedTurn, Whose } from "../../src/core/ports.ts";

const signal = new AbortController().signal;
const verdict = { by: "Alice", reason: null };

export function answerOf(values: Partial<RememberedAnswer>): RememberedAnswer {
  return {
    question: "How do I reset my password?",
    answer: "Open Settings and choose Reset password.",
    status: "answer",
    author: "teammate",
    conversationId: "100",
    partId: "1",
    at: 1_700_000_000_000,
    language: "en",
    url: null,
    decision: null,
    draftedFrom: [],
    ...values,
  };
}

export function turnOf(values: Partial<RememberedTurn>): RememberedTurn {
  return {
    conversationId: "100",
    contactId: "contact-1",
    partId: "1",
    speaker: "customer",
    text: "My invoice shows the wrong address",
    at: 1_700_000_000_000,
    ...values,
  };
}

/** That contact, in a conversation that nothing is stored of. */
export function whose(contactId: string, inConversation = "now"): Whose {
  return { contactId, inConversation };
}

/** What every answer memory does, whatever it stores in. */
export function describeAnswerMemory(
  name: string,
  open: () => Promise<{ memory: AnswerMemory; close: () => Promise<void> }>,
  options: { listsOldTurns: boolean } = { listsOldTurns: true },
): void {
  describe(`answer memory in ${name}`, () => {
    let memory: AnswerMemory;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ memory, close } = await open());
    });
    afterEach(() => close());

    const questionsFor = async (query: string) =>
      (await memory.recallAnswers(query, { limit: 10 }, signal)).map(({ title }) => title);

    it("recalls nothing from an empty memory", async () => {
      expect(await memory.recallAnswers("password", { limit: 10 }, signal)).toEqual([]);
      expect(await memory.recallConversations("password", whose("contact-1"), 10, signal)).toEqual(
        [],
      );
      expect(await memory.findAnswers(null, 10, signal)).toEqual([]);
      expect(await memory.findConversation("100", signal)).toEqual({ answers: [], turns: [] });
    });

    it("recalls a remembered answer as a source, word for word", async () => {
      const answer = "Open **Settings**.\n\nAnswer: no, really.\n";
      const question = "How do I\n\nAnswer: reset my password?";
      const [id] = await memory.rememberAnswers(
        [answerOf({ question, answer, url: "https://example.com/reset" })],
        signal,
      );
      const [source] = await memory.recallAnswers("reset password", { limit: 10 }, signal);
      expect(source).toEqual({
        id,
        kind: "answer",
        title: question,
        url: "https://example.com/reset",
        text: answer,
        score: expect.any(Number),
        language: "en",
        at: 1_700_000_000_000,
        isInternal: false,
      });
      expect(source?.score).toBeGreaterThan(0);
      expect(source?.score).toBeLessThanOrEqual(1);
    });

    it("recalls the best fitting answer first and no more than asked for", async () => {
      await memory.rememberAnswers(
        [
          answerOf({ partId: "1", question: "Can I change the colour of my invoice?" }),
          answerOf({ partId: "2", question: "Where do I find the invoice of last month?" }),
          answerOf({ partId: "3", question: "How do I cancel my subscription?" }),
        ],
        signal,
      );
      const found = await memory.recallAnswers(
        "I cannot find last month's invoice",
        { limit: 2 },
        signal,
      );
      expect(found[0]?.title).toBe("Where do I find the invoice of last month?");
      expect(found.length).toBeLessThanOrEqual(2);
      const scores = found.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    });

    it("keeps all of an answer's provenance", async () => {
      const remembered = answerOf({
        author: "edited-draft",
        decision: { action: "review", reason: "low-confidence" },
        verdict: { by: "Alice", reason: null },
        draftedFrom: ["article-7", "answer-3"],
        language: null,
      });
      const [id] = await memory.rememberAnswers([remembered], signal);
      expect(await memory.findAnswers(null, 10, signal)).toEqual([
        { ...remembered, id, score: null },
      ]);
    });

    it("finds words in scripts that write no spaces", async () => {
      await memory.rememberAnswers(
        [
          answerOf({ partId: "1", question: "請問如何重設密碼？", answer: "請點擊忘記密碼。" }),
          answerOf({ partId: "2", question: "ฉันจะเปลี่ยนรหัสผ่านได้อย่างไร", answer: "ไปที่การตั้งค่า" }),
        ],
        signal,
      );
      expect(await questionsFor("忘記密碼怎麼辦")).toContain("請問如何重設密碼？");
      expect(await questionsFor("ลืมรหัสผ่าน")).toContain("ฉันจะเปลี่ยนรหัสผ่านได้อย่างไร");
    });

    it.each([
      '"',
      "password AND",
      "NEAR(reset password)",
      "question:reset*",
      "(",
      "-",
      "^a OR",
      "",
    ])("takes %j for words, not for a query language", async (query) => {
      await memory.rememberAnswers([answerOf({})], signal);
      await expect(memory.recallAnswers(query, { limit: 10 }, signal)).resolves.toBeInstanceOf(
        Array,
      );
      await expect(
        memory.recallConversations(query, whose(query), 10, signal),
      ).resolves.toBeInstanceOf(Array);
    });

    it("never recalls a rejected draft, and keeps it", async () => {
      const rejected = answerOf({ status: "rejected", answer: "Password? Buy a new account." });
      await memory.rememberAnswers([rejected], signal);
      expect(await memory.recallAnswers("reset password", { limit: 10 }, signal)).toEqual([]);
      expect(await memory.findAnswers("reset password", 10, signal)).toEqual([]);
      expect(await memory.findAnswers(null, 10, signal)).toMatchObject([rejected]);
    });

    it("never recalls the service's own automatic replies, and keeps them", async () => {
      const automatic = answerOf({ author: "automatic-reply" });
      await memory.rememberAnswers([automatic], signal);
      expect(await memory.recallAnswers("reset password", { limit: 10 }, signal)).toEqual([]);
      const { answers } = await memory.findConversation("100", signal);
      expect(answers).toMatchObject([automatic]);
    });

    it("stores an answer of the same part once, with what was said last", async () => {
      const [first] = await memory.rememberAnswers([answerOf({})], signal);
      const [again] = await memory.rememberAnswers([answerOf({})], signal);
      expect(again).toBe(first);
      await memory.rememberAnswers([answerOf({ answer: "Ask your administrator." })], signal);
      await memory.rememberAnswers([answerOf({ status: "rejected" })], signal);
      const { answers } = await memory.findConversation("100", signal);
      expect(answers.map(({ status, answer }) => [status, answer]).sort()).toEqual([
        ["answer", "Ask your administrator."],
        ["rejected", "Open Settings and choose Reset password."],
      ]);
      expect(await memory.recallAnswers("password", { limit: 10 }, signal)).toHaveLength(1);
    });

    it("stops recalling an answer that is stored again as an automatic reply", async () => {
      await memory.rememberAnswers([answerOf({})], signal);
      await memory.rememberAnswers([answerOf({ author: "automatic-reply" })], signal);
      expect(await memory.recallAnswers("password", { limit: 10 }, signal)).toEqual([]);
    });

    it("keeps two answers that say the same in two conversations", async () => {
      await memory.rememberAnswers(
        [answerOf({ conversationId: "100" }), answerOf({ conversationId: "200" })],
        signal,
      );
      expect(await memory.recallAnswers("password", { limit: 10 }, signal)).toHaveLength(2);
    });

    it("recalls for a brand what is its own or everybody's, and tells what is another's", async () => {
      await memory.rememberAnswers(
        [
          answerOf({ partId: "1", brand: "Beta", answer: "Beta's way to do it." }),
          answerOf({ partId: "2", brand: "Acme", answer: "Acme's way to do it." }),
          answerOf({ partId: "3", answer: "Everybody's way to do it." }),
        ],
        signal,
      );
      const leftOut: string[] = [];
      const onLeftOut = ({ text }: { text: string }) => void leftOut.push(text);
      const asked = { limit: 2, brand: "acme", onLeftOut };
      const found = await memory.recallAnswers("reset password", asked, signal);
      expect(found.map(({ text, forWhom }) => [text, forWhom]).sort()).toEqual([
        ["Acme's way to do it.", { brands: ["Acme"] }],
        ["Everybody's way to do it.", undefined],
      ]);
      expect(leftOut.filter((text) => text !== "Beta's way to do it.")).toEqual([]);
      const unknown = await memory.recallAnswers("reset password", { limit: 9 }, signal);
      expect(unknown).toHaveLength(3);
      const { answers } = await memory.findConversation("100", signal);
      expect(answers.map(({ brand }) => brand ?? "").sort()).toEqual(["", "Acme", "Beta"]);
    });

    it("recalls what was written from a source for some only for nobody else", async () => {
      const forWhom = { brands: ["Acme", "Beta"], plans: ["Pro"] };
      await memory.rememberAnswers([answerOf({ forWhom })], signal);
      const foundFor = async (asker: object) =>
        await memory.recallAnswers("reset password", { limit: 2, ...asker }, signal);
      expect(await foundFor({ brand: "Gamma" })).toEqual([]);
      expect(await foundFor({ brand: "Acme", plan: "Free" })).toEqual([]);
      expect(await foundFor({ brand: "beta", plan: "pro" })).toMatchObject([{ forWhom }]);
      expect(await foundFor({})).toMatchObject([{ forWhom }]);
      const { answers } = await memory.findConversation("100", signal);
      expect(answers).toMatchObject([{ forWhom }]);
    });

    it("finds answers for people who look, the newest first without a query", async () => {
      await memory.rememberAnswers(
        [
          answerOf({ partId: "1", at: 1, question: "Do you ship to Norway?" }),
          answerOf({ partId: "2", at: 3, question: "Do you have gift cards?" }),
          answerOf({ partId: "3", at: 2, question: "Is there a student discount?" }),
        ],
        signal,
      );
      const newest = await memory.findAnswers(null, 2, signal);
      expect(newest.map(({ at }) => at)).toEqual([3, 2]);
      const [found] = await memory.findAnswers("student", 5, signal);
      expect(found?.question).toBe("Is there a student discount?");
      expect(found?.score).toBeGreaterThan(0);
    });

    it("keeps what an operator typed, without a conversation", async () => {
      const typed = answerOf({ author: "operator", conversationId: null, partId: null });
      const [id] = await memory.rememberAnswers([typed], signal);
      expect(await memory.recallAnswers("password", { limit: 10 }, signal)).toMatchObject([{ id }]);
    });

    it("forgets one answer by its id", async () => {
      const [id] = await memory.rememberAnswers([answerOf({})], signal);
      expect(await memory.forgetAnswer(String(id), signal)).toBe(true);
      expect(await memory.forgetAnswer(String(id), signal)).toBe(false);
      expect(await memory.recallAnswers("password", { limit: 10 }, signal)).toEqual([]);
    });

    it("keeps of an answer that a person had removed only that it is not to be learnt again", async () => {
      const [id] = await memory.rememberAnswers([answerOf({ verdict })], signal);
      expect(await memory.readAnswer(String(id), signal)).toMatchObject({ id, ...answerOf({}) });
      expect(await forgetForGood(String(id), memory, Date.now(), signal)).toBe(true);
      expect(await forgetForGood(String(id), memory, Date.now(), signal)).toBe(false);
      expect(await memory.readAnswer(String(id), signal)).toBeNull();
      expect(await memory.recallAnswers("password", { limit: 10 }, signal)).toEqual([]);
      expect(await memory.findAnswers(null, 10, signal)).toEqual([]);

      const { answers } = await memory.findConversation("100", signal);
      expect(JSON.stringify(answers)).not.toContain("assword");
      expect(JSON.stringify(answers)).not.toContain("Alice");
      expect([...partsDecidedByPeople(answers)]).toEqual(["1"]);
      expect(await forgetForGood(String(answers[0]?.id), memory, 1, signal)).toBe(false);
    });

    it("keeps what a verdict judged, and reads verdicts that do not have it", async () => {
      const basis = {
        intent: "question" as const,
        model: "test-model",
        promptHash: null,
        sources: [{ id: "article-7", score: 0.71 }],
      };
      const judged = { draft: "Open **Settings**.", confidence: 0.62, editedShare: 0.25, basis };
      const [newer, older] = await memory.rememberAnswers(
        [
          answerOf({ partId: "1", verdict: { ...verdict, judged } }),
          answerOf({ partId: "2", verdict }),
        ],
        signal,
      );
      expect((await memory.readAnswer(String(newer), signal))?.verdict).toEqual({
        ...verdict,
        judged,
      });
      expect((await memory.readAnswer(String(older), signal))?.verdict).toEqual(verdict);
    });

    it("keeps a draft from a source for some plans with its verdict, and recalls it for nobody", async () => {
      const sources = [{ id: "article-7", score: 0.71 }];
      const basis = { intent: "question", model: "test-model", promptHash: null, sources } as const;
      const judged = {
        ...{ draft: "Open **Settings**.", confidence: 0.62, editedShare: 0 },
        basis: { ...basis, sources, isForPlan: true },
      };
      const answer = answerOf({ verdict: { ...verdict, judged } });
      const [id = ""] = await memory.rememberAnswers([answer], signal);
      expect(await memory.recallAnswers("password", { limit: 10 }, signal)).toEqual([]);
      expect((await memory.readAnswer(id, signal))?.verdict).toEqual(answer.verdict);
    });

    it("finds every verdict, and nothing that nobody decided", async () => {
      const [approved, rejected, forgotten] = await memory.rememberAnswers(
        [
          answerOf({ partId: "1", conversationId: "200", verdict }),
          answerOf({ partId: "2", conversationId: "201", status: "rejected", verdict }),
          answerOf({ partId: "3", conversationId: "202", verdict }),
          answerOf({ partId: "4", conversationId: "203" }),
          answerOf({ partId: "5", conversationId: "204", author: "automatic-reply" }),
        ],
        signal,
      );
      await forgetForGood(String(forgotten), memory, 1, signal);
      const found = await memory.findVerdicts(signal);
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set([approved, rejected]));
    });

    it("tells of which parts a person has decided the answer", async () => {
      await memory.rememberAnswers(
        [
          answerOf({ partId: "1" }),
          answerOf({ partId: "2", verdict }),
          answerOf({ partId: "3", status: "rejected", verdict }),
        ],
        signal,
      );
      const { answers } = await memory.findConversation("100", signal);
      expect([...partsDecidedByPeople(answers)].sort()).toEqual(["2", "3"]);
    });

    it("puts a changed answer in the place of the one before, in recall too", async () => {
      const [id = ""] = await memory.rememberAnswers([answerOf({})], signal);
      const doer = { by: "Ada", at: 1_800_000_000_000 };
      const edited = await editAnswer(id, { answer: "Ask Bob." }, doer, { memory }, signal);
      const changed = "answer" in edited ? edited.answer : null;
      expect(changed).toMatchObject({ answer: "Ask Bob.", at: 1_700_000_000_000 });
      expect(await memory.readAnswer(changed?.id ?? "", signal)).toEqual(changed);
      const recalled = await memory.recallAnswers("reset password", { limit: 10 }, signal);
      expect(recalled).toMatchObject([{ id: changed?.id, text: "Ask Bob.", at: doer.at }]);
      // The original is in no index any more, and is not learnt again.
      expect(await memory.recallAnswers("Open Settings", { limit: 10 }, signal)).toEqual([]);
      const { answers } = await memory.findConversation("100", signal);
      expect(answers).toHaveLength(1);
      expect([...partsDecidedByPeople(answers)]).toEqual(["1"]);
    });

    it("retires an answer and brings it back, as often as somebody likes", async () => {
      let [id = ""] = await memory.rememberAnswers([answerOf({})], signal);
      const doer = { by: "Ada", at: 1 };
      for (const change of [retireAnswer, restoreAnswer, undoChange, undoChange]) {
        const changed = await change(id, doer, { memory }, signal);
        if (!("answer" in changed)) throw new Error(changed.refused);
        id = changed.answer.id;
        const isRecalled = changed.answer.status === "answer";
        const recalled = await memory.recallAnswers("reset password", { limit: 10 }, signal);
        expect(recalled).toHaveLength(isRecalled ? 1 : 0);
        const { answers } = await memory.findConversation("100", signal);
        expect(answers).toHaveLength(1);
      }
      const kept = await memory.readAnswer(id, signal);
      expect(kept?.status).toBe("answer");
      expect(kept?.changes?.map(({ did }) => did)).toEqual([
        "retired",
        "restored",
        "undone",
        "undone",
      ]);
    });

    it("replaces nothing that is not there", async () => {
      expect(await memory.replaceAnswer("none", answerOf({}), signal)).toBeNull();
      expect(await memory.findAnswers(null, 10, signal)).toEqual([]);
    });

    it("lists what is kept page by page, and as narrowly as somebody wants", async () => {
      await memory.rememberAnswers(
        [
          answerOf({ partId: "1", at: 1, verdict }),
          answerOf({ partId: "2", at: 3, language: null, author: "edited-draft", verdict }),
          answerOf({ partId: "3", at: 2, status: "rejected", language: "de" }),
          answerOf({
            partId: "4",
            at: 3,
            changes: [{ did: "edited", by: "Ada", at: 9, before: null }],
          }),
          answerOf({ partId: "5", at: 4, status: "suggested" }),
          answerOf({ partId: "6", at: 5, status: "forgotten", question: "", answer: "" }),
        ],
        signal,
      );
      const all = ["answer", "rejected", "retired", "suggested"] as const;
      const partsOf = async (filter: Partial<AnswerFilter>) => {
        const parts: (string | null)[] = [];
        let after: string | null = null;
        do {
          const page: AnswerPage = await memory.listAnswers(
            { statuses: [...all], ...filter },
            { limit: 2, after },
            signal,
          );
          parts.push(...page.answers.map(({ partId }) => partId));
          after = page.next;
          if (after === null) expect(page.total).toBe(parts.length);
        } while (after !== null);
        return parts;
      };
      expect((await partsOf({})).toSorted()).toEqual(["1", "2", "3", "4", "5"]);
      expect(await partsOf({ statuses: ["suggested", "rejected"] })).toEqual(["5", "3"]);
      expect(await partsOf({ authors: ["edited-draft"] })).toEqual(["2"]);
      expect(await partsOf({ language: "de" })).toEqual(["3"]);
      expect(await partsOf({ language: "unknown" })).toEqual(["2"]);
      expect((await partsOf({ by: "Alice" })).toSorted()).toEqual(["1", "2"]);
      expect(await partsOf({ by: "Ada" })).toEqual(["4"]);
      expect((await partsOf({ since: 2, before: 4 })).toSorted()).toEqual(["2", "3", "4"]);
    });

    it("lists behind a place that is none without failing", async () => {
      await memory.rememberAnswers([answerOf({})], signal);
      for (const after of ["", "nonsense", `${"9".repeat(40)}.x`]) {
        const page = await memory.listAnswers(
          { statuses: ["answer"] },
          { limit: 2, after },
          signal,
        );
        expect(page).toMatchObject({ total: 1, next: null });
      }
    });

    it("finds the drafts that were written from an answer, with what people decided", async () => {
      const [id = "", other = ""] = await memory.rememberAnswers(
        [answerOf({ partId: "1" }), answerOf({ partId: "2" })],
        signal,
      );
      const review = { action: "review", reason: "low-confidence" } as const;
      await memory.rememberAnswers(
        [
          answerOf({
            conversationId: "200",
            at: 5,
            author: "approved-draft",
            verdict,
            decision: review,
            draftedFrom: [id, "article-7"],
          }),
          answerOf({
            conversationId: "201",
            at: 6,
            author: "edited-draft",
            status: "rejected",
            verdict,
            decision: review,
            draftedFrom: [id],
          }),
          answerOf({
            conversationId: "202",
            at: 7,
            author: "edited-draft",
            verdict,
            decision: review,
            draftedFrom: [other],
          }),
        ],
        signal,
      );
      const uses = usesIn(await memory.findUses(id, signal));
      expect(uses.map(({ conversationId, outcome }) => [conversationId, outcome])).toEqual([
        ["201", "rejected"],
        ["200", "approved"],
      ]);
      expect(usesIn(await memory.findUses("none", signal))).toEqual([]);
      if (!memory.abilities.countsUses) return;
      const filter = { statuses: ["answer" as const] };
      const page = { limit: 10, after: null };
      const { answers } = await memory.listAnswers({ ...filter, isUsed: true }, page, signal);
      expect(new Map(answers.map((one) => [one.id, one.uses]))).toEqual(
        new Map([
          [id, 2],
          [other, 1],
        ]),
      );
      const unused = await memory.listAnswers({ ...filter, isUsed: false }, page, signal);
      expect(unused.answers.map(({ conversationId }) => conversationId).toSorted()).toEqual([
        "200",
        "202",
      ]);
    });

    it("knows the replies that went out by themselves and were written from an answer, where it can", async () => {
      if (!memory.abilities.knowsSentUses) return;
      const reply = turnOf({ partId: "9", speaker: "us", text: "Open Settings." });
      await memory.rememberTurns([{ ...reply, draftedFrom: ["answer-1"] }], signal);
      // As the backfill reads it again from Intercom.
      await memory.rememberTurns([{ ...reply, text: "Open *Settings*." }], signal);
      const sent = async () => usesIn(await memory.findUses("answer-1", signal));
      expect(await sent()).toMatchObject([{ outcome: "sent", reply: "Open *Settings*." }]);
      await memory.rememberAnswers(
        [
          answerOf({
            partId: "9",
            author: "approved-draft",
            verdict,
            decision: { action: "reply", reason: "confident" },
            draftedFrom: ["answer-1"],
          }),
        ],
        signal,
      );
      expect(await sent()).toMatchObject([{ outcome: "right-in-audit" }]);
      await memory.forgetConversation("100", null, signal);
      expect(await sent()).toEqual([]);
    });

    it("forgets with an answer everything that it said before it was changed", async () => {
      const [id = ""] = await memory.rememberAnswers([answerOf({ verdict })], signal);
      const doer = { by: "Alice", at: 1 };
      const edited = await editAnswer(
        id,
        { question: "Hm?", answer: "No." },
        doer,
        { memory },
        signal,
      );
      if (!("answer" in edited)) throw new Error(edited.refused);
      await forgetForGood(edited.answer.id, memory, 1, signal);
      const { answers } = await memory.findConversation("100", signal);
      expect(JSON.stringify(answers)).not.toMatch(/assword|Alice|Hm/);
    });

    it("recalls what this contact said in any conversation", async () => {
      await memory.rememberTurns(
        [
          turnOf({ conversationId: "100", text: "My invoice shows the wrong address" }),
          turnOf({ conversationId: "100", partId: "2", speaker: "us", text: "It is corrected." }),
          turnOf({ conversationId: "200", text: "The new invoice is still wrong" }),
        ],
        signal,
      );
      const found = await memory.recallConversations("invoice", whose("contact-1"), 10, signal);
      expect(found.map(({ text }) => text).sort()).toEqual([
        "My invoice shows the wrong address",
        "The new invoice is still wrong",
      ]);
      expect(found[0]).toMatchObject({ kind: "conversation", isInternal: false });
    });

    it("never recalls one contact's conversations for another", async () => {
      const contacts = ["contact-1", "contact-2", "contact", "1", "CONTACT-1", "contact 1"];
      await memory.rememberTurns(
        contacts.map((contactId, index) =>
          turnOf({
            contactId,
            conversationId: `${index}`,
            text: `invoice secret of <${contactId}>`,
          }),
        ),
        signal,
      );
      for (const contactId of contacts) {
        const found = await memory.recallConversations(
          "invoice secret contact 1",
          whose(contactId),
          10,
          signal,
        );
        expect(found.map(({ text }) => text)).toEqual([`invoice secret of <${contactId}>`]);
      }
      expect(await memory.recallConversations("invoice", whose("contact-3"), 10, signal)).toEqual(
        [],
      );
      expect(await memory.recallAnswers("invoice secret", { limit: 10 }, signal)).toEqual([]);
    });

    it("never recalls the conversation under way as an earlier one", async () => {
      const now = Array.from({ length: 40 }, (_, index) =>
        turnOf({ conversationId: "300", partId: `${index}`, text: `invoice invoice ${index}` }),
      );
      await memory.rememberTurns([...now, turnOf({ conversationId: "200" })], signal);
      const found = await memory.recallConversations(
        "invoice",
        whose("contact-1", "300"),
        3,
        signal,
      );
      expect(found.map(({ id }) => id)).toEqual(["200-1"]);
    });

    it("keeps and recalls nothing for whoever has no id", async () => {
      await memory.rememberTurns([turnOf({ contactId: "" })], signal);
      expect((await memory.findConversation("100", signal)).turns).toEqual([]);
      expect(await memory.recallConversations("invoice", whose(""), 5, signal)).toEqual([]);
    });

    it("stores a turn once, with what was said last", async () => {
      await memory.rememberTurns([turnOf({})], signal);
      await memory.rememberTurns([turnOf({}), turnOf({ partId: "2", text: "Thanks" })], signal);
      await memory.rememberTurns([turnOf({ text: "My receipt is wrong" })], signal);
      const { turns } = await memory.findConversation("100", signal);
      expect(turns.map(({ partId, text }) => [partId, text]).sort()).toEqual([
        ["1", "My receipt is wrong"],
        ["2", "Thanks"],
      ]);
      expect(await memory.recallConversations("invoice", whose("contact-1"), 5, signal)).toEqual(
        [],
      );
    });

    it("keeps the same words said twice as two turns", async () => {
      await memory.rememberTurns(
        [turnOf({ partId: "1", text: "Thanks!" }), turnOf({ partId: "2", text: "Thanks!" })],
        signal,
      );
      expect((await memory.findConversation("100", signal)).turns).toHaveLength(2);
    });

    it("finds all of a conversation, and of that one only", async () => {
      const turns = Array.from({ length: 250 }, (_, index) =>
        turnOf({ partId: `${index}`, text: `message ${index}`, at: index }),
      );
      await memory.rememberTurns([...turns, turnOf({ conversationId: "1000" })], signal);
      await memory.rememberAnswers([answerOf({ conversationId: "1000" })], signal);
      const found = await memory.findConversation("100", signal);
      expect(found.turns).toEqual(turns);
      expect(found.answers).toEqual([]);
    });

    it("forgets a conversation that was deleted, answers and turns", async () => {
      await memory.rememberTurns([turnOf({}), turnOf({ conversationId: "200" })], signal);
      await memory.rememberAnswers([answerOf({}), answerOf({ status: "rejected" })], signal);
      expect(await memory.forgetConversation("100", null, signal)).toBe(3);
      expect(await memory.findConversation("100", signal)).toEqual({ answers: [], turns: [] });
      expect(await memory.recallAnswers("password", { limit: 10 }, signal)).toEqual([]);
      expect(
        await memory.recallConversations("invoice", whose("contact-1"), 5, signal),
      ).toHaveLength(1);
    });

    it("forgets a part that was redacted, and leaves the rest", async () => {
      await memory.rememberTurns([turnOf({}), turnOf({ partId: "2", text: "Hello?" })], signal);
      await memory.rememberAnswers([answerOf({ partId: "1" }), answerOf({ partId: "2" })], signal);
      expect(await memory.forgetConversation("100", "1", signal)).toBe(2);
      const { answers, turns } = await memory.findConversation("100", signal);
      expect([...answers, ...turns].map(({ partId }) => partId)).toEqual(["2", "2"]);
    });

    it("finds what one contact said and heard, and forgets it without the answers", async () => {
      const theirs = [turnOf({}), turnOf({ conversationId: "200", speaker: "us", text: "Done." })];
      const others = turnOf({ partId: "2", contactId: "contact-2", text: "Mine too" });
      await memory.rememberTurns([...theirs, others], signal);
      await memory.rememberAnswers([answerOf({})], signal);
      const found = await memory.findTurns({ contactId: "contact-1" }, 10, signal);
      expect(found.sort((a, b) => a.conversationId.localeCompare(b.conversationId))).toEqual(
        theirs,
      );
      expect(await memory.findTurns({ contactId: "contact-1" }, 1, signal)).toHaveLength(1);

      expect(await memory.forgetTurns([...theirs, turnOf({ partId: "none" })], signal)).toBe(2);
      expect(await memory.findTurns({ contactId: "contact-1" }, 10, signal)).toEqual([]);
      const recalled = memory.recallConversations("invoice", whose("contact-1"), 5, signal);
      expect(await recalled).toEqual([]);
      const { answers, turns } = await memory.findConversation("100", signal);
      expect([answers.length, turns]).toEqual([1, [others]]);
    });

    it("gives a turn to another contact when it is stored again as theirs", async () => {
      await memory.rememberTurns([turnOf({})], signal);
      await memory.rememberTurns([turnOf({ contactId: "contact-2" })], signal);
      expect(await memory.recallConversations("invoice", whose("contact-1"), 5, signal)).toEqual(
        [],
      );
      expect(
        await memory.recallConversations("invoice", whose("contact-2"), 5, signal),
      ).toHaveLength(1);
    });

    it.skipIf(!options.listsOldTurns)("finds what was said before a time", async () => {
      const at = 1_700_000_000_000;
      const old = turnOf({ partId: "1", at: at - 1 });
      await memory.rememberTurns([old, turnOf({ partId: "2", at })], signal);
      await memory.rememberAnswers([answerOf({ at: 1 })], signal);
      expect(await memory.findTurns({ before: at }, 10, signal)).toEqual([old]);
    });

    it("remembers the newest checkpoint of each key", async () => {
      expect(await memory.readCheckpoint("backfill", signal)).toBeNull();
      await memory.writeCheckpoint("backfill", '{"page":1}', signal);
      await memory.writeCheckpoint("backfill", '{"page":2}', signal);
      await memory.writeCheckpoint("backfill", '{"page":2}', signal);
      await memory.writeCheckpoint("other", "x", signal);
      expect(await memory.readCheckpoint("backfill", signal)).toBe('{"page":2}');
      expect(await memory.readCheckpoint("other", signal)).toBe("x");
      expect(await memory.findAnswers(null, 10, signal)).toEqual([]);
    });

    it("does nothing for a caller who has given up", async () => {
      const gaveUp = AbortSignal.abort(new Error("gave up"));
      await expect(memory.recallAnswers("password", { limit: 1 }, gaveUp)).rejects.toThrow(
        "gave up",
      );
      await expect(memory.rememberAnswers([answerOf({})], gaveUp)).rejects.toThrow("gave up");
      expect(await memory.findAnswers(null, 10, signal)).toEqual([]);
    });
  });
}
