import { isBlank } from "../blank.ts";
import type { Checkable, Checker, Drafter, DraftRequest, Log } from "../ports.ts";
import type { Draft, JudgedSentence, Policy } from "../types.ts";

/** From which probability on an answer counts as yes, where the policy says nothing of the model. */
const usualThresholds = { says: 0.5, supported: 0.8 };

/** What is asked about a draft and the passages that it rests on. */
const supportStatement =
  "Every claim of the reply (each number, price, date, time frame, condition, name, step, promise and denial) is carried by the passages or by what was said before, and none of them says otherwise. Greetings, questions back and announcements that a colleague will help claim nothing.";

/**
 * The same drafter, with a second model beside it: whether the policy's plain sentences are true of
 * the messages is asked while the draft is written, and whether its sources carry it when it is there.
 * What is not answered in time is not known, which leans to people.
 */
export function withChecks(
  drafter: Drafter,
  { checker, policy, log }: { checker: Checker; policy: () => Policy; log: Log },
): Drafter {
  async function probabilities(
    about: Checkable,
    statements: string[],
    signal: AbortSignal,
  ): Promise<(number | null)[]> {
    try {
      return await checker.check(about, statements, signal);
    } catch (error) {
      if (!signal.aborted) {
        log.warn(
          { model: checker.model, error },
          "not checked: what depends on it is left to people",
        );
      }
      return statements.map(() => null);
    }
  }

  async function judged(
    request: DraftRequest,
    sentences: string[],
    signal: AbortSignal,
  ): Promise<JudgedSentence[]> {
    const found = await probabilities(messagesOf(request), sentences, signal);
    return sentences.map((sentence, index) => ({
      sentence,
      ...verdictOn(found[index] ?? null, "says"),
    }));
  }

  async function supportOf(
    draft: Draft,
    request: DraftRequest,
    signal: AbortSignal,
  ): Promise<Draft["support"]> {
    const isAsked = policy().claimCheck !== "off" && draft.usedSources.length > 0;
    if (!isAsked || isBlank(draft.reply)) return undefined;
    const passages = draft.usedSources.map(({ title, text }) => `${title}\n${text}`);
    const about = { ...messagesOf(request), reply: draft.reply, passages };
    const [probability = null] = await probabilities(about, [supportStatement], signal);
    return verdictOn(probability, "supported");
  }

  function verdictOn(probability: number | null, question: keyof typeof usualThresholds) {
    const threshold =
      policy().checkThresholds[checker.model]?.[question] ?? usualThresholds[question];
    return { holds: probability === null ? null : probability >= threshold, probability };
  }

  return {
    async draft({ sentences = [], ...request }, signal) {
      const beside = sentences.length === 0 ? undefined : judged(request, sentences, signal);
      const drafting = await drafter.draft(request, signal);
      if ("noDraft" in drafting) return drafting;
      const { draft } = drafting;
      const [answers, support] = await Promise.all([beside, supportOf(draft, request, signal)]);
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

function messagesOf({ turn, history }: DraftRequest): Checkable {
  return {
    messages: turn.messages.map(({ text }) => text),
    before: history.map(({ author, text }) => ({
      by: author.role === "customer" ? "customer" : "company",
      text,
    })),
  };
}
