import { APIError } from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { z } from "zod";
import type { Checkable, Checker, Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { patienceOf } from "../../lib/patience.ts";
import { jsonObjectsIn } from "./answer.ts";
import { createClient } from "./client.ts";
import { askDecisions } from "./decisions.ts";
import { dialectParameters, fullDialect, openAIParameters, simplerDialect } from "./dialect.ts";

export type OpenAICheckerOptions = {
  apiKey: string | null;
  /** `null` for OpenAI itself. */
  baseUrl: string | null;
  model: string;
  /** What the model is told; data and statements follow as JSON. */
  instructions: string;
  log: Log;
  timeoutMs?: number;
};

/** A customer waits meanwhile, and what is not known is left to people. */
const longestWaitMs = 3_000;
/** Characters of each text, and how many texts of a kind: what a small model reads at once. */
const longestText = 6_000;
const mostTexts = 10;

/**
 * A checker over OpenAI's Decisions API, or, where the server has none or not for the model, over one
 * structured chat completion. Which of the two is found out with the first call.
 */
export function createOpenAIChecker(options: OpenAICheckerOptions): Checker {
  const { model, instructions, log, timeoutMs = longestWaitMs } = options;
  const client = createClient({ ...options, timeoutMs });
  let hasDecisions = true;
  // What the server was last seen to accept.
  let dialect = fullDialect;

  return {
    model,
    async check(about, statements, signal) {
      const patience = patienceOf(timeoutMs, signal);
      const asked = { model, instructions, about: shortened(about), statements };
      try {
        if (hasDecisions) {
          const answers = await askDecisions(client, asked, patience.signal);
          if (answers !== null) return answers;
          hasDecisions = false;
          log.info({ model }, "no Decisions API for this model: it is asked for JSON instead");
        }
        return await complete(asked, patience.signal);
      } catch (error) {
        signal.throwIfAborted();
        throw failure(error, patience.signal.aborted);
      } finally {
        patience.end();
      }
    },
  };

  async function complete(
    { about, statements }: { about: Checkable; statements: string[] },
    signal: AbortSignal,
  ): Promise<(number | null)[]> {
    const numbered = statements.map((statement, index) => ({ number: index + 1, statement }));
    const messages: ChatCompletionMessageParam[] = [
      { role: "system", content: `${instructions}\n\n${answerFormat}` },
      { role: "user", content: JSON.stringify({ data: about, statements: numbered }) },
    ];
    let way = dialect;
    for (;;) {
      try {
        const completion = await client.chat.completions.create(
          {
            model,
            messages,
            ...dialectParameters(way, null, null, answerSchema),
            ...openAIParameters(client.baseURL, null),
          },
          { signal, maxRetries: 0 },
        );
        dialect = way;
        return readProbabilities(completion.choices[0]?.message.content ?? "", statements.length);
      } catch (error) {
        const next = simplerDialect(way, error);
        if (next === null) throw error;
        way = next;
      }
    }
  }
}

const answerFormat =
  'Answer with one JSON object and nothing before or after it, with a probability for each statement: {"answers": [{"number": 1, "probability": 0.1}]}';

const answerSchema = {
  type: "object",
  properties: {
    answers: {
      type: "array",
      items: {
        type: "object",
        properties: { number: { type: "integer" }, probability: { type: "number" } },
        required: ["number", "probability"],
        additionalProperties: false,
      },
    },
  },
  required: ["answers"],
  additionalProperties: false,
};

const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*\d+(?:\.\d+)?\s*$/)
    .transform(Number),
]);
/** One that cannot be read is not known; it must not look like a no. */
const probability = numeric.pipe(z.number().min(0).max(1)).nullable().catch(null);
const answersForm = z.object({
  answers: z.array(z.object({ number: numeric, probability }).nullable().catch(null)),
});

/** What it says nothing of, or in a way that cannot be read, is not known. */
function readProbabilities(text: string, count: number): (number | null)[] {
  const read = jsonObjectsIn(text).map((object) => answersForm.safeParse(object));
  const answers = read.findLast(({ success }) => success)?.data?.answers;
  if (answers === undefined) throw new Error("an answer that could not be read");
  return Array.from(
    { length: count },
    (_, index) => answers.find((one) => one?.number === index + 1)?.probability ?? null,
  );
}

/** The newest of what was said, and the first of what it was written from. */
function shortened({ messages, before, reply, passages }: Checkable): Checkable {
  const cut = (text: string) => text.slice(0, longestText).toWellFormed();
  return {
    before: before.slice(-mostTexts).map(({ by, text }) => ({ by, text: cut(text) })),
    messages: messages.slice(-mostTexts).map(cut),
    ...(reply === undefined ? {} : { reply: cut(reply) }),
    ...(passages === undefined ? {} : { passages: passages.slice(0, mostTexts).map(cut) }),
  };
}

function failure(error: unknown, isTooLate: boolean): UpstreamError {
  const status = error instanceof APIError ? (error.status ?? null) : null;
  const result = isTooLate ? "time-out" : String(status ?? "no answer");
  // The library's error may hold what was sent.
  return new UpstreamError("check model", "a check", result, { status, isRetryable: true });
}
