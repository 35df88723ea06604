import type { BacktestCase, DraftOfCase } from "../../../src/core/proving/backtest-case.ts";

let last = 0;

/** A case of a backtest; nobody has said anything of its draft. */
export function caseOf({
  confidence = 0.9,
  draft = {},
  ...more
}: Omit<Partial<BacktestCase>, "draft"> & {
  confidence?: number;
  draft?: Partial<DraftOfCase> | null;
} = {}): BacktestCase {
  last += 1;
  return {
    conversationId: `c${last}`,
    basePartId: `p${last}`,
    url: `https://app.intercom.com/a/inbox/_/inbox/conversation/c${last}`,
    askedAt: 1_700_000_000_000,
    channel: "conversation",
    question: `Question ${last}?`,
    answer: `Answer ${last}.`,
    draft: draft && {
      reply: `Draft ${last}.`,
      confidence,
      intent: "question",
      language: "en",
      sources: [],
      findings: [],
      model: "test",
      promptHash: "0123456789ab",
      tokens: { prompt: 1000, completion: 100 },
      ...draft,
    },
    heldBack: null,
    problems: [],
    leftOut: { sameConversation: 0, later: 0, nearCopies: 0 },
    judgement: null,
    judgeTokens: null,
    label: null,
    isJudgeTrusted: true,
    ...more,
  };
}
