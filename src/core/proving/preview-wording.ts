import type { Change, Preview, PreviewedCase, PreviewSide } from "./preview.ts";

/** Below it a difference is called more than chance. */
const significance = 0.05;
const mostFlipsInTerminal = 15;
const longestQuestion = 70;

/** What a change would have done, in a few sentences. */
export function previewSentences({ cases, flips, sent, sentWrong, right }: Preview): string[] {
  if (cases === 0) return ["There is no case to compare."];
  const sentences = [
    `${flips.length} of ${cases} decisions would be another one.`,
    `By themselves ${sent.after} would go out in place of ${sent.before}: ${sent.gained} more, ${sent.lost} fewer. ${chanceOf(sent)}`,
  ];
  if (sentWrong.known === 0) {
    return [
      ...sentences,
      "Of none of them it is known whether it was right, so nothing is said about quality.",
    ];
  }
  sentences.push(
    `Wrong ones among what goes out: ${sentWrong.after} in place of ${sentWrong.before}, of ${sentWrong.known} cases in which it is known. ${chanceOf(sentWrong)}`,
  );
  if (right !== null) {
    sentences.push(
      `Right drafts, sent or not: ${right.after} in place of ${right.before} of ${right.known}. ${chanceOf(right)}`,
    );
  }
  return sentences;
}

function chanceOf({ gained, lost, p }: Change): string {
  if (gained + lost === 0) return "No difference.";
  const verdict = p < significance ? "That is more than chance" : "Chance alone may do that";
  return `${verdict} (exact McNemar, ${p < 0.0001 ? "p < 0.0001" : `p = ${p.toFixed(4)}`}).`;
}

/** The first flips, each with both decisions, for a terminal. */
export function flipLines({ flips }: Preview): string[] {
  const lines = flips.slice(0, mostFlipsInTerminal).map(flipLine);
  const more = flips.length - lines.length;
  return more > 0
    ? [...lines, `… and ${more} more: --out preview.html shows all of them side by side.`]
    : lines;
}

function flipLine({ conversationId, question, before, after }: PreviewedCase): string {
  const [line = ""] = question.split("\n");
  const short =
    line.length <= longestQuestion ? line : `${line.slice(0, longestQuestion).toWellFormed()}…`;
  return `${conversationId}  ${sideWords(before)} → ${sideWords(after)}  ${short}`;
}

/** A decision, how sure the draft was, and whether it was right where that is known. */
export function sideWords({ decision, confidence, isRight }: PreviewSide): string {
  const sure = confidence === null ? "" : ` ${confidence.toFixed(2)}`;
  const known = isRight ? ", right" : ", wrong";
  const right = isRight === null ? "" : known;
  return `${decision}${sure}${right}`;
}
