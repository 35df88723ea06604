import type { Certification, ThresholdPoint } from "../core/proving/certified-threshold.ts";
import { type Colour, png } from "../lib/png.ts";
import { glyphs } from "./glyphs.ts";

const size = { width: 1120, height: 640, left: 110, right: 40, top: 40, bottom: 90 };
/** Where the upright axis begins. */
const lowest = 0.5;
const lineWidth = 5;
const glyphScale = 3;
const glyphWidth = 6;

/** What a dot may be, from below: later ones lie over earlier ones. */
const colours = {
  page: [255, 255, 255],
  band: [222, 231, 247],
  grid: [213, 217, 224],
  words: [90, 98, 112],
  target: [163, 39, 31],
  line: [31, 95, 191],
} as const satisfies Record<string, Colour>;
type Paint = keyof typeof colours;
const paints = Object.keys(colours) as Paint[];

/**
 * The curve of a report for a chat: across what share of the rated drafts is sent, upright what share of
 * them is right, with the lower bound below it, what is wanted as a dashed line, and the promised
 * threshold as a dot. The few letters on it are drawn, so that no fonts need be there.
 *
 * @param wanted the share that must be right, 0 to 1
 * @returns a PNG; `null` where nothing was rated
 */
export function curvePicture({ curve, certified }: Certification, wanted: number): Buffer | null {
  const count = Math.max(0, ...curve.map((point) => point.count));
  if (count === 0) return null;
  const dots = new Uint8Array(size.width * size.height);
  const put = (x: number, y: number, paint: Paint) => {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column < 0 || row < 0 || column >= size.width || row >= size.height) return;
    dots[row * size.width + column] = paints.indexOf(paint);
  };
  const disc = (x: number, y: number, radius: number, paint: Paint) => {
    for (let up = -radius; up <= radius; up += 1) {
      for (let over = -radius; over <= radius; over += 1) {
        if (over ** 2 + up ** 2 <= radius ** 2) put(x + over, y + up, paint);
      }
    }
  };
  const x = (share: number) => size.left + share * (size.width - size.left - size.right);
  const y = (share: number) => {
    const inside = (Math.min(1, Math.max(lowest, share)) - lowest) / (1 - lowest);
    return size.top + (1 - inside) * (size.height - size.top - size.bottom);
  };

  const points = curve.map((point) => ({ at: x(point.count / count), ...sharesOf(point) }));
  for (const [from, to] of pairsOf(points)) {
    for (let column = from.at; column <= to.at; column += 1) {
      const [upper, lower] = [
        between(from, to, column, "right"),
        between(from, to, column, "atLeast"),
      ];
      for (let row = y(upper); row <= y(lower); row += 1) put(column, row, "band");
    }
  }
  for (const tick of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    const share = lowest + tick * (1 - lowest);
    for (let column = x(0); column <= x(1); column += 1) put(column, y(share), "grid");
    write(`${Math.round(share * 100)}%`, x(0) - 90, y(share) - 10, put);
    write(`${Math.round(tick * 100)}%`, x(tick) - 30, y(lowest) + 16, put);
  }
  write("sent", x(0.5) - 36, y(lowest) + 54, put);
  write("right", x(0) + 12, y(1) - 30, put);
  for (let column = x(0); column <= x(1); column += 1) {
    if (column % 24 < 14) disc(column, y(wanted), 1, "target");
  }
  for (const [from, to] of pairsOf(points)) {
    for (let column = from.at; column <= to.at; column += 0.5) {
      disc(column, y(between(from, to, column, "right")), Math.floor(lineWidth / 2), "line");
    }
  }
  if (certified !== null) {
    disc(x(certified.count / count), y(sharesOf(certified).right), 12, "line");
  }
  return png(size.width, size.height, (column, row) => {
    return colours[paints[dots[row * size.width + column] ?? 0] ?? "page"];
  });
}

type Shares = { right: number; atLeast: number };

function sharesOf({ count, wrong, wrongAtMost }: ThresholdPoint): Shares {
  return { right: 1 - wrong / count, atLeast: 1 - wrongAtMost };
}

function pairsOf<T>(points: T[]): [T, T][] {
  return points.slice(1).map((point, index) => [points[index] ?? point, point]);
}

function between(
  from: Shares & { at: number },
  to: Shares & { at: number },
  column: number,
  which: keyof Shares,
): number {
  const share = to.at === from.at ? 1 : (column - from.at) / (to.at - from.at);
  return from[which] + share * (to[which] - from[which]);
}

/** The letters that there are; others leave their place empty. */
function write(
  text: string,
  left: number,
  top: number,
  put: (x: number, y: number, paint: Paint) => void,
): void {
  for (const [place, letter] of [...text].entries()) {
    for (const [row, bits] of (glyphs[letter] ?? []).entries()) {
      for (const [column, bit] of [...bits].entries()) {
        if (bit !== "1") continue;
        const at = left + (place * glyphWidth + column) * glyphScale;
        for (let over = 0; over < glyphScale; over += 1) {
          for (let down = 0; down < glyphScale; down += 1) {
            put(at + over, top + row * glyphScale + down, "words");
          }
        }
      }
    }
  }
}
