import { turnOutcomes } from "../../core/insight/conversation-facts.ts";
import type { Insight } from "../../core/insight/insight.ts";
import { number, percent, timesWords } from "../../core/insight/wording.ts";
import type { ShadowRow, ShadowSummary } from "../../core/proving/shadow-summary.ts";
import { escapeHtml } from "../../lib/escape-html.ts";
import type { Assumptions } from "./assumptions.ts";
import { dayBars } from "./day-bars.ts";
import { outcomeWords, reasonWords, rules, shareWords, time } from "./wording.ts";

export type PageAbout = {
  assumptions: Assumptions;
  isMock: boolean;
  builtAt: number | null;
  since: number | null;
  shadow: ShadowSummary | null;
  /** The question of each remembered answer behind a wrong reply, by its id. */
  memories: Record<string, string>;
  canLogOut: boolean;
};

/** The page as HTML; everything in it that somebody wrote is escaped. */
export function insightPage(insight: Insight | null, about: PageAbout): string {
  const sections =
    insight === null ? [nothingYet] : [headline(insight, about), ...sectionsOf(insight, about)];
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Insight</title>
    <link rel="icon" href="/pages/files/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/pages/files/base.css">
    <link rel="stylesheet" href="/insight/page/styles.css">
  </head>
  <body class="insight">
    <header>
      <img src="/pages/files/icon.svg" alt="" width="28" height="28">
      <h1>Insight</h1>
      <nav aria-label="Other pages"><a href="/memory">Memory</a></nav>
      ${about.canLogOut ? '<form method="post" action="/insight/logout"><button class="quiet">Log out</button></form>' : ""}
    </header>
    <main>
${assumptionsFields(about)}
${sections.join("\n")}
    </main>
  </body>
</html>
`;
}

const nothingYet = section("Nothing to show yet", null, [
  "<p>Run <code>npm run insight</code> where the service runs; in the container <code>node src/insight.ts</code>. It reads the conversations of the last 90 days from Intercom, within the share of its rate limit that live replies leave, and changes nothing there. Then load this page again.</p>",
]);

function madeWords({ builtAt, since, isMock }: PageAbout): string {
  if (isMock) return "Mock mode: what was typed on /chat since the start, counted at this moment.";
  if (builtAt === null || since === null) return "";
  return `Counted from what Intercom and the memory held at ${time(builtAt)}, conversations with something new since ${time(since)}. <code>npm run insight</code> counts anew.`;
}

function assumptionsFields(about: PageAbout): string {
  const { days, minutes, review, cost } = about.assumptions;
  const field = (name: string, label: string, value: number, step: string) =>
    `<label>${label} <input name="${name}" type="number" min="0" step="${step}" value="${value}"></label>`;
  return `<form class="assumptions" method="get" action="/insight">
  ${field("days", "Days", days, "1")}
  ${field("minutes", "Minutes for a reply by hand", minutes, "0.5")}
  ${field("review", "Minutes for a decision on a card", review, "0.5")}
  ${field("cost", "Dollars for a draft", cost, "0.0001")}
  <button class="primary">Count</button>
</form>
<p class="made">${madeWords(about)}</p>`;
}

function headline(insight: Insight, { assumptions }: PageAbout): string {
  const { turns, automatic, audited } = insight;
  const first =
    automatic.of === 0
      ? `No customer's message was answered in the last ${assumptions.days} days.`
      : `${percent(automatic.count / automatic.of)} of what customers asked in the last ${assumptions.days} days was answered by itself: ${number(automatic.count)} of ${number(automatic.of)} turns that were answered, ${number(turns)} in all.`;
  const second =
    audited.of === 0
      ? "No automatic reply was checked, so how many were right is not known: AUDIT_SAMPLE_PERCENT or a ladder has some of them checked."
      : `Of ${number(audited.of)} automatic replies that people checked, ${number(audited.count)} were right: ${percent(audited.from)} to ${percent(audited.to)}.`;
  return `<p class="headline">${first} ${second}</p>`;
}

function sectionsOf(insight: Insight, about: PageAbout): string[] {
  const { outcomes, said, review, corrections, durable } = insight;
  const used = turnOutcomes.filter((name) => outcomes[name] > 0);
  return [
    section("What became of it, by day", `${rules.turn} ${rules.automatic}`, [
      dayBars(insight.days),
      details(
        "As a table",
        table(
          "Customers' turns by day",
          ["Day", ...used.map((name) => outcomeWords[name])],
          [
            ...insight.days.map((day) => [
              day.day,
              ...used.map((name) => number(day.outcomes[name])),
            ]),
            ["All", ...used.map((name) => number(outcomes[name]))],
          ],
        ),
      ),
    ]),
    section("How good it is", rules.quality, [
      table(
        "People's decisions",
        ["What", "Right"],
        [
          ["Automatic replies that were checked", shareWords(insight.audited)],
          ["Drafts that were decided on", shareWords(insight.accepted)],
        ],
      ),
      note(rules.confidence),
      table(
        "Confidence and what came of it",
        ["Confidence", "Right"],
        insight.confidence
          .filter(({ right }) => right.of > 0)
          .map(({ from, to, right }) => [`${percent(from)} to ${percent(to)}`, shareWords(right)]),
      ),
    ]),
    section("Resolved for good", rules.durable, [
      table(
        "Conversations that automatic replies alone answered",
        ["", ""],
        [
          ["Stayed resolved", shareWords(durable)],
          ["Not counted yet", number(durable.tooYoung)],
        ],
      ),
    ]),
    section("How long it took", rules.times, [
      table(
        "Times",
        ["", ""],
        [
          ...insight.firstAnswer.map(({ by, times }) => [
            `First answer, ${outcomeWords[by]}`,
            timesWords(times),
          ]),
          ["Resolution", timesWords(insight.resolution)],
        ],
      ),
    ]),
    section("Where people came in", rules.escalation, [
      table(
        "Conversations by the customer's turn",
        ["Turn", "Conversations"],
        insight.escalations.map(({ turn, count }) => [turn, number(count)]),
      ),
      note(rules.reasons),
      table(
        "Reasons",
        ["Reason", "Turns"],
        insight.reasons.map(({ reason, count }) => [reasonWords(reason), number(count)]),
      ),
    ]),
    section("The people who decide", rules.review, [
      table(
        "Cards",
        ["", ""],
        [
          ["Decided", number(review.decided)],
          [
            "Sent, rejected, taken over",
            [review.sent, review.rejected, review.takenOver]
              .map((count) => number(count))
              .join(", "),
          ],
          ["Time to the decision", timesWords(review.times)],
          ["Minutes, as assumed", number(review.decided * about.assumptions.review)],
        ],
      ),
    ]),
    section("What customers say of it", rules.ratings, [
      table(
        "Ratings",
        ["Conversations", "Ratings", "Average", "Good"],
        insight.ratings.map(({ whose, count, average, good }) => [
          whose === "automatic"
            ? "answered by automatic replies alone"
            : "in which a teammate wrote",
          number(count),
          average === null ? "–" : number(average, 1),
          count === 0 ? "–" : percent(good / count),
        ]),
      ),
    ]),
    section("Who said how much", null, [
      table(
        "Messages in these conversations",
        ["Whose", "Messages"],
        [
          ["Customers", number(said.customer)],
          ["Teammates", number(said.teammate)],
          ["Other bots", number(said.bot)],
          ["This service", number(said.us)],
        ],
      ),
    ]),
    section("Topics", rules.topics, [
      table(
        "Topics",
        ["Topic", "Drafts right", "Automatic replies right"],
        insight.topics.map(({ topic, right, audits }) => [
          topic,
          shareWords(right),
          shareWords(audits),
        ]),
      ),
    ]),
    gapsSection(insight),
    section("Corrections", rules.corrections, [
      table(
        "Corrections",
        ["", ""],
        [
          ["Found wrong when checked", number(corrections.byAudit)],
          ["Found wrong by what the customer said", number(corrections.byCustomer)],
          ["Correction sent", number(corrections.sent)],
          ["Correction rejected", number(corrections.rejected)],
        ],
      ),
    ]),
    moneySection(insight, about),
    ...(about.shadow === null ? [] : [shadowSection(about.shadow)]),
    memoriesSection(insight, about),
  ];
}

/** Which memories to look at first, and where the replies that rest on one are listed. */
function memoriesSection({ wrongSources }: Insight, { memories }: PageAbout): string {
  const items = wrongSources.flatMap(({ id, replies }) => {
    const question = memories[id];
    if (question === undefined) return [];
    const href = `/memory#${encodeURIComponent(id)}`;
    return [
      `<li><a href="${escapeHtml(href)}">${escapeHtml(question)}</a>: ${number(replies)}</li>`,
    ];
  });
  return section("Memories behind wrong replies", rules.memories, [
    items.length === 0 ? empty : `<ul>${items.join("\n")}</ul>`,
  ]);
}

const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10);

function gapsSection({ gaps, gapGroups }: Insight): string {
  const items = gaps.map(({ text, url }) =>
    isWebAddress(url)
      ? `<li><a href="${escapeHtml(url)}" rel="noreferrer">${escapeHtml(text)}</a></li>`
      : `<li>${escapeHtml(text)}</li>`,
  );
  const groups = gapGroups.map(({ question, count, weeks }) => [
    question,
    number(count),
    weeks.map((week) => `${isoDay(week.monday)}: ${week.count}`).join(", "),
  ]);
  return section("What it had no answer to", rules.gaps, [
    ...(groups.length === 0
      ? []
      : [
          table(
            "Asked several times",
            ["Question", "Conversations", "By week, from its Monday"],
            groups,
          ),
        ]),
    items.length === 0 ? empty : `<ul>${items.join("\n")}</ul>`,
  ]);
}

function moneySection({ outcomes, review, drafted }: Insight, { assumptions }: PageAbout): string {
  const { minutes, review: reviewMinutes, cost } = assumptions;
  const accepted = outcomes.automatic + outcomes.reviewed;
  const hours = (accepted * minutes - review.decided * reviewMinutes) / 60;
  return section("Money and time", rules.money, [
    table(
      "By your assumptions",
      ["", ""],
      [
        ["Hours saved", number(hours, 1)],
        ["Drafts, as far as they show in Intercom", number(drafted)],
        ["Replies that went out", number(accepted)],
        [
          "Dollars for each of them",
          accepted === 0 ? "–" : `$${number((drafted * cost) / accepted, 4)}`,
        ],
      ],
    ),
  ]);
}

function shadowSection({ topics, weeks, waiting, unanswered }: ShadowSummary): string {
  const rows = (list: ShadowRow[]) =>
    list.map((one) => [
      one.name,
      number(one.drafts),
      number(one.wouldGoOut),
      number(one.compared),
      number(one.contradicted),
      one.known === 0 || one.known === one.contradicted
        ? "not known"
        : shareWords({ count: one.agreeing, of: one.known, from: one.from, to: one.to }),
    ]);
  const head = ["Drafts", "Would go out", "Compared", "Contradicted", "Would have done"];
  return section("In the shadow", rules.shadow, [
    table("By topic", ["Topic", ...head], rows(topics)),
    table("By week", ["Week from", ...head], rows(weeks)),
    `<p>${number(waiting)} wait for a teammate’s answer, ${number(unanswered)} never got one.</p>`,
  ]);
}

const empty = '<p class="empty">Nothing in this period.</p>';

function section(title: string, rule: string | null, content: string[]): string {
  const id = title.toLowerCase().replace(/[^a-z]+/g, "-");
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${rule === null ? "" : note(rule)}
${content.join("\n")}
</section>`;
}

function note(text: string): string {
  return `<p class="rule">${escapeHtml(text)}</p>`;
}

function details(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>${content}</details>`;
}

/** With a heading row unless its words are empty; the first cell of each row names it. */
function table(caption: string, head: string[], rows: string[][]): string {
  if (rows.length === 0) return empty;
  const headRow = head.some((word) => word !== "")
    ? `<thead><tr>${head.map((word) => `<th scope="col">${escapeHtml(word)}</th>`).join("")}</tr></thead>`
    : "";
  const body = rows.map(([name = "", ...cells]) => {
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`;
  });
  return `<div class="wide" role="region" aria-label="${escapeHtml(caption)}" tabindex="0"><table><caption>${escapeHtml(caption)}</caption>${headRow}<tbody>${body.join("\n")}</tbody></table></div>`;
}

function isWebAddress(url: string): boolean {
  return /^https?:$/.test(URL.parse(url)?.protocol ?? "");
}
