import { afterEach, describe, expect, it, vi } from "vitest";
import type { SessionView } from "../../../src/http/chat/protocol.ts";
import { UpstreamError } from "../../../src/lib/errors.ts";
import { type ChatService, startChatService } from "../../fixtures/chat-service.ts";
import {
  conversation,
  customer,
  draft,
  noon,
  part,
  teammate,
} from "../../fixtures/conversations.ts";

let service: ChatService;
afterEach(() => service.stop());

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });
const listed = async () => {
  const { sessions } = (await (await service.call("GET", "/chat/sessions")).json()) as {
    sessions: SessionView[];
  };
  return sessions;
};

describe("chat sessions over HTTP", () => {
  it("are begun, listed with the newest first, changed and deleted", async () => {
    service = await startChatService();
    const first = await service.newSession({ name: "First", customerName: "Ada", mode: "manual" });
    service.passTime(1000);
    const second = await service.newSession();
    expect(first).toMatchObject({ name: "First", customerName: "Ada", mode: "manual" });
    expect(second).toMatchObject({ name: "New session", customerName: "", mode: "automatic" });
    expect((await listed()).map(({ id }) => id)).toEqual([second.id, first.id]);

    const path = `/chat/sessions/${first.id}`;
    const changed = await service.call("PATCH", path, { name: "Other", customerName: "Eve" });
    expect(await changed.json()).toMatchObject({ name: "Other", customerName: "Eve" });
    const socket = await service.connect(first.id);
    expect((await service.call("DELETE", path)).status).toBe(204);
    await eventually(() => expect(socket.heard).toContainEqual({ type: "removed" }));
    expect((await service.call("DELETE", path)).status).toBe(404);
    expect(await listed()).toHaveLength(1);
  });

  it("refuses bodies of another form, in words", async () => {
    service = await startChatService();
    for (const body of [{ mode: "loud" }, { name: "x".repeat(101) }, { admin: true }, [1]]) {
      const response = await service.call("POST", "/chat/sessions", body);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        error: expect.stringContaining("docs/chat-protocol"),
      });
    }
    expect((await service.call("PUT", "/chat/sessions/not-a-uuid", {})).status).toBe(400);
  });

  it("are bounded: the one unused for longest makes room, one that is watched never does", async () => {
    service = await startChatService();
    const watched = await service.newSession({ name: "watched" });
    const socket = await service.connect(watched.id);
    service.passTime(10);
    const unused = await service.newSession({ name: "unused" });
    for (let count = 0; count < 29; count++) {
      service.passTime(10);
      await service.newSession();
    }
    const ids = (await listed()).map(({ id }) => id);
    expect(ids).toHaveLength(30);
    expect(ids).toContain(watched.id);
    expect(ids).not.toContain(unused.id);
    socket.close();
  });

  it("are forgotten when nobody has used them for a day", async () => {
    service = await startChatService();
    await service.newSession();
    service.passTime(24 * 60 * 60_000 + 1);
    expect(await listed()).toEqual([]);
  });

  it("go on after the service forgot them, with what the page still shows", async () => {
    service = await startChatService();
    const id = crypto.randomUUID();
    const shown = {
      name: "",
      customerName: "Ada",
      mode: "automatic",
      messages: [
        { id: "m1", role: "customer", text: "First question", at: noon },
        { id: "m2", role: "assistant", text: "First answer", at: noon + 1 },
        { id: "m3", role: "customer", text: "Second question", at: noon + 2 },
      ],
    };
    const policyAge = await service.call("PUT", `/chat/sessions/${id}`, shown);
    expect(policyAge.status).toBe(201);
    const socket = await service.connect(id);
    await eventually(() =>
      expect(socket.heard).toContainEqual(expect.objectContaining({ id: "m3" })),
    );
    expect(socket.said("customer")).toEqual(["First question", "Second question"]);
    expect(socket.said("assistant")[0]).toBe("First answer");

    const again = await service.call("PUT", `/chat/sessions/${id}`, { ...shown, messages: [] });
    expect(again.status).toBe(201);
    expect(await listed()).toHaveLength(1);
    socket.close();
  });
});

describe("a session as JSON", () => {
  it("holds all that stands in it, and only for whoever may see the page", async () => {
    service = await startChatService();
    const { id } = await service.newSession({ customerName: "Ada" });
    const socket = await service.connect(id);
    socket.send({ type: "message", text: "Hello?" });
    await eventually(() => expect(socket.said("assistant")).toHaveLength(1));
    const response = await service.call("GET", `/chat/sessions/${id}`);
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(await response.json()).toEqual({
      session: expect.objectContaining({ id, name: "Hello?", customerName: "Ada" }),
      entries: socket.entries(),
    });
    expect((await service.call("GET", "/chat/sessions/nonsense")).status).toBe(404);
    socket.close();
    await service.stop();

    const access = { isOpen: false, isLocalOnly: false, adminToken: "secret" };
    service = await startChatService({ access });
    expect((await service.call("GET", `/chat/sessions/${id}`)).status).toBe(401);
  });
});

describe("a session that begins with what was said elsewhere", () => {
  it("answers it where the customer has the last word", async () => {
    service = await startChatService();
    const at = Date.now();
    const messages = [
      { id: "m1", role: "customer", text: "First question", at: at - 3 },
      { id: "m2", role: "assistant", text: "First answer", at: at - 2 },
      { id: "m3", role: "customer", text: "Second question", at: at - 1 },
    ];
    const session = await service.newSession({ name: "Again", customerName: "Ada", messages });
    expect(session).toMatchObject({ name: "Again", customerName: "Ada" });
    const socket = await service.connect(session.id);
    await eventually(() =>
      expect(socket.said("assistant")).toEqual(["First answer", "About: Second question"]),
    );
    socket.close();
  });
});

describe("a session with settings of its own", () => {
  const answerOf = async (settings: object) => {
    const messages = [{ id: "m1", role: "customer", text: "Do you ship?", at: Date.now() }];
    const session = await service.newSession({ messages, settings });
    expect(session.settings).toEqual(settings);
    const socket = await service.connect(session.id);
    await eventually(() => expect(socket.entries()).toHaveLength(2));
    socket.close();
    return { drafts: socket.drafts(), entries: socket.entries() };
  };

  it("decides by its threshold, and leaves the others as they are", async () => {
    service = await startChatService();
    service.draftsNext({ confidence: 0.7 });
    const { drafts } = await answerOf({ threshold: 0.6 });
    expect(drafts[0]).toMatchObject({ threshold: 0.6, decision: { action: "reply" } });
    const others = await answerOf({});
    expect(others.drafts[0]).toMatchObject({ threshold: 0.8, decision: { action: "review" } });
  });

  it("drafts without what was answered before", async () => {
    service = await startChatService();
    const answer = { question: "Do you ship?", answer: "Yes.", status: "answer" as const };
    const about = { conversationId: null, partId: null, at: noon, language: "en", url: null };
    await service.memory.rememberAnswers(
      [{ ...answer, ...about, author: "teammate", decision: null, draftedFrom: [] }],
      AbortSignal.timeout(10_000),
    );
    const kinds = ({ drafts }: Awaited<ReturnType<typeof answerOf>>) =>
      drafts[0]?.sources.map(({ kind }) => kind);
    expect(kinds(await answerOf({ hasMemory: true }))).toEqual(["answer"]);
    expect(kinds(await answerOf({ hasMemory: false }))).toEqual([]);
  });

  it("drafts with other prompts, and says where there are none of that name", async () => {
    service = await startChatService({
      drafterWith(name) {
        if (name !== "short") throw new Error(`There is no folder prompts/${name}.`);
        return { draft: async () => ({ draft: draft({ reply: "Short.", usedSources: [] }) }) };
      },
    });
    expect((await answerOf({ prompts: "short" })).drafts[0]?.reply).toBe("Short.");
    expect((await answerOf({ prompts: "../x" })).entries[1]).toMatchObject({
      type: "error",
      message: "There is no folder prompts/../x.",
    });
  });

  it("is refused where a setting has no sense", async () => {
    service = await startChatService();
    for (const settings of [{ threshold: 1.1 }, { hasMemory: "no" }, { model: "x" }]) {
      expect((await service.call("POST", "/chat/sessions", { settings })).status).toBe(400);
    }
  });
});

describe("a real conversation", () => {
  const real = () => [
    part(customer, "Where is my bill?", { at: Date.now() - 20_000 }),
    part(teammate, "Under Settings.", { at: Date.now() - 15_000 }),
    part(customer, "And last year's?", { at: Date.now() - 10_000 }),
  ];

  it("is read, shown and answered as it stands", async () => {
    const parts = real().filter((_part, index) => index !== 1);
    const asked: string[] = [];
    service = await startChatService({
      readConversation: async (id) => {
        asked.push(id);
        return conversation(parts, { id });
      },
    });
    const session = await service.newSession({ intercomConversationId: "4711" });
    expect(session).toMatchObject({ name: "Intercom 4711", customerName: "Ada Lovelace" });
    const socket = await service.connect(session.id);
    await eventually(() => expect(socket.said("assistant")).toHaveLength(1));
    expect(socket.said("customer")).toEqual(["Where is my bill?", "And last year's?"]);
    expect(asked).toEqual(["4711"]);
    socket.close();
  });

  it("that production would leave alone is left alone, with the reason", async () => {
    service = await startChatService({ readConversation: async () => conversation(real()) });
    const session = await service.newSession({ intercomConversationId: "4711" });
    const socket = await service.connect(session.id);
    await eventually(() =>
      expect(socket.entries()).toContainEqual(
        expect.objectContaining({
          type: "notice",
          text: "A teammate is working on the conversation.",
        }),
      ),
    );
    socket.close();
  });

  it("that does not exist, or cannot be read, is said so", async () => {
    const wanted = { intercomConversationId: "4711" };
    service = await startChatService();
    expect((await service.call("POST", "/chat/sessions", wanted)).status).toBe(409);
    await service.stop();
    service = await startChatService({ readConversation: async () => null });
    expect((await service.call("POST", "/chat/sessions", wanted)).status).toBe(404);
    await service.stop();
    service = await startChatService({
      readConversation: async () => {
        throw new UpstreamError("intercom", "GET /conversations/4711", "503");
      },
    });
    expect((await service.call("POST", "/chat/sessions", wanted)).status).toBe(502);
  });
});
