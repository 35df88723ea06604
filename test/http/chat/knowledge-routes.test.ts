import { afterEach, describe, expect, it } from "vitest";
import type { SourceState } from "../../../src/core/knowledge/source-states.ts";
import { type ChatService, startChatService } from "../../fixtures/chat-service.ts";

const read: SourceState = {
  name: "docs.example.com",
  place: "https://docs.example.com",
  state: "read",
  articles: 3,
  progress: null,
  readAt: 1,
  problem: null,
  failing: 0,
  shortened: [],
};
let service: ChatService | null = null;
afterEach(async () => void (await service?.stop()));

async function start(asked: string[] = []): Promise<ChatService> {
  service = await startChatService({
    knowledge: {
      sources: () => [read],
      examples: async () => [{ title: "From your documentation", messages: ["How?"] }],
      answerFrom(address) {
        asked.push(address);
        return address.startsWith("https://") ? null : "This is no site.";
      },
    },
  });
  return service;
}

describe("what mock mode answers from", () => {
  it("is shown with questions, and changed by an address", async () => {
    const asked: string[] = [];
    const { call } = await start(asked);
    expect(await (await call("GET", "/chat/knowledge")).json()).toEqual({
      sources: [read],
      examples: [{ title: "From your documentation", messages: ["How?"] }],
    });
    const taken = await call("POST", "/chat/knowledge", { address: " https://docs.example.com " });
    expect([taken.status, await taken.json()]).toEqual([202, { sources: [read] }]);
    expect(asked).toEqual(["https://docs.example.com"]);
  });

  it("stays as it is for what is no address, and says why", async () => {
    const { call } = await start();
    for (const body of [{}, { address: "" }, { address: 1 }, { address: "x", more: 1 }]) {
      const refused = await call("POST", "/chat/knowledge", body);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: expect.stringContaining("address") });
    }
    const refused = await call("POST", "/chat/knowledge", { address: "./docs" });
    expect([refused.status, await refused.json()]).toEqual([400, { error: "This is no site." }]);
  });

  it("is nobody's business on a foreign page, nor outside mock mode", async () => {
    const { call } = await start();
    const foreign = { origin: "https://evil.example" };
    expect((await call("GET", "/chat/knowledge", undefined, foreign)).status).toBe(403);
    await service?.stop();
    service = await startChatService();
    expect((await service.call("GET", "/chat/knowledge")).status).toBe(404);
    const about = (await (await service.call("GET", "/chat/sessions")).json()) as object;
    expect(about).toMatchObject({ canTakeKnowledge: false });
  });
});
