import { describe, expect, it } from "vitest";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import { editAnswer } from "../../../src/core/knowledge/curation.ts";
import { withRedaction } from "../../../src/core/knowledge/redacted-memory.ts";
import { createRedact } from "../../../src/lib/redact.ts";
import { answerOf, turnOf, whose } from "../../contracts/memory.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const { signal } = new AbortController();

describe("a memory with redaction", () => {
  it("never stores a secret, in a question, an answer or a turn", async () => {
    const stored = createSqliteMemory({
      directory: ":memory:",
      embedder: null,
      log: createRecordingLog(),
    });
    const memory = withRedaction(stored, createRedact([/cust-\d+/giu]));

    await memory.rememberAnswers(
      [answerOf({ question: "Card 4111 1111 1111 1111?", answer: "My password is hunter2" })],
      signal,
    );
    await memory.rememberTurns([turnOf({ text: "I am CUST-77" })], signal);

    const { answers, turns } = await stored.findConversation("100", signal);
    expect(answers).toMatchObject([
      { question: "Card [card number]?", answer: "My password is [password]" },
    ]);
    expect(turns).toMatchObject([{ text: "I am [redacted]" }]);
    memory.close();
  });

  it("masks what an answer says after a change, and what it said before", async () => {
    const inner = createSqliteMemory({
      directory: ":memory:",
      embedder: null,
      log: createRecordingLog(),
    });
    const secret = "my password is hunter2";
    const typed = answerOf({ question: secret, answer: "Fine." });
    const [id = ""] = await inner.rememberAnswers([typed], signal);
    const memory = withRedaction(inner, createRedact());
    await editAnswer(id, { answer: secret }, { by: "Ada", at: 1 }, { memory }, signal);
    const stored = JSON.stringify(await inner.readAnswer(id, signal));
    expect(stored).not.toContain("hunter2");
    expect(stored).toContain("Fine.");
    inner.close();
  });

  it("does not hand a secret to whoever answers the search", async () => {
    const queries: (string | null)[] = [];
    const asked = async (query: string | null) => {
      queries.push(query);
      return [];
    };
    const inner = createSqliteMemory({
      directory: ":memory:",
      embedder: null,
      log: createRecordingLog(),
    });
    const memory = withRedaction(
      { ...inner, recallAnswers: asked, recallConversations: asked, findAnswers: asked },
      createRedact(),
    );
    const query = "my password is hunter2";
    await memory.recallAnswers(query, { limit: 1 }, signal);
    await memory.recallConversations(query, whose("contact-1"), 1, signal);
    await memory.findAnswers(query, 1, signal);
    await memory.findAnswers(null, 1, signal);
    const masked = "my password is [password]";
    expect(queries).toEqual([masked, masked, masked, null]);
    inner.close();
  });
});
