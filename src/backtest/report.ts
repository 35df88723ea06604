import type { Agreement } from "../core/proving/agreement.ts";
import type { BacktestPlan, Looked } from "../core/proving/backtest.ts";
import { type BacktestCase, isRightDraft } from "../core/proving/backtest-case.ts";
import type { BacktestSummary, Share } from "../core/proving/backtest-summary.ts";
import {
  caveat,
  dollars,
  headline,
  labelSentences,
  percentOf,
} from "../core/proving/backtest-wording.ts";
import { contentGaps } from "../core/proving/content-gaps.ts";
import { escapeHtml } from "../lib/escape-html.ts";
import { plot } from "./plot.ts";
import { styles } from "./styles.ts";

export type ReportOptions = {
  plan: BacktestPlan;
  looked: Looked;
  cases: BacktestCase[];
  summary: BacktestSummary;
  agreement: Agreement;
  errorLimit: number;
  delta: number;
  /** The file with every case, as it is called beside the report. */
  csvName: string;
  madeAt: number;
};

/** Nothing is loaded and nothing runs; the style stands in the file. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const mostDisagreements = 20;
const mostGaps = 30;
/** What a resolution by Intercom's Fin costs, in US dollars (fin.ai/pricing). */
const perResolutionElsewhere = 0.99;

/** The report as one HTML file that needs nothing else, no script either. */
export function reportHtml(options: ReportOptions): string {
  const { summary, errorLimit, plan, madeAt } = options;
  const { turns, rated } = summary;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Backtest of ${escapeHtml(plan.model)}, ${dayOf(madeAt)}</title>
<style>${styles}</style>
</head>
<body>
<main>
<h1>What would have gone out by itself, and how much of it was right</h1>
<p class="result">${escapeHtml(headline(summary, errorLimit, plan.judgeModel))}</p>
<p>${escapeHtml(caveat)}</p>
${paragraphs([
  `${turns} customer turns of closed conversations, ${dayOf(plan.after)} to ${dayOf(plan.until)}, one by chance from each. Every one was drafted for as it would have been then: without the conversation itself, without anything later, without near-copies of the teammate's answer.`,
  `Of ${rated.count} drafts that only their confidence could keep back and that were judged, ${rated.right} were right.`,
])}
${mustBeHeldBack(summary, errorLimit)}
${paragraphs(labelSentences(options.agreement, summary.estimate))}
${curveSection(options)}
${reliabilitySection(summary)}
${shareSection("By topic", "intent", summary.byTopic)}
${shareSection("By language", "language", summary.byLanguage)}
${shareSection("By channel", "channel", summary.byChannel)}
${heldBackSection(summary)}
${disagreements(options.cases)}
${gaps(options.cases)}
${money(summary)}
${provenance(options)}
</main>
</body>
</html>
`;
}

function mustBeHeldBack({ mustBeHeldBack: share, rated }: BacktestSummary, errorLimit: number) {
  if (share === 0 || rated.count === 0) return "";
  const wrong = percentOf(1 - rated.right / rated.count);
  return paragraphs([
    `With ${wrong} wrong drafts, no method whatever can send more than ${percentOf(1 - share)} of them and be right in ${percentOf(1 - errorLimit)}: a perfect one would keep back the wrong ones.`,
  ]);
}

function curveSection({ summary, errorLimit, delta }: ReportOptions): string {
  const { curve, certified } = summary.certification;
  if (curve.length === 0) return "";
  const { count } = summary.rated;
  const share = (cases: number) => cases / count;
  const picture = plot(
    "How much goes out at each threshold, and how much of it is right",
    { x: "share of the rated drafts that goes out", y: "right", yFrom: 0.5 },
    [
      {
        kind: "dashed",
        points: [
          { x: 0, y: 1 - errorLimit },
          { x: 1, y: 1 - errorLimit },
        ],
      },
      {
        kind: "dashed",
        points: curve.map((point) => ({ x: share(point.count), y: 1 - point.wrongAtMost })),
      },
      {
        kind: "line",
        points: curve.map((point) => ({ x: share(point.count), y: 1 - point.wrong / point.count })),
      },
    ],
  );
  const rows = curve.map((point) => ({
    isChosen: point.threshold === certified?.threshold,
    cells: [
      point.threshold.toFixed(2),
      `${point.count}`,
      percentOf(share(point.count)),
      `${point.count - point.wrong}`,
      percentOf(1 - point.wrong / point.count),
      percentOf(1 - point.wrongAtMost),
    ],
  }));
  return section(
    "At which threshold",
    `${paragraphs([
      `The line is the share that was right; the dashed line below it what can be said of each threshold by itself with a doubt of ${percentOf(delta)}; the level dashed line what is wanted. Which threshold is promised is decided by testing one after the other from the strictest on, up to the first that fails: the best-looking of many would promise too much.`,
    ])}${picture}${table(
      "Rows of the CSV with held_back_by empty and right yes or no, whose confidence is the threshold or more. Thresholds at which nothing changes are left out.",
      ["threshold", "drafts", "of the rated", "right", "share right", "at least"],
      rows,
    )}`,
  );
}

function reliabilitySection({ reliability, ece }: BacktestSummary): string {
  if (ece === null) return "";
  const picture = plot(
    "How often drafts were right, by the confidence that the model gave them",
    { x: "confidence", y: "right", yFrom: 0 },
    [
      {
        kind: "dashed",
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      },
      {
        kind: "marks",
        points: reliability.map(({ said, right, count }) => {
          return { x: said, y: right / count, weight: count };
        }),
      },
    ],
  );
  const rows = reliability.map(({ said, ...share }) => {
    const [name = "", count = "", ...rest] = shareCells(share);
    return { cells: [name, count, percentOf(said), ...rest] };
  });
  return section(
    "What a confidence means",
    `${paragraphs([
      `On the dashed line a confidence of 80 % would be right in 80 of 100. On average the model is ${percentOf(ece.share)} off (ECE); samples like this one give ${percentOf(ece.from)} to ${percentOf(ece.to)}.`,
    ])}${picture}${table(
      "The same rows of the CSV, by confidence.",
      ["confidence", "drafts", "said on average", ...shareHead],
      rows,
    )}`,
  );
}

function shareSection(title: string, column: string, shares: Share[]): string {
  if (shares.length === 0) return "";
  const rows = shares.map((share) => ({ cells: shareCells(share) }));
  const caption = `The same rows of the CSV, by ${column}.`;
  return section(title, table(caption, [column, "drafts", ...shareHead], rows));
}

const shareHead = ["right", "share right", "at least"];

function shareCells({ name, count, right, atLeast }: Share): string[] {
  return [name, `${count}`, `${right}`, percentOf(right / count), percentOf(atLeast)];
}

function heldBackSection({ heldBack, unknown, drafted, turns }: BacktestSummary): string {
  const rows = [
    { cells: ["turns", `${turns}`] },
    { cells: ["with a drafted reply", `${drafted}`] },
    ...heldBack.map(({ name, count }) => ({ cells: [`kept back: ${name}`, `${count}`] })),
    { cells: ["could go out, not judged", `${unknown}`] },
  ];
  return section(
    "What went to people anyway",
    table("Rows of the CSV, by held_back_by.", ["what", "turns"], rows),
  );
}

function disagreements(cases: BacktestCase[]): string {
  const wrong = cases
    .map((one, index) => ({ one, number: index + 1 }))
    .filter(({ one }) => one.heldBack === null && looksWrong(one))
    .sort((a, b) => (b.one.draft?.confidence ?? 0) - (a.one.draft?.confidence ?? 0))
    .slice(0, mostDisagreements);
  if (wrong.length === 0) return "";
  return section(
    "Where it was most sure and wrong",
    wrong.map(({ one, number }) => sideBySide(one, number)).join("\n"),
  );
}

/** Also where nobody judged, and code found something. */
function looksWrong(one: BacktestCase): boolean {
  const isRight = isRightDraft(one);
  return isRight === false || (isRight === null && (one.draft?.findings.length ?? 0) > 0);
}

function sideBySide(one: BacktestCase, number: number): string {
  const { draft, judgement, url, question, answer } = one;
  const why = [...(draft?.findings.map(({ says }) => `${says}.`) ?? []), judgement?.reasons ?? ""]
    .filter((sentence) => sentence !== "")
    .join(" ");
  const sources = draft?.sources.map(({ title }) => title).join(" · ") || "none";
  return `<article class="case">
<h3>Case ${number} · confidence ${percentOf(draft?.confidence ?? 0)} · ${conversationLink(url)}</h3>
<p class="why">${escapeHtml(why)}</p>
<h4>The customer</h4><p class="words">${escapeHtml(question)}</p>
<div class="sides">
<div><h4>The draft</h4><p class="words">${escapeHtml(draft?.reply ?? "")}</p></div>
<div><h4>The teammate</h4><p class="words">${escapeHtml(answer)}</p></div>
</div>
<h4>Sources</h4><p class="words">${escapeHtml(sources)}</p>
</article>`;
}

function gaps(cases: BacktestCase[]): string {
  const found = contentGaps(cases);
  if (found.length === 0) return "";
  const isJudged = cases.some(({ judgement }) => judgement !== null);
  const count = found.reduce((sum, gap) => sum + gap.cases.length, 0);
  const why = isJudged
    ? "answerable: no in the CSV, by what the judge says of the sources"
    : "without a judge: their drafts rest on no source";
  const shown = found.slice(0, mostGaps).map((gap, index) => {
    const numbers = gap.cases.map((one) => one + 1).join(", ");
    const conversations = `${gap.cases.length} conversation${gap.cases.length === 1 ? "" : "s"}`;
    return `<article class="case">
<h3>Gap ${index + 1} · ${conversations} · ${gap.cases.length === 1 ? "case" : "cases"} ${numbers}</h3>
<h4>A customer asks</h4><p class="words">${escapeHtml(gap.question)}</p>
<h4>Suggested article, in the words of a teammate</h4><p class="words">${escapeHtml(gap.answer)}</p>
</article>`;
  });
  const more = found.length - shown.length;
  return section(
    "What no source answers",
    `${paragraphs([
      `${count} questions that the sources did not hold the answer to (${why}), in ${found.length} groups by their words; column gap in the CSV. Of each group the answer that has most in common with the others is shown: the beginning of an article, to be read before anybody publishes it.`,
      ...(more > 0 ? [`The ${more} smallest groups stand in the CSV only.`] : []),
    ])}${shown.join("\n")}`,
  );
}

function money({ costs, certification, drafted }: BacktestSummary): string {
  const { certified } = certification;
  const right = certified === null ? 0 : certified.count - certified.wrong;
  const all = costs.drafts;
  const elsewhere = `$ ${perResolutionElsewhere.toFixed(2)} for a resolution by Intercom's Fin`;
  const perAccepted =
    all === null || right === 0
      ? []
      : [
          `Cost per accepted answer: all drafts together, divided by the ${right} right ones that would have gone out at the promised threshold, ${dollars(all / right)} each, against ${elsewhere}.`,
        ];
  const breakEven =
    all === null || all === 0 || drafted === 0 ? [] : [breakEvenSentence(all / drafted, elsewhere)];
  return section(
    "What it cost",
    paragraphs([
      `Drafts: ${dollars(costs.drafts)}. Judge: ${dollars(costs.judge)}.`,
      ...perAccepted,
      ...breakEven,
      "Counted from the four columns of tokens in the CSV and the prices in the settings; embeddings are not in it. A right draft is not yet a resolution.",
    ]),
  );
}

function breakEvenSentence(perDraft: number, elsewhere: string): string {
  const drafts = Math.floor(perResolutionElsewhere / perDraft);
  if (drafts < 1)
    return `Break-even: one draft (${dollars(perDraft)}) costs more than ${elsewhere}.`;
  return `Break-even: a draft costs ${dollars(perDraft)} on average, so ${elsewhere} pays for ${drafts.toLocaleString("en")} drafts. As long as more than one in ${drafts.toLocaleString("en")} of them ends as a right reply, such replies cost less.`;
}

function provenance({ plan, looked, cases, csvName, madeAt, errorLimit, delta }: ReportOptions) {
  const left = { own: 0, later: 0, copies: 0 };
  for (const { leftOut } of cases) {
    left.own += leftOut.sameConversation;
    left.later += leftOut.later;
    left.copies += leftOut.nearCopies;
  }
  const rows = [
    ["made", new Date(madeAt).toISOString()],
    [
      "conversations",
      `${looked.listed} in that time; ${looked.read} read; ${looked.withoutTurn} without a turn that fits`,
    ],
    ["chosen with the seed", `${plan.seed}`],
    ["model", plan.model],
    ["prompts", plan.promptHash],
    ["judge", plan.judgeModel ?? "none: code alone"],
    ["policy", plan.policyHash ?? "not kept"],
    ["wanted", `at least ${percentOf(1 - errorLimit)} right, with a doubt of ${percentOf(delta)}`],
    [
      "left out of what was recalled",
      `${left.own} of the conversation itself, ${left.later} later, ${left.copies} near-copies of the teammate's answer`,
    ],
  ].map((cells) => ({ cells }));
  return section(
    "Where the numbers come from",
    `${paragraphs([
      `Every case is a row of ${csvName}, under the number that it has here. How it is judged and what is promised: docs/proof.md.`,
    ])}${table("", ["what", "value"], rows)}`,
  );
}

function section(title: string, body: string): string {
  return `<section>\n<h2>${escapeHtml(title)}</h2>\n${body}\n</section>`;
}

function paragraphs(texts: string[]): string {
  return texts.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n");
}

function table(
  caption: string,
  head: string[],
  rows: { cells: string[]; isChosen?: boolean }[],
): string {
  const headings = head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const body = rows.map(({ cells, isChosen }) => {
    const row = cells.map((text) => `<td>${escapeHtml(text)}</td>`).join("");
    return `<tr${isChosen === true ? ' class="chosen"' : ""}>${row}</tr>`;
  });
  const above = caption === "" ? "" : `<caption>${escapeHtml(caption)}</caption>`;
  // On a narrow screen it is moved sideways, with the keyboard too.
  return `<div class="wide" tabindex="0" role="region" aria-label="${escapeHtml(caption || "Table")}"><table>${above}<thead><tr>${headings}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

/** Only what leads to a page: an address of anything else stays text. */
function conversationLink(url: string): string {
  if (!/^https:\/\//.test(url)) return escapeHtml(url);
  return `<a href="${escapeHtml(url)}" rel="noreferrer">conversation</a>`;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
