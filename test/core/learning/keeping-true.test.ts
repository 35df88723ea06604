import { expect, it } from "vitest";
import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import { createContradictions } from "../../../src/compose/disagreeing.ts";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { countKnowledgeToDo, findOvertaken } from "../../../src/core/learning/keeping-true.ts";
import { articleOf } from "../../contracts/help-center.ts";
import { answerOf } from "../../contracts/memory.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

it("counts what articles have overtaken, what contradicts itself and what no article says", async () => {
  const log = createRecordingLog();
  const memory = createSqliteMemory({ directory: ":memory:", embedder: null, log });
  const disagreeing = createContradictions(createSqliteHelpCenter(":memory:"), log);
  const { index } = disagreeing;
  const signal = AbortSignal.timeout(30_000);
  const ports = {
    memory,
    helpCenter: index,
    articleChanges: index.changes,
    contradictions: disagreeing.find,
    pause: async () => {},
  };
  const put = (id: string, text: string, updatedAt: number) => {
    const article = articleOf(text, { id, articleId: id, url: null, updatedAt });
    return index.put("source:handbook", article, passagesOf(text));
  };
  const said = (question: string, answer: string, conversationId: string) =>
    answerOf({ question, answer, conversationId, partId: conversationId, at: 1_500 });

  expect(await countKnowledgeToDo(ports, signal)).toEqual({
    overtaken: 0,
    contradictions: 0,
    suggested: 0,
  });
  await put("terms", "Refunds are possible within 14 days after the payment.", 1_000);
  await put("team", "The Team plan costs 12 € a month for each person.", 1_000);
  await put("plans", "The Team plan costs 15 € a month for each person.", 1_000);
  await memory.rememberAnswers(
    [
      said("How long are refunds possible?", "Refunds are possible within 14 days.", "1"),
      said("Do you sponsor sailing regattas?", "We sponsor two regattas.", "2"),
      said("Which sailing regattas do you sponsor?", "Two regattas, in May.", "3"),
    ],
    signal,
  );
  await put("terms", "Refunds are possible within 30 days after the payment.", 2_000);

  expect(await countKnowledgeToDo(ports, signal)).toEqual({
    overtaken: 1,
    contradictions: 1,
    suggested: 1,
  });
  const { outdated } = await findOvertaken(ports, signal);
  expect(outdated).toMatchObject([{ article: { url: null, page: "/source?id=terms" } }]);
  disagreeing.stop();
  memory.close();
  await index.close();
});
