import { APIError } from "openai";
import type { ChatCompletion, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { z } from "zod";
import { linkableTexts } from "../../core/knowledge/link-sources.ts";
import { checkedQuotes } from "../../core/knowledge/quotes.ts";
import type { Topic } from "../../core/policy.ts";
import type { Drafter, DraftRequest, Log, Prompts } from "../../core/ports.ts";
import type { Draft, NoDraft, Prompt } from "../../core/types.ts";
import { customerLanguage, customerTexts } from "../../lib/customer-language.ts";
import { unknownLinks } from "../../lib/links.ts";
import { patienceOf } from "../../lib/patience.ts";
import { steadyClock } from "../../lib/steady-clock.ts";
import { type Answer, createShapes, readAnswer } from "./answer.ts";
import { createBusyPause, isBusy } from "./busy-pause.ts";
import { createClient } from "./client.ts";
import { dialectParameters, fullDialect, openAIParameters, simplerDialect } from "./dialect.ts";
import { imageParts, isAboutImages, withoutImages } from "./shown-images.ts";
import type { ModelSight } from "./sight.ts";
import * as whyNot from "./why-no-draft.ts";

export type OpenAIDrafterOptions = {
  /** May be `null` with a `baseUrl`: local servers want none. */
  apiKey: string | null;
  /** `null` for OpenAI itself, otherwise any compatible server (`http://localhost:11434/v1`). */
  baseUrl: string | null;
  model: string;
  /** 0 to 2; `null` leaves it to the model. */
  temperature: number | null;
  /** Limit of the whole answer, reasoning and confidence included; `null` is the model's own. */
  maxReplyTokens: number | null;
  /** US dollars per million tokens, to tell what a draft cost; `null` or absent: not told. */
  prices?: Prices | null;
  prompts: Prompts;
  /** ISO 639-1; what is in another language is translated into it for people. `null` or absent: nothing is. */
  teamLanguage?: string | null;
  /** Told how the server took images; absent where none are shown. */
  sight?: Pick<ModelSight, "tookImages" | "refusedImages">;
  log: Log;
  /** One attempt; there are two. */
  timeoutMs?: number;
  /** All attempts and repairs of one draft together. */
  overallTimeoutMs?: number;
};

type Prices = { input: number; output: number };

/** Drafts with one structured model call, over chat completions, which every server speaks. */
export function createOpenAIDrafter(options: OpenAIDrafterOptions): Drafter {
  const { model, prompts, log, timeoutMs = 45_000, overallTimeoutMs = 90_000 } = options;
  const { teamLanguage = null } = options;
  const shape = createShapes(teamLanguage);
  const client = createClient({ ...options, timeoutMs });
  // What the server was last seen to accept.
  let dialect = fullDialect;
  const pause = createBusyPause();

  return {
    async draft(request, signal) {
      signal.throwIfAborted();
      const patience = patienceOf(overallTimeoutMs, signal);
      const time = { deadlineAt: steadyClock() + overallTimeoutMs, signal: patience.signal };
      const drafting = await converseAsSeen(request, time).finally(patience.end);
      signal.throwIfAborted();
      if ("draft" in drafting) return drafting;

      const { failure } = drafting;
      const noDraft = patience.signal.aborted ? whyNot.tooLate(overallTimeoutMs) : drafting.noDraft;
      const conversationId = request.conversation.id;
      log.warn({ conversationId, model, ...failure, ...noDraft }, "no draft");
      return { noDraft };
    },
  };

  /** A server that does not take the images is asked without them: the words may do. */
  async function converseAsSeen(
    request: DraftRequest,
    time: Time,
  ): Promise<{ draft: Draft } | Failed> {
    const drafting = await converse(prompts.render(request), request, time);
    if ("draft" in drafting || drafting.refusedImages !== true) return drafting;
    options.sight?.refusedImages();
    const readable = withoutImages(request);
    return await converse(prompts.render(readable), readable, time);
  }

  async function converse(
    prompt: Prompt,
    request: DraftRequest,
    time: Time,
  ): Promise<{ draft: Draft } | Failed> {
    const images = imageParts(request);
    const messages: ChatCompletionMessageParam[] = [
      { role: "system", content: prompt.system },
      {
        role: "user",
        content:
          images.length === 0 ? prompt.user : [{ type: "text", text: prompt.user }, ...images],
      },
    ];
    const promptHash = prompts.hash();
    const usage = { promptTokens: 0, completionTokens: 0, isKnown: false };

    for (const attempt of ["first", "repair"] as const) {
      const completed = await complete(messages, request, time);
      if ("noDraft" in completed) return completed;
      const { text, promptTokens, completionTokens } = completed;
      usage.promptTokens += promptTokens ?? 0;
      usage.completionTokens += completionTokens ?? 0;
      usage.isKnown ||= promptTokens !== null;

      const read = readAnswer(text);
      if ("answer" in read) {
        const origin = {
          model,
          promptHash,
          prompt,
          rawAnswer: text,
          promptTokens: usage.isKnown ? usage.promptTokens : null,
          completionTokens: usage.isKnown ? usage.completionTokens : null,
          costUsd: usage.isKnown ? costOf(usage, options.prices ?? null) : null,
        };
        return {
          draft: { ...(await draftFrom(read.answer, request)), ...seenIn(prompt, request), origin },
        };
      }
      log.debug({ conversationId: request.conversation.id, attempt, ...read }, "unreadable answer");
      messages.push(
        { role: "assistant", content: text || "(nothing)" },
        {
          role: "user",
          content: `Your answer could not be read. ${read.problem} Answer again: the whole JSON object with all its fields, and nothing before or after it.`,
        },
      );
    }
    return { noDraft: whyNot.unreadable };
  }

  /** One answer of the model, asked for in the way that this server understands. */
  async function complete(
    messages: ChatCompletionMessageParam[],
    request: DraftRequest,
    { signal, deadlineAt }: Time,
  ): Promise<Completed | Failed> {
    const hasImages = imageParts(request).length > 0;
    let asked = dialect;
    let lastFailure: Failure | undefined;
    for (;;) {
      if (!(await pause.wait(deadlineAt, signal))) {
        return { noDraft: whyNot.busy, ...(lastFailure ? { failure: lastFailure } : {}) };
      }
      try {
        const body = {
          model,
          messages,
          ...dialectParameters(
            asked,
            options.maxReplyTokens,
            options.temperature,
            shape(request).schema,
          ),
          ...openAIParameters(client.baseURL, request.conversation.contact.id),
        };
        const completion = await client.chat.completions.create(body, { signal });
        dialect = asked;
        pause.free();
        if (hasImages) options.sight?.tookImages();
        return readCompletion(completion, options.maxReplyTokens);
      } catch (error) {
        const failure = failureOf(error);
        if (isBusy(error) && !signal.aborted) {
          lastFailure = failure;
          pause.busy(error);
          log.info({ model, ...failure }, "the model is busy, all drafts wait");
          continue;
        }
        const next = simplerDialect(asked, error);
        if (next === null) {
          const refusedImages = hasImages && isAboutImages(error);
          if (refusedImages) log.info({ model, ...failure }, "asking the model without images");
          return {
            refusedImages,
            noDraft: whyNot.whyNoDraft(error, model, timeoutMs),
            failure,
          };
        }
        log.info({ model, ...failure, from: asked, to: next }, "asking the model in a simpler way");
        asked = next;
      }
    }
  }

  /** Nobody needs to be told in their language what is written in it. */
  function translated(translation: Answer["translation"], language: string) {
    const messages = translation.messages.trim();
    const reply = translation.reply.trim();
    if (teamLanguage === null || language === teamLanguage || (messages || reply) === "") return {};
    return { translation: { language: teamLanguage, messages, reply } };
  }

  async function draftFrom(answer: Answer, request: DraftRequest): Promise<Omit<Draft, "origin">> {
    const { sources } = request.recall;
    const { usedSources, evidence, reply, translation, topic, trueStatements, ...most } = answer;
    const { wantedLookups, ...rest } = most;
    // What it copies from, it uses, whether or not it says so.
    const numbers = [...new Set([...usedSources, ...evidence.map(({ source }) => source)])];
    const unknown = numbers.filter((number) => sources[number - 1] === undefined);
    if (unknown.length > 0) {
      log.debug({ conversationId: request.conversation.id, unknown }, "unknown sources cited");
    }
    const language = await customerLanguage({
      said: rest.language,
      ...customerTexts(request.turn),
    });
    return {
      ...rest,
      language,
      topic: topicAmong(topic, request.topics ?? []),
      ...sentencesIn(trueStatements, request.sentences),
      ...(wantedLookups.length === 0 || request.lookups === undefined ? {} : { wantedLookups }),
      ...translated(translation, language),
      reply: reply.trim(),
      usedSources: numbers.flatMap((number) => sources[number - 1] ?? []),
      quotes: checkedQuotes(evidence, sources),
      unknownLinks: unknownLinks(reply, linkableTexts(sources)),
    };
  }
}

/** The topic of that name; `undefined` where none was asked for or said. */
function topicAmong(said: string | null, topics: Topic[]): string | null | undefined {
  if (said === null || topics.length === 0) return undefined;
  const named = said.toLowerCase();
  return topics.find(({ name }) => name.toLowerCase() === named)?.name ?? null;
}

/** Which of the sentences it calls true; nothing where it was not asked, or did not say. */
function sentencesIn(
  numbers: number[] | undefined,
  sentences: string[] = [],
): Pick<Draft, "sentences"> {
  if (numbers === undefined || sentences.length === 0) return {};
  return {
    sentences: sentences.map((sentence, index) => ({
      sentence,
      holds: numbers.includes(index + 1),
      probability: null,
    })),
  };
}

/** Until when a draft must be there, in milliseconds since 1970, and what ends it before. */
type Time = { deadlineAt: number; signal: AbortSignal };
type Failure = { status: number | null; code: string | null };
type Failed = { noDraft: NoDraft; failure?: Failure; refusedImages?: boolean };

/** What the model was shown whole, when it wrote its answer. */
function seenIn(prompt: Prompt, { attachments = [] }: DraftRequest): Pick<Draft, "seen"> {
  const images = attachments.filter(({ kind }) => kind === "image").map(({ key }) => key);
  const seen = [...(prompt.seen ?? []), ...images];
  return seen.length === 0 ? {} : { seen };
}

function costOf(
  { promptTokens, completionTokens }: { promptTokens: number; completionTokens: number },
  prices: Prices | null,
): number | null {
  if (prices === null) return null;
  return (promptTokens * prices.input + completionTokens * prices.output) / 1_000_000;
}

type Completed = { text: string; promptTokens: number | null; completionTokens: number | null };

// Only what is used: compatible servers leave out the rest.
const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z
    .object({ prompt_tokens: z.number(), completion_tokens: z.number() })
    .nullish()
    .catch(null),
});

function readCompletion(
  completion: ChatCompletion,
  maxReplyTokens: number | null,
): Completed | Failed {
  // The client hands on whatever came with status 200, a proxy's HTML page included.
  const parsed = completionSchema.safeParse(completion);
  const choice = parsed.data?.choices[0];
  if (choice === undefined) return { noDraft: whyNot.noAnswerInBody };
  if (choice.message.refusal) return { noDraft: whyNot.refused };
  if (choice.finish_reason === "content_filter") return { noDraft: whyNot.filtered };
  if (choice.finish_reason === "length") return { noDraft: whyNot.cutOff(maxReplyTokens) };
  return {
    text: choice.message.content ?? "",
    promptTokens: parsed.data?.usage?.prompt_tokens ?? null,
    completionTokens: parsed.data?.usage?.completion_tokens ?? null,
  };
}

/** What is known of a failed call, without a word of what was said. */
function failureOf(error: unknown): Failure {
  if (!(error instanceof APIError)) return { status: null, code: null };
  const code = /^[\w.-]{1,60}$/.test(error.code ?? "") ? (error.code ?? null) : null;
  return { status: error.status ?? null, code };
}
