import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { type ChatService, startChatService } from "../../fixtures/chat-service.ts";
import { source } from "../../fixtures/conversations.ts";
import { storyForm } from "../../journeys/stories.ts";

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

let service: ChatService;
afterEach(() => service.stop());

const article = source({
  id: "article-9",
  title: "How long a tortoise hibernates",
  text: "A tortoise hibernates 12 weeks. Weigh it every week.",
});
/** Played by `test/journeys/stories.test.ts` through the whole service. */
const kept = new URL(
  "../../journeys/stories/a-session-of-the-chat-page/story.yaml",
  import.meta.url,
);

describe("a session as a story of the tests", () => {
  it("has what was said, answered and decided, in the form in which stories are played", async () => {
    service = await startChatService({ helpCenter: { search: async () => [article] } });
    const { id } = await service.newSession({ name: "A tortoise’s sleep", customerName: "Ada" });
    const socket = await service.connect(id);
    service.draftsNext({
      reply: "Hi Ada,\n\na tortoise hibernates **12 weeks**.",
      confidence: 0.95,
      usedSources: [article],
    });
    socket.send({ type: "message", text: "How long does a tortoise hibernate?" });
    await eventually(() => expect(socket.said("assistant")).toHaveLength(1));
    service.draftsNext({ reply: "That I do not know.", confidence: 0.2, usedSources: [] });
    socket.send({ type: "message", text: "And how old does it get?" });
    await eventually(() => expect(socket.said("assistant")).toHaveLength(2));

    const response = await service.call("GET", `/chat/sessions/${id}/story`);
    expect(response.headers.get("content-disposition")).toContain("story.yaml");
    const written = await response.text();
    const story = storyForm.parse(parse(written));
    expect(story).toMatchObject({
      about: "A tortoise’s sleep",
      article: { title: article.title, text: article.text },
      steps: [
        {
          customer: "How long does a tortoise hibernate?",
          model: { confidence: 0.95, used_sources: [1] },
          ends: "replied",
          hears: ["a tortoise hibernates"],
        },
        { customer: "And how old does it get?", ends: "noted", hears: [] },
      ],
    });
    expect(written).not.toContain("real customer");
    // What is played is what is written: after a change of the form, save the new one there.
    if (process.env.SAVE_STORY === "true") writeFileSync(kept, written);
    expect(written).toBe(readFileSync(kept, "utf8"));
    socket.close();
    expect((await service.call("GET", "/chat/sessions/none/story")).status).toBe(404);
  });
});
