import { fileURLToPath } from "node:url";
import { loadPrompts } from "../../src/adapters/openai/prompts.ts";
import { recentHistory } from "../../src/core/turn.ts";
import { estimateTokens } from "../../src/lib/tokens.ts";
import { conversation } from "../fixtures/conversations.ts";
import { demoQuestions } from "../journeys/demo-questions.ts";
import { startDemo } from "../journeys/demo-world.ts";
import { type Figure, median } from "./figures.ts";

const tokenBudget = 16_000;

/**
 * What a model reads for an answer with the shipped prompts, and how much of that a provider can
 * have kept from the question before: all that is the same from the beginning on. Asked are the demo's
 * questions, each with what its search finds.
 */
export async function benchPrompt(): Promise<Figure[]> {
  const prompts = loadPrompts(
    fileURLToPath(new URL("../../prompts", import.meta.url)),
    tokenBudget,
  );
  const demo = await startDemo();
  const texts: string[] = [];
  try {
    for (const { asked } of Object.values(demoQuestions).flat()) {
      const { turn, recall } = await demo.ask(asked);
      if (turn === null || recall === null) continue;
      const about = conversation(turn.messages);
      const history = recentHistory(turn, 0);
      const { system, user } = prompts.render({ conversation: about, turn, history, recall });
      texts.push(`${system}\n${user}`);
    }
  } finally {
    await demo.stop();
  }
  const tokens = texts.map(estimateTokens);
  const shares = texts.slice(1).map((text, index) => {
    const kept = commonBeginning(text, texts[index] ?? "");
    return estimateTokens(kept) / estimateTokens(text);
  });
  const one = { reference: null, ratio: null };
  return [
    {
      name: "tokens read for an answer (estimate)",
      value: median(tokens),
      unit: "",
      goal: null,
      ...one,
    },
    {
      name: "of these the same as for the question before",
      value: 100 * Math.min(...shares),
      unit: "% at least",
      goal: { of: "value", atLeast: 50 },
      ...one,
    },
  ];
}

function commonBeginning(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one.charAt(length) === other.charAt(length)) length += 1;
  return one.slice(0, length);
}
