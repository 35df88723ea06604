import type { TurnOutcome } from "../../core/insight/conversation-facts.ts";
import type { Day } from "../../core/insight/insight.ts";
import { type Colour, png } from "../../lib/png.ts";

const size = { width: 896, height: 240, bar: 22, margin: 12 };
const page: Colour = [255, 255, 255];
const ground: Colour = [217, 220, 229];

/** From below, in the colours of /insight; what is none of them comes last. */
const pieces: { outcomes: TurnOutcome[]; colour: Colour }[] = [
  { outcomes: ["automatic"], colour: [17, 104, 59] },
  { outcomes: ["reviewed"], colour: [47, 91, 215] },
  { outcomes: ["teammate"], colour: [176, 109, 20] },
  {
    outcomes: ["handed-over", "offered", "other-bot", "no-answer-needed", "unanswered", "waiting"],
    colour: [141, 147, 163],
  },
];

/**
 * A bar for each day, without words: whoever sees it reads them beside it, and no fonts need be there.
 *
 * @returns a PNG
 */
export function digestPicture(days: Day[]): Buffer {
  const heights = days.map(({ outcomes }) =>
    pieces.map((piece) => piece.outcomes.reduce((sum, name) => sum + outcomes[name], 0)),
  );
  const most = Math.max(1, ...heights.map((piece) => piece.reduce((sum, one) => sum + one, 0)));
  const across = (size.width - 2 * size.margin) / Math.max(1, days.length);
  const up = size.height - 2 * size.margin;
  return png(size.width, size.height, (x, y) => {
    const fromBelow = size.height - size.margin - y;
    if (fromBelow === 0) return ground;
    const at = (x - size.margin) / across;
    const index = Math.floor(at);
    const isInBar = at >= 0 && (at - index) * across < size.bar;
    if (!isInBar || fromBelow < 0) return page;
    let reached = 0;
    for (const [piece, height] of (heights[index] ?? []).entries()) {
      reached += (height / most) * up;
      if (fromBelow <= reached) return pieces[piece]?.colour ?? page;
    }
    return page;
  });
}
