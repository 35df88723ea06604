import { APIError } from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { z } from "zod";
import type { Judge, Judged } from "../../core/proving/judge.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { steadyClock } from "../../lib/steady-clock.ts";
import { jsonObjectsIn } from "./answer.ts";
import { createBusyPause, isBusy } from "./busy-pause.ts";
import { createClient } from "./client.ts";
import { openAIParameters } from "./dialect.ts";

export type OpenAIJudgeOptions = {
  apiKey: string | null;
  /** `null` for OpenAI itself. */
  baseUrl: string | null;
  model: string;
  /** What the model is told; the request follows as JSON. */
  instructions: string;
};

const timeoutMs = 60_000;
const patienceMs = 180_000;

const judgementForm = z
  .object({
    reasons: z.string(),
    supported: z.boolean(),
    on_question: z.boolean(),
    consistent: z.boolean(),
    sendable: z.boolean(),
    answerable: z.boolean(),
  })
  .transform(({ supported, on_question, consistent, sendable, answerable, reasons }) => ({
    reasons,
    isSupported: supported,
    isOnQuestion: on_question,
    isConsistent: consistent,
    isSendable: sendable,
    isAnswerable: answerable,
  }));

/** A judge over chat completions, which every server speaks, asked in plain words for JSON. */
export function createOpenAIJudge(options: OpenAIJudgeOptions): Judge {
  const { model, instructions } = options;
  const client = createClient({ ...options, timeoutMs });
  const pause = createBusyPause();

  return {
    model,
    async judge(request, signal) {
      const messages: ChatCompletionMessageParam[] = [
        { role: "system", content: instructions },
        { role: "user", content: JSON.stringify(request) },
      ];
      const spent = { prompt: 0, completion: 0, isKnown: false };
      for (const _attempt of ["first", "again"]) {
        const { text, usage } = await complete(messages, signal);
        spent.prompt += usage?.prompt_tokens ?? 0;
        spent.completion += usage?.completion_tokens ?? 0;
        spent.isKnown ||= usage !== undefined;
        const judgement = judgementIn(text);
        if (judgement === null) continue;
        const { prompt, completion, isKnown } = spent;
        return { judgement, tokens: isKnown ? { prompt, completion } : null };
      }
      throw failure("an answer that could not be read", null, false);
    },
  };

  async function complete(messages: ChatCompletionMessageParam[], signal: AbortSignal) {
    const deadlineAt = steadyClock() + patienceMs;
    for (;;) {
      if (!(await pause.wait(deadlineAt, signal))) throw failure("busy", 429, true);
      signal.throwIfAborted();
      try {
        const body = { model, messages, ...openAIParameters(client.baseURL, null) };
        const completion = await client.chat.completions.create(body, { signal });
        pause.free();
        return {
          text: completion.choices[0]?.message.content ?? "",
          usage: completion.usage ?? undefined,
        };
      } catch (error) {
        if (isBusy(error) && !signal.aborted) {
          pause.busy(error);
          continue;
        }
        signal.throwIfAborted();
        const status = error instanceof APIError ? (error.status ?? null) : null;
        throw failure(status === null ? "no answer" : String(status), status, true, error);
      }
    }
  }
}

/** The last object that has all fields: a model that thinks aloud writes its drafts first. */
function judgementIn(text: string): Judged["judgement"] | null {
  const read = jsonObjectsIn(text).map((object) => judgementForm.safeParse(object));
  return read.findLast(({ success }) => success)?.data ?? null;
}

function failure(result: string, status: number | null, isRetryable: boolean, cause?: unknown) {
  return new UpstreamError("judge", "POST /chat/completions", result, {
    status,
    isRetryable,
    cause,
  });
}
