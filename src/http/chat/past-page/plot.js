const size = { width: 480, height: 260, left: 44, right: 28, top: 12, bottom: 40 };

/**
 * How much would have gone out against how much of it was right, with the interval, as SVG.
 *
 * @param {{threshold: number, out: number, seen: number, right: number, from: number, to: number}[]} curve
 * @param {number} turns
 * @param {object} here the point of the chosen threshold
 * @param {string} sentence what the picture says, for those who do not see it
 * @returns {SVGElement}
 */
export function verdictPlot(curve, turns, here, sentence) {
  const x = (share) => size.left + share * (size.width - size.left - size.right);
  const y = (share) => size.top + (1 - share) * (size.height - size.top - size.bottom);
  const at = (out) => x(turns === 0 ? 0 : out / turns);
  // From the strictest threshold on, each number of drafts once.
  const points = curve
    .toReversed()
    .filter((point, index, all) => point.seen > 0 && point.out !== all[index - 1]?.out);
  const line = points.map(({ out, seen, right }) => `${at(out)},${y(right / seen)}`);
  const band = [
    ...points.map(({ out, to }) => `${at(out)},${y(to)}`),
    ...points.toReversed().map(({ out, from }) => `${at(out)},${y(from)}`),
  ];
  const picture = shape("svg", { viewBox: `0 0 ${size.width} ${size.height}`, role: "img" });
  picture.setAttribute("aria-label", sentence);
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const height = y(share);
    picture.append(
      shape("line", { class: "plot-grid", x1: x(0), x2: x(1), y1: height, y2: height }),
      words(`${share * 100} %`, { x: x(0) - 6, y: height + 4, "text-anchor": "end" }),
      words(`${share * 100} %`, { x: x(share), y: y(0) + 16, "text-anchor": "middle" }),
    );
  }
  picture.append(
    words("go out", { x: x(0.5), y: size.height - 6, "text-anchor": "middle" }),
    words("right", { x: x(0.01), y: y(1) + 14 }),
    shape("polygon", { class: "plot-band", points: band.join(" ") }),
    shape("polyline", { class: "plot-line", points: line.join(" ") }),
  );
  if (here.seen > 0) {
    const [cx, cy] = [at(here.out), y(here.right / here.seen)];
    picture.append(shape("circle", { class: "plot-here", cx, cy, r: 6 }));
  }
  return picture;
}

function words(text, attributes) {
  const made = shape("text", { class: "plot-words", ...attributes });
  made.textContent = text;
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
