import { escapeHtml } from "../lib/escape-html.ts";

export type PlotPoint = { x: number; y: number };

/** A line, a band below which nothing is promised, or marks whose size says how many cases they are of. */
export type Series =
  | { kind: "line" | "dashed"; points: PlotPoint[] }
  | { kind: "marks"; points: (PlotPoint & { weight: number })[] };

const size = { width: 560, height: 320, left: 56, right: 32, top: 16, bottom: 48 };
const largestMark = 14;
const smallestMark = 3;

/**
 * A plot of shares over shares as SVG, in the colours of the page around it. Whoever cannot see it has
 * the table that belongs under it.
 *
 * @param y.from where the upright axis begins, 0 to 1
 */
export function plot(
  title: string,
  axes: { x: string; y: string; yFrom: number },
  series: Series[],
): string {
  const across = size.width - size.left - size.right;
  const up = size.height - size.top - size.bottom;
  const x = (share: number) => round(size.left + share * across);
  const y = (share: number) => {
    const inside = Math.max(axes.yFrom, Math.min(1, share));
    return round(size.top + ((1 - inside) / (1 - axes.yFrom)) * up);
  };
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const heaviest = Math.max(
    1,
    ...series.flatMap((one) =>
      one.kind === "marks" ? one.points.map(({ weight }) => weight) : [],
    ),
  );
  const grid = ticks.flatMap((tick) => {
    const value = axes.yFrom + tick * (1 - axes.yFrom);
    return [
      `<line class="grid" x1="${x(0)}" x2="${x(1)}" y1="${y(value)}" y2="${y(value)}"/>`,
      `<text class="tick" x="${x(0) - 6}" y="${y(value) + 4}" text-anchor="end">${percent(value)}</text>`,
      `<text class="tick" x="${x(tick)}" y="${y(axes.yFrom) + 18}" text-anchor="middle">${percent(tick)}</text>`,
    ];
  });
  const shapes = series.map((one) => {
    if (one.kind === "marks") {
      return one.points
        .map(({ x: atX, y: atY, weight }) => {
          const radius = Math.max(smallestMark, largestMark * Math.sqrt(weight / heaviest));
          return `<circle class="mark" cx="${x(atX)}" cy="${y(atY)}" r="${round(radius)}"/>`;
        })
        .join("");
    }
    const path = one.points.map((point) => `${x(point.x)},${y(point.y)}`).join(" ");
    return `<polyline class="${one.kind}" points="${path}"/>`;
  });
  return [
    `<svg role="img" viewBox="0 0 ${size.width} ${size.height}">`,
    `<title>${escapeHtml(title)}</title>`,
    ...grid,
    ...shapes,
    `<text class="axis" x="${x(0.5)}" y="${size.height - 8}" text-anchor="middle">${escapeHtml(axes.x)}</text>`,
    `<text class="axis" transform="translate(14 ${y(axes.yFrom + (1 - axes.yFrom) / 2)}) rotate(-90)" text-anchor="middle">${escapeHtml(axes.y)}</text>`,
    "</svg>",
  ].join("\n");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
