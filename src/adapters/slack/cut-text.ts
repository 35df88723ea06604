import { escapedLength } from "./escape-mrkdwn.ts";

const ellipsis = "…";
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * The text, shortened at its end where Slack would count more than `limit` characters. Cuts between
 * what people see as characters, and before anything is escaped: no entity, emoji or letter with its
 * marks is ever split.
 */
export function cutText(text: string, limit: number): string {
  if (escapedLength(text) <= limit) return text;
  return takeGraphemes(text, limit - ellipsis.length).trimEnd() + ellipsis;
}

/**
 * The whole text in pieces that Slack counts at most `limit` characters for, broken at line ends or
 * spaces where there are any.
 * @returns `null` when a single visible character is longer than that
 */
export function splitText(text: string, limit: number): string[] | null {
  const pieces: string[] = [];
  let rest = text;
  while (escapedLength(rest) > limit) {
    const fitting = takeGraphemes(rest, limit);
    if (fitting === "") return null;
    const piece = fitting.slice(0, breakIn(fitting));
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return rest === "" && pieces.length > 0 ? pieces : [...pieces, rest];
}

function takeGraphemes(text: string, limit: number): string {
  let length = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    length += escapedLength(segment);
    if (length > limit) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** Where to break: behind the last line end of the second half, or else behind its last space. */
function breakIn(text: string): number {
  const half = Math.floor(text.length / 2);
  for (const separator of ["\n", " "]) {
    const at = text.lastIndexOf(separator);
    if (at >= half) return at + 1;
  }
  return text.length;
}
