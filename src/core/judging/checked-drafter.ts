import { isBlank } from "../blank.ts";
import type { Checkable, Checker, Drafter, DraftRequest, Log } from "../ports.ts";
import type { Draft, JudgedSentence, Policy } from "../types.ts";

/** From which probability on an answer counts as yes, where the policy says nothing of the model. */
const usualThresholds = { says: 0.5, supported: 0.8 };

/** What is asked about a draft and the passages that it rests on. */
const supportStatement =
  "Every claim of the reply (each number, price, date, time frame, condition, name, step, promise and denial) is carried by the passages or by what was said before, and none of them says otherwise. Greetings, questions back and announcements that a colleague will help claim nothing.";

type Checks = { checker: Checker; policy: () => Policy; log: Log };

/**
 * The same drafter, with a second model beside it: whether the policy's plain sentences are true of
 * the messages is asked while the draft is written, and whether its sources carry it when it is there.
 * What is not answered in time is not known, which leans to people.
 */
export function withChecks(drafter: Drafter, checks: Checks): Drafter {
  return {
    async draft({ sentences = [], ...request }, signal) {
      const beside =
        sentences.length === 0 ? undefined : judgedSentences(request, sentences, checks, signal);
      const drafting = await drafter.draft(request, signal);
      if ("noDraft" in drafting) return drafting;
      const { draft } = drafting;
      const after = supportOf(draft, request, checks, signal);
      const [answers, support] = await Promise.all([beside, after]);
      signal.throwIfAborted();
      return {
        draft: {
          ...draft,
          ...(answers === undefined ? {} : { sentences: answers }),
          ...(support === undefined ? {} : { support }),
        },
      };
    },
  };
}

/** Whether each sentence is true of the messages that wait, as the check model sees it. */
export async function judgedSentences(
  asked: Pick<DraftRequest, "turn" | "history">,
  sentences: string[],
  checks: Checks,
  signal: AbortSignal,
): Promise<JudgedSentence[]> {
  const found = await probabilities(messagesOf(asked), sentences, checks, signal);
  return sentences.map((sentence, index) => ({
    sentence,
    ...verdictOn(found[index] ?? null, "says", checks),
  }));
}

async function supportOf(
  draft: Draft,
  request: DraftRequest,
  checks: Checks,
  signal: AbortSignal,
): Promise<Draft["support"]> {
  const isAsked = checks.policy().claimCheck !== "off" && draft.usedSources.length > 0;
  if (!isAsked || isBlank(draft.reply)) return undefined;
  const passages = draft.usedSources.map(({ title, text }) => `${title}\n${text}`);
  const about = { ...messagesOf(request), reply: draft.reply, passages };
  const [probability = null] = await probabilities(about, [supportStatement], checks, signal);
  return verdictOn(probability, "supported", checks);
}

async function probabilities(
  about: Checkable,
  statements: string[],
  { checker, log }: Checks,
  signal: AbortSignal,
): Promise<(number | null)[]> {
  try {
    return await checker.check(about, statements, signal);
  } catch (error) {
    if (!signal.aborted) {
      const { model } = checker;
      log.warn({ model, error }, "not checked: what depends on it is left to people");
    }
    return statements.map(() => null);
  }
}

function verdictOn(
  probability: number | null,
  question: keyof typeof usualThresholds,
  { checker, policy }: Checks,
) {
  const ofModel = policy().checkThresholds[checker.model] ?? {};
  const threshold = ofModel[question] ?? usualThresholds[question];
  return { holds: probability === null ? null : probability >= threshold, probability };
}

function messagesOf({ turn, history }: Pick<DraftRequest, "turn" | "history">): Checkable {
  return {
    messages: turn.messages.map(({ text }) => text),
    before: history.map(({ author, text }) => ({
      by: author.role === "customer" ? "customer" : "company",
      text,
    })),
  };
}
