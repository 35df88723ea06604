import { mcNemar } from "./mc-nemar.ts";

/** What becomes of one draft, before or after a change. */
export type PreviewSide = {
  /** As the policy names it. */
  decision: string;
  /** It goes out by itself. */
  isSent: boolean;
  /** Markdown; `null` where there is none, or it was not kept. */
  reply: string | null;
  /** 0 to 1. */
  confidence: number | null;
  /** Whether it could have gone out as it was; `null` where nobody knows. */
  isRight: boolean | null;
};

export type PreviewedCase = {
  conversationId: string;
  url: string;
  question: string;
  /** What the teammate said, where that is known. */
  answer: string | null;
  before: PreviewSide;
  after: PreviewSide;
};

/** Of pairs in which something was not, or was: how many changed which way, and by chance with which p. */
export type Change = { before: number; after: number; gained: number; lost: number; p: number };

export type Preview = {
  cases: number;
  /** Those of which the decision is another, the ones that now go out first. */
  flips: PreviewedCase[];
  /** Go out by themselves. */
  sent: Change;
  /** Go out and are wrong, among those of which it is known on both sides. */
  sentWrong: Change & { known: number };
  /** Are right whether they go out or not, among the same; only of drafts that were written anew. */
  right: (Change & { known: number }) | null;
};

/** @param isDraftedAnew whether the drafts themselves may differ, and not only what becomes of them */
export function previewOf(cases: PreviewedCase[], isDraftedAnew: boolean): Preview {
  const known = cases.filter(({ before, after }) => {
    return before.isRight !== null && after.isRight !== null;
  });
  const isWrong = ({ isSent, isRight }: PreviewSide) => isSent && isRight === false;
  const flips = cases.filter(({ before, after }) => before.decision !== after.decision);
  return {
    cases: cases.length,
    flips: flips.sort((one, other) => rank(one) - rank(other)),
    sent: changeOf(cases, ({ isSent }) => isSent),
    sentWrong: { ...changeOf(known, isWrong), known: known.length },
    right: isDraftedAnew
      ? { ...changeOf(known, ({ isRight }) => isRight === true), known: known.length }
      : null,
  };
}

function changeOf(cases: PreviewedCase[], holds: (side: PreviewSide) => boolean): Change {
  const before = cases.filter((one) => holds(one.before)).length;
  const after = cases.filter((one) => holds(one.after)).length;
  const gained = cases.filter((one) => !holds(one.before) && holds(one.after)).length;
  const lost = before + gained - after;
  return { before, after, gained, lost, p: mcNemar(gained, lost) };
}

/** What would newly go out is what somebody must look at. */
function rank({ before, after }: PreviewedCase): number {
  if (after.isSent && !before.isSent) return after.isRight === false ? 0 : 1;
  return before.isSent && !after.isSent ? 2 : 3;
}
