import type { DraftRequest } from "../ports.ts";
import type { Draft, DraftSignals } from "../types.ts";

const dayMs = 24 * 60 * 60_000;

/** Counted from the draft and from what was recalled for it; nothing is asked of anybody. */
export function signalsOf(
  { recall, conversation }: Pick<DraftRequest, "recall" | "conversation">,
  {
    usedSources,
    unsupported = [],
    support,
  }: Pick<Draft, "usedSources" | "unsupported" | "support">,
): DraftSignals {
  const times = usedSources.flatMap(({ at }) => (at === null ? [] : [at]));
  const carried = support?.probability ?? null;
  const age = Math.max(0, conversation.readAt - Math.max(...times)) / dayMs;
  return {
    margin: short(recall.margin),
    agreement: short(recall.agreement),
    best: short(Math.max(0, ...usedSources.map(({ score }) => score))),
    used: usedSources.length,
    ageDays: times.length === 0 ? null : Math.round(age),
    unsupported: unsupported.length,
    ...(carried === null ? {} : { support: short(carried) }),
  };
}

/** They travel on a card, where room is scarce. */
function short(share: number): number {
  return Math.round(share * 1000) / 1000;
}
