import { afterEach, describe, expect, it, vi } from "vitest";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import { builtInEscalations } from "../../../src/core/judging/built-in-escalations.ts";
import { noRules } from "../../../src/core/policy.ts";
import { type ChatService, startChatService } from "../../fixtures/chat-service.ts";
import { draft, policy } from "../../fixtures/conversations.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

let service: ChatService;
afterEach(() => service.stop());

const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 20_000, interval: 10 });
const signal = AbortSignal.timeout(60_000);

async function begin(wanted: object = {}) {
  const { id } = await service.newSession(wanted);
  const socket = await service.connect(id);
  const draft = async () => {
    await eventually(() => expect(socket.drafts().at(-1)?.state).toBe("open"));
    return socket.drafts().at(-1)?.id ?? "";
  };
  const refusals = () =>
    socket.heard.flatMap((event) => (event.type === "refused" ? [event.message] : []));
  return { id, ...socket, draft, refusals };
}

describe("the chat's socket", () => {
  it("begins with the session, then its entries, then says that these are all", async () => {
    service = await startChatService();
    const { send, said, id } = await begin();
    send({ type: "message", text: "Hello?" });
    await eventually(() => expect(said("assistant")).toEqual(["About: Hello?"]));
    const late = await service.connect(id);
    await eventually(() => expect(late.heard.at(-1)).toEqual({ type: "ready", isTyping: false }));
    expect(late.heard.map(({ type }) => type)).toEqual(["session", "message", "message", "ready"]);
  });

  it("answers with the draft and all that led to it", async () => {
    service = await startChatService();
    service.draftsNext({ confidence: 0.42 });
    const { send, drafts, heard } = await begin();
    send({ type: "message", text: "Hello?" });
    await eventually(() => expect(drafts()).toHaveLength(1));
    expect(heard.some(({ type }) => type === "typing")).toBe(true);
    expect(drafts()[0]).toMatchObject({
      reply: "About: Hello?",
      state: "shown",
      confidence: 0.42,
      threshold: 0.8,
      decision: {
        action: "review",
        rule: "low-confidence",
        explanation: "It is not sure enough to answer by itself",
      },
      query: "Hello?",
      model: "test",
    });
    expect(drafts()[0]?.steps.map(({ name }) => name)).toContain("draft");
  });

  it("labels drafts in Manual with what production's own rules say, not with Manual's", async () => {
    service = await startChatService();
    const { send, drafts, draft } = await begin({ mode: "manual" });
    send({ type: "message", text: "Hello?" });
    await draft();
    expect(drafts()[0]?.decision).toMatchObject({ action: "reply", rule: "confident" });
  });

  it("counts a message that is sent again after a lost connection once", async () => {
    service = await startChatService();
    const { send, said } = await begin();
    const message = { type: "message", text: "Hello?", clientId: "one" };
    send(message);
    send(message);
    await eventually(() => expect(said("assistant")).toHaveLength(1));
    expect(said("customer")).toEqual(["Hello?"]);
  });

  it("takes one verdict for a draft, whoever is first", async () => {
    service = await startChatService();
    const { send, said, draft, refusals } = await begin({ mode: "manual" });
    send({ type: "message", text: "Hello?" });
    const draftId = await draft();
    send({ type: "verdict", draftId, verdict: "approve" });
    send({ type: "verdict", draftId, verdict: "reject" });
    await eventually(() => expect(refusals()).toEqual([expect.stringContaining("already")]));
    expect(said("assistant")).toEqual(["About: Hello?"]);
    send({ type: "verdict", draftId: "nonsense", verdict: "approve" });
    await eventually(() => expect(refusals()).toHaveLength(2));
  });

  it("wants the text of an edited reply, and sends that", async () => {
    service = await startChatService();
    const { send, said, draft, drafts, refusals } = await begin({ mode: "manual" });
    send({ type: "message", text: "Hello?" });
    const draftId = await draft();
    send({ type: "verdict", draftId, verdict: "edit" });
    await eventually(() => expect(refusals()).toHaveLength(1));
    send({ type: "verdict", draftId, verdict: "edit", text: "Better." });
    await eventually(() => expect(said("assistant")).toEqual(["Better."]));
    expect(drafts().map(({ state }) => state)).toEqual(["edited", "edited"]);
  });

  it("remembers verdicts in mock mode as production does", async () => {
    service = await startChatService();
    const { send, said, draft } = await begin({ mode: "manual" });
    send({ type: "message", text: "Do you ship to Norway?" });
    send({ type: "verdict", draftId: await draft(), verdict: "approve" });
    await eventually(() => expect(said("assistant")).toHaveLength(1));
    await eventually(async () => {
      const [kept] = await service.memory.findAnswers(null, 10, signal);
      expect(kept).toMatchObject({ question: "Do you ship to Norway?", author: "approved-draft" });
    });
  });

  it("remembers nothing outside mock mode unless it is asked to", async () => {
    service = await startChatService({ remembersAll: false });
    const { id, send, said, draft } = await begin({ mode: "manual" });
    send({ type: "message", text: "Forget this" });
    send({ type: "verdict", draftId: await draft(), verdict: "approve" });
    await eventually(() => expect(said("assistant")).toHaveLength(1));
    send({ type: "message", text: "Keep this" });
    send({ type: "verdict", draftId: await draft(), verdict: "approve", remember: true });
    await eventually(() => expect(said("assistant")).toHaveLength(2));
    await eventually(async () => {
      const kept = await service.memory.findAnswers(null, 10, signal);
      expect(kept).toEqual([expect.objectContaining({ question: "Keep this", url: null })]);
    });
    const { conversationId } = (await service.memory.findAnswers(null, 1, signal))[0] ?? {};
    const conversation = await service.memory.findConversation(conversationId ?? id, signal);
    expect(conversation.turns).toEqual([]);
  });

  describe("teaches", () => {
    const taught = () => service.memory.findAnswers(null, 10, signal);
    const answered = async (options: Parameters<typeof startChatService>[0] = {}) => {
      service = await startChatService(options);
      const session = await begin();
      session.send({ type: "message", text: "Do you ship to Norway?" });
      await eventually(() => expect(session.said("assistant")).toHaveLength(1));
      const answer = () => session.entries().find((entry) => "lesson" in entry);
      const teach = (lesson: object) =>
        session.send({ type: "lesson", messageId: answer()?.id, ...lesson });
      const shows = (lesson: object) =>
        eventually(() => expect(answer()).toMatchObject({ lesson }));
      return { ...session, teach, shows };
    };

    it("what somebody says about an answer, the newest word in place of those before", async () => {
      const { teach, shows } = await answered();
      teach({ lesson: "good" });
      await shows({ kind: "good", text: null });
      const question = "Do you ship to Norway?";
      expect(await taught()).toMatchObject([
        { question, answer: `About: ${question}`, status: "answer", author: "approved-draft" },
      ]);
      teach({ lesson: "better", text: "Yes, for 12 €." });
      await shows({ kind: "better", text: "Yes, for 12 €." });
      expect(await taught()).toMatchObject([
        { question, answer: "Yes, for 12 €.", author: "edited-draft" },
      ]);
      teach({ lesson: "wrong" });
      await shows({ kind: "wrong", text: null });
      expect(await taught()).toMatchObject([{ status: "rejected" }]);
    });

    it("outside mock mode too, because it was asked to, and without a link to the page", async () => {
      const { teach, shows } = await answered({ remembersAll: false });
      teach({ lesson: "better", text: "Yes, for 12 €." });
      await shows({ kind: "better" });
      expect(await taught()).toMatchObject([{ answer: "Yes, for 12 €.", url: null }]);
    });

    it("about a draft that was approved, and replaces what the approval had taught", async () => {
      service = await startChatService();
      const { send, draft, entries } = await begin({ mode: "manual" });
      send({ type: "message", text: "Do you ship to Norway?" });
      send({ type: "verdict", draftId: await draft(), verdict: "approve" });
      await eventually(async () => expect(await taught()).toMatchObject([{ status: "answer" }]));
      const sent = () => entries().find((entry) => "lesson" in entry);
      await eventually(() => expect(sent()).toBeDefined());
      send({ type: "lesson", messageId: sent()?.id, lesson: "wrong" });
      await eventually(async () => expect(await taught()).toMatchObject([{ status: "rejected" }]));
    });

    it("nothing it does not know, that holds no question or that has no words, and says so", async () => {
      const { send, teach, refusals, said, entries } = await answered();
      send({ type: "lesson", messageId: "nonsense", lesson: "good" });
      teach({ lesson: "better" });
      await eventually(() => expect(refusals()).toHaveLength(2));
      send({ type: "message", text: "hello" });
      await eventually(() => expect(said("assistant")).toHaveLength(2));
      send({ type: "lesson", messageId: entries().at(-1)?.id, lesson: "good" });
      await eventually(() => expect(refusals().at(-1)).toContain("no question"));
      expect(await taught()).toEqual([]);
    });

    it("and says so when the memory is down", async () => {
      const memory = createSqliteMemory({
        directory: ":memory:",
        embedder: null,
        log: createRecordingLog(),
      });
      const rememberAnswers = () => Promise.reject(new Error("down"));
      const { teach, refusals } = await answered({ memory: { ...memory, rememberAnswers } });
      teach({ lesson: "good" });
      await eventually(() => expect(refusals()).toEqual([expect.stringContaining("did not take")]));
    });
  });

  it("ignores rules about tags, which what is typed here cannot have", async () => {
    service = await startChatService({
      policy: () => ({ ...policy, quietPeriodMs: 0, onlyTags: ["vip"] }),
    });
    const { send, said } = await begin();
    send({ type: "message", text: "Hello?" });
    await eventually(() => expect(said("assistant")).toHaveLength(1));
  });

  it("says that it would hand over, and what the customer would read", async () => {
    const rules = { ...noRules, escalate: builtInEscalations };
    const handOffTo = { type: "team", id: "12" } as const;
    service = await startChatService({
      policy: () => ({ ...policy, quietPeriodMs: 0, rules, handOffTo }),
    });
    const { send, entries } = await begin();
    send({ type: "message", text: "Can I talk to a human?" });
    const notice = {
      type: "notice",
      text: expect.stringMatching(/handed over to people.*It reads: A colleague will take it/),
      draft: expect.objectContaining({
        decision: expect.objectContaining({
          action: "hand-off",
          explanation: expect.stringContaining("The customer asks for a person"),
        }),
      }),
    };
    await eventually(() => expect(entries()).toContainEqual(expect.objectContaining(notice)));
  });

  it("shows what went wrong in words and tries again when asked to", async () => {
    service = await startChatService();
    service.draftsNext(new Error("prompts/user.md:3: unknown placeholder {{nmae}}"));
    const { send, entries, said } = await begin();
    send({ type: "message", text: "Hello?" });
    const failure = { type: "error", message: expect.stringContaining("nmae"), canRetry: true };
    await eventually(() => expect(entries()).toContainEqual(expect.objectContaining(failure)));
    service.draftsNext({});
    send({ type: "retry" });
    await eventually(() => expect(said("assistant")).toEqual(["About: Hello?"]));
  });

  it("drafts anew after a failure of the model, although a note asks a person to answer", async () => {
    let isDown = true;
    const noDraft = { reason: "model-unavailable", explanation: "The model is down." } as const;
    service = await startChatService({
      drafter: {
        draft: async () => (isDown ? { noDraft } : { draft: draft({ reply: "Here I am." }) }),
      },
    });
    const { send, entries, said } = await begin();
    const failures = () => entries().filter((entry) => entry.type === "error");
    send({ type: "message", text: "Hello?" });
    await eventually(() => expect(failures()).toMatchObject([{ canRetry: true }]));
    send({ type: "retry" });
    await eventually(() =>
      expect(failures()).toMatchObject([{ canRetry: false }, { canRetry: true }]),
    );
    isDown = false;
    send({ type: "retry" });
    await eventually(() => expect(said("assistant")).toEqual(["Here I am."]));
    expect(failures()).toMatchObject([{ canRetry: false }, { canRetry: false }]);
  });

  it("refuses in words what it does not understand, and stays open", async () => {
    service = await startChatService();
    const { send, refusals, said } = await begin();
    const wrong = [
      "no JSON",
      { type: "shout", text: "Hello" },
      { type: "message", text: "  " },
      { type: "message", text: "x".repeat(8_001) },
      { type: "mode", mode: "loud" },
      { type: "verdict", draftId: "x", verdict: "maybe" },
    ];
    for (const message of wrong) send(message);
    await eventually(() => expect(refusals()).toHaveLength(wrong.length));
    send({ type: "message", text: "Hello?" });
    await eventually(() => expect(said("assistant")).toHaveLength(1));
  });

  it("ends a socket that sends more than 64 KB at once", async () => {
    service = await startChatService();
    const { send, closed } = await begin();
    send({ type: "message", text: "x".repeat(70_000) });
    expect(await closed).toBe(1009);
  });

  it("closes with codes of its own where there is no session, or too many look at it", async () => {
    service = await startChatService();
    const lost = await service.connect(crypto.randomUUID());
    expect(await lost.closed).toBe(4404);
    const { id } = await begin();
    for (let tabs = 1; tabs < 10; tabs++) await service.connect(id);
    const tooMany = await service.connect(id);
    expect(await tooMany.closed).toBe(4429);
  });

  it("answers only under its own address", async () => {
    service = await startChatService();
    await expect(service.connect("../sessions")).rejects.toThrow("404");
  });
});
