import type { Card, Drafting, Recall, Source, Turn } from "../types.ts";

/** Enough for hours of traffic; a turn is a few kilobytes while it is under way. */
const maxTurns = 1000;
const maxRefusals = 3;

/**
 * What is remembered of turns under way. It only saves work and noise: whatever is lost is read again
 * from Intercom.
 */
export type TurnRecord = {
  /** The draft that was already written for this turn, if its outcome could not be marked yet. */
  keptDraft(turn: TurnKey): KeptDraft | null;
  keepDraft(turn: TurnKey, kept: KeptDraft): void;
  /** The card that already asks about this turn, if no note could name it yet. */
  keptCard(turn: TurnKey): Card | null;
  keepCard(turn: TurnKey, card: Card): void;
  /** The turn has its outcome: nothing of it needs to be kept. */
  finished(turn: TurnKey): void;
  /** Intercom refused reply and note; after three times the turn is given up. */
  refused(turn: TurnKey): void;
  isGivenUp(turn: TurnKey): boolean;
  givenUpCount(): number;
  /** Notes which message a reply of ours answered. */
  replied(conversationId: string, replyId: string, basePartId: string): void;
  /** The base part of each of our replies, by the reply's id. */
  readonly basePartIds: ReadonlyMap<string, string>;
};

/** A turn is known by its base part. */
export type TurnKey = Pick<Turn, "basePartId">;

export type KeptDraft = {
  drafting: Drafting;
  /** As the model was given it. */
  recall: Recall;
  /** What was found and kept from the model; absent where an older process kept the draft. */
  withheld?: Source[];
};

export function createTurnRecord(): TurnRecord {
  const drafts = new Map<string, KeptDraft>();
  const cards = new Map<string, Card>();
  const refusals = new Map<string, number>();
  const basePartIds = new Map<string, string>();
  return {
    keptDraft: (turn) => drafts.get(turn.basePartId) ?? null,
    keepDraft: (turn, kept) => setBounded(drafts, turn.basePartId, kept),
    keptCard: (turn) => cards.get(turn.basePartId) ?? null,
    keepCard: (turn, card) => setBounded(cards, turn.basePartId, card),
    finished(turn) {
      drafts.delete(turn.basePartId);
      cards.delete(turn.basePartId);
      refusals.delete(turn.basePartId);
    },
    refused: (turn) =>
      setBounded(refusals, turn.basePartId, (refusals.get(turn.basePartId) ?? 0) + 1),
    isGivenUp: (turn) => (refusals.get(turn.basePartId) ?? 0) >= maxRefusals,
    givenUpCount: () => [...refusals.values()].filter((count) => count >= maxRefusals).length,
    replied: (_conversationId, replyId, basePartId) => setBounded(basePartIds, replyId, basePartId),
    basePartIds,
  };
}

/** Sets an entry and drops the oldest one when there are too many. */
function setBounded<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > maxTurns && !oldest.done) map.delete(oldest.value);
}
