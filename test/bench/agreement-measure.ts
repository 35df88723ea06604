import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import { recall } from "../../src/core/knowledge/recall.ts";
import type { Source } from "../../src/core/types.ts";
import { type Question, reworded } from "./retrieval-questions.ts";
import { seeded } from "./seeded.ts";

/** How often each question is remembered, in other words, and how often it is asked. */
const remembered = 12;
const asked = 4;
const greetings = ["Hi,", "Hello!", "Dear customer,"];
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export type AgreementMeasure = {
  questions: number;
  /** Of those with the right answer among the first five that were recalled: lost before the prompt. */
  lost: number;
  /** By agreement, from the lowest fifth to the highest: how often the best answer is right. */
  fifths: { questions: number; right: number }[];
};

/**
 * Remembers each answer several times under half of its question's words, asks three words of each
 * question, and looks at what reaches the prompt and whether the agreement foretells what is right.
 */
export async function measureAgreement(questions: Question[]): Promise<AgreementMeasure> {
  const random = seeded(42);
  const { signal } = new AbortController();
  const memory = createSqliteMemory({ directory: ":memory:", embedder: null, log });
  await memory.rememberAnswers(
    questions.flatMap(({ text, answer }, index) =>
      Array.from({ length: remembered }, (_, time) => ({
        question: halfOf(text, random),
        answer: `${greetings[time % greetings.length]} ${answer}`,
        status: "answer" as const,
        author: "teammate" as const,
        conversationId: `${index}-${time}`,
        partId: "1",
        at: time,
        language: null,
        url: null,
        decision: null,
        draftedFrom: [],
      })),
    ),
    signal,
  );
  const helpCenter = { search: async () => [] };
  const fifths = Array.from({ length: 5 }, () => ({ questions: 0, right: 0 }));
  let lost = 0;
  for (const { text, answer } of Array.from({ length: asked }, () => questions).flat()) {
    const query = reworded(text, random)["three words"];
    const isRight = (source: Source) => source.text.includes(answer);
    const found = await memory.recallAnswers(query, { limit: 10 }, signal);
    const whose = { contactId: null, inConversation: "now", asker: {} };
    const { sources, agreement } = await recall(query, whose, { memory, helpCenter });
    if (found.slice(0, 5).some(isRight) && !sources.some(isRight)) lost += 1;
    const fifth = fifths[Math.min(4, Math.max(0, Math.ceil(agreement * 5) - 1))];
    const [best] = found;
    if (fifth === undefined || best === undefined) continue;
    fifth.questions += 1;
    if (isRight(best)) fifth.right += 1;
  }
  memory.close();
  return { questions: asked * questions.length, lost, fifths };
}

function halfOf(text: string, random: () => number): string {
  const half = text.split(/\s+/).filter(() => random() < 0.5);
  return half.length === 0 ? text : half.join(" ");
}
