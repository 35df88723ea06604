import type OpenAI from "openai";
import { APIError } from "openai";
import { z } from "zod";
import type { Checkable } from "../../core/ports.ts";

// OpenAI's Decisions API: one input, up to 400 questions, a probability or a refusal for each.
// https://platform.openai.com/docs/api-reference/decisions

// Only what is used; a probability that is none is as good as no answer.
const answersForm = z.object({
  answers: z.array(z.object({ probability: z.number().min(0).max(1).nullish().catch(null) })),
});

/**
 * Asks the Decisions API.
 *
 * @returns `null` where the server has no such interface, or not for this model
 * @throws Error when it was not answered
 */
export async function askDecisions(
  client: OpenAI,
  asked: { model: string; instructions: string; about: Checkable; statements: string[] },
  signal: AbortSignal,
): Promise<(number | null)[] | null> {
  const { model, instructions, about, statements } = asked;
  try {
    const decision = await client.decisions.create(
      {
        model,
        input: [
          { role: "developer", content: instructions },
          { role: "user", content: JSON.stringify(about) },
        ],
        questions: statements.map((text) => ({ type: "predicate" as const, instructions: text })),
      },
      { signal, maxRetries: 0 },
    );
    const { answers } = answersForm.parse(decision);
    if (answers.length !== statements.length) throw new Error("not one answer for each question");
    return answers.map(({ probability }) => probability ?? null);
  } catch (error) {
    if (hasNoDecisions(error)) return null;
    throw error;
  }
}

function hasNoDecisions(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  if (error.status === 404 || error.status === 405 || error.status === 501) return true;
  // Of a model that it does not have it there.
  return (error.status === 400 || error.status === 403) && /\bmodel\b/i.test(error.message);
}
