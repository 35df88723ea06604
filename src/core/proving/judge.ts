import type { Source } from "../types.ts";

/** What is asked about one draft. */
export type JudgeRequest = {
  question: string;
  sources: Pick<Source, "title" | "text">[];
  draft: string;
  /** What the teammate said: evidence, not truth. */
  answer: string;
};

/** Each of them yes or no; the reasons were written first. */
export type Judgement = {
  reasons: string;
  /** Every claim stands in a source, or in what the customer said. */
  isSupported: boolean;
  isOnQuestion: boolean;
  /** It contradicts nothing that the teammate said. */
  isConsistent: boolean;
  isSendable: boolean;
  /** The sources hold what it takes to answer. */
  isAnswerable: boolean;
};

export type Judged = {
  judgement: Judgement;
  tokens: { prompt: number; completion: number } | null;
};

/** A model, other than the drafter's if possible, that compares drafts with what teammates said. */
export type Judge = {
  model: string;
  /** @throws UpstreamError when the model cannot be reached or its answer cannot be read twice */
  judge(request: JudgeRequest, signal: AbortSignal): Promise<Judged>;
};
