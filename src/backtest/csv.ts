import { type BacktestCase, isRightDraft } from "../core/proving/backtest-case.ts";
import { contentGaps } from "../core/proving/content-gaps.ts";
import { csvRow } from "../lib/csv.ts";

type Cell = string | number | boolean | null;
type Row = BacktestCase & { gap: number | null };

/** What each case is, one column each; the report's numbers are counted from these. */
const columns: Record<string, (one: Row, index: number) => Cell> = {
  case: (_one, index) => index + 1,
  conversation: ({ conversationId }) => conversationId,
  turn: ({ basePartId }) => basePartId,
  url: ({ url }) => url,
  asked_at: ({ askedAt }) => new Date(askedAt).toISOString(),
  channel: ({ channel }) => channel,
  language: ({ draft }) => draft?.language ?? null,
  intent: ({ draft }) => draft?.intent ?? null,
  confidence: ({ draft }) => draft?.confidence ?? null,
  held_back_by: ({ heldBack }) => heldBack,
  right: (one) => isRightDraft(one),
  supported: ({ judgement }) => judgement?.isSupported ?? null,
  on_question: ({ judgement }) => judgement?.isOnQuestion ?? null,
  consistent: ({ judgement }) => judgement?.isConsistent ?? null,
  sendable: ({ judgement }) => judgement?.isSendable ?? null,
  answerable: ({ judgement }) => judgement?.isAnswerable ?? null,
  gap: ({ gap }) => gap,
  found_by_code: ({ draft }) => draft?.findings.map(({ says }) => says).join("; ") ?? null,
  reasons: ({ judgement }) => judgement?.reasons ?? null,
  problems: ({ problems }) => problems.join("; "),
  label: ({ label }) => label,
  question: ({ question }) => question,
  draft: ({ draft }) => draft?.reply ?? null,
  teammate: ({ answer }) => answer,
  sources: ({ draft }) => draft?.sources.map(({ title }) => title).join("; ") ?? null,
  draft_tokens_read: ({ draft }) => draft?.tokens?.prompt ?? null,
  draft_tokens_written: ({ draft }) => draft?.tokens?.completion ?? null,
  judge_tokens_read: ({ judgeTokens }) => judgeTokens?.prompt ?? null,
  judge_tokens_written: ({ judgeTokens }) => judgeTokens?.completion ?? null,
};

/** Every case as one row, as RFC 4180 has it. */
export function toCsv(cases: BacktestCase[]): string {
  const gapOf = new Map(
    contentGaps(cases).flatMap(({ cases: some }, gap) => some.map((one) => [one, gap + 1])),
  );
  const rows = cases.map((one, index) => {
    const row = { ...one, gap: gapOf.get(index) ?? null };
    return Object.values(columns).map((column) => column(row, index));
  });
  return [Object.keys(columns), ...rows].map(csvRow).join("");
}
