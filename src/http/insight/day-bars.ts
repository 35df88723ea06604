import { turnOutcomes } from "../../core/insight/conversation-facts.ts";
import type { Day } from "../../core/insight/insight.ts";
import { outcomeWords } from "./wording.ts";

const size = { width: 720, height: 220, left: 44, bottom: 24, top: 8 };
const widestBar = 40;

/**
 * A bar for each day, a piece of it for each outcome, as SVG in the colours of the page around it; with
 * its legend. Whoever cannot see it has the table that belongs under it.
 */
export function dayBars(days: Day[]): string {
  const used = turnOutcomes.filter((name) => days.some(({ outcomes }) => outcomes[name] > 0));
  const totals = days.map(({ outcomes }) => used.reduce((sum, name) => sum + outcomes[name], 0));
  const most = Math.max(1, ...totals);
  const across = (size.width - size.left) / Math.max(1, days.length);
  const width = Math.min(widestBar, across * 0.8);
  const up = size.height - size.top - size.bottom;
  const bars = days.flatMap(({ day, outcomes }, index) => {
    const x = size.left + index * across + (across - width) / 2;
    let y = size.height - size.bottom;
    const pieces = used.map((name) => {
      const height = (outcomes[name] / most) * up;
      y -= height;
      return height === 0
        ? ""
        : `<rect class="is-${name}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"><title>${day}: ${outcomes[name]} ${outcomeWords[name]}</title></rect>`;
    });
    const isNamed = index % Math.ceil(days.length / 8) === 0;
    const label = isNamed
      ? `<text x="${round(x + width / 2)}" y="${size.height - 6}" text-anchor="middle">${day.slice(5)}</text>`
      : "";
    return [...pieces, label];
  });
  const legend = used.map((name) => `<li class="is-${name}">${outcomeWords[name]}</li>`);
  return [
    `<svg role="img" aria-label="Customers’ turns by day and outcome; the table below has the numbers" viewBox="0 0 ${size.width} ${size.height}">`,
    `<text x="${size.left - 6}" y="${size.top + 8}" text-anchor="end">${most}</text>`,
    `<text x="${size.left - 6}" y="${size.height - size.bottom}" text-anchor="end">0</text>`,
    `<line class="axis" x1="${size.left}" x2="${size.width}" y1="${size.height - size.bottom}" y2="${size.height - size.bottom}"/>`,
    ...bars,
    "</svg>",
    `<ul class="legend">${legend.join("")}</ul>`,
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
