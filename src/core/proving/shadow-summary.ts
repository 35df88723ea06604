import { isAgreeing, type ShadowCase } from "./shadow.ts";
import { wilsonInterval } from "./wilson.ts";

/** Drafts of one topic or one week beside what teammates said. */
export type ShadowRow = {
  /** "question · en", or the Monday of the week as YYYY-MM-DD. */
  name: string;
  drafts: number;
  /** Of those, what would have gone out by itself under `auto`. */
  wouldGoOut: number;
  compared: number;
  /** Of those compared: a number, date or link stands in no source or differs from the teammate's. */
  contradicted: number;
  /** Of those of which it is known whether they would have done. */
  known: number;
  agreeing: number;
  /** The 95 % interval of the share that would have done, 0 to 1. */
  from: number;
  to: number;
};

export type ShadowSummary = {
  waiting: number;
  unanswered: number;
  /** The topic with most drafts first. */
  topics: ShadowRow[];
  /** Oldest first, by when the customer wrote (UTC). */
  weeks: ShadowRow[];
};

const dayMs = 86_400_000;

/** Agreement of drafts in the shadow with what teammates said, by topic and over time. */
export function shadowSummary(cases: ShadowCase[]): ShadowSummary {
  const rows = (nameOf: (one: ShadowCase) => string) =>
    [...Map.groupBy(cases, nameOf)].map(([name, own]) => row(name, own));
  return {
    waiting: cases.filter(({ comparison }) => comparison === null).length,
    unanswered: cases.filter(({ comparison }) => comparison?.kind === "unanswered").length,
    topics: rows(({ topic, language }) => `${topic} · ${language}`).sort(
      (one, other) => other.drafts - one.drafts,
    ),
    weeks: rows(({ at }) => mondayOf(at)).sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

function row(name: string, cases: ShadowCase[]): ShadowRow {
  const compared = cases.flatMap(({ comparison }) =>
    comparison?.kind === "compared" ? [comparison] : [],
  );
  const known = cases.map(isAgreeing).filter((agrees) => agrees !== null);
  const agreeing = known.filter((agrees) => agrees).length;
  const { from, to } = wilsonInterval(agreeing, known.length);
  return {
    name,
    drafts: cases.length,
    wouldGoOut: cases.filter(({ would }) => would.startsWith("reply:")).length,
    compared: compared.length,
    contradicted: compared.filter(({ findings }) => findings.length > 0).length,
    known: known.length,
    agreeing,
    from,
    to,
  };
}

function mondayOf(at: number): string {
  const day = new Date(at);
  const sinceMonday = (day.getUTCDay() + 6) % 7;
  return new Date(at - sinceMonday * dayMs).toISOString().slice(0, 10);
}

/** The summary as text for a terminal. */
export function shadowReport(summary: ShadowSummary, hasJudge: boolean): string {
  const { topics, weeks, waiting, unanswered } = summary;
  if (topics.length === 0) {
    return "No draft has been made in the shadow yet. Set REPLY_MODE=shadow, or mode: shadow for a part of the conversations in the policy file; each customer's message then gets a draft that nobody sees.";
  }
  return [
    "Drafts that nobody saw, beside what teammates said:",
    "",
    ...table("topic", topics),
    "",
    ...table("week from", weeks),
    "",
    `${waiting} wait for a teammate's answer, ${unanswered} never got one.`,
    "“contradicted”: a number or link stands in no source, or a number differs from the teammate's.",
    hasJudge
      ? "“would have done”: not contradicted, and JUDGE_MODEL says it could have gone out unchanged. It is a model's word and opens no automatic replies: those are earned on the ladder."
      : "Without JUDGE_MODEL it is only known which drafts were contradicted, not which would have done.",
  ].join("\n");
}

function table(title: string, rows: ShadowRow[]): string[] {
  const head = [title, "drafts", "would go out", "compared", "contradicted", "would have done"];
  const lines = rows.map((one) => [
    one.name,
    String(one.drafts),
    String(one.wouldGoOut),
    String(one.compared),
    String(one.contradicted),
    doneWords(one),
  ]);
  const widths = head.map((word, column) =>
    Math.max(word.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  return [head, ...lines].map((line) =>
    line
      .map((word, column) =>
        column === 0 ? word.padEnd(widths[column] ?? 0) : word.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
}

/** "18 of 20: 70 to 97 %" */
function doneWords({ known, agreeing, contradicted, from, to }: ShadowRow): string {
  if (known === 0 || known === contradicted) return "not known";
  return `${agreeing} of ${known}: ${Math.round(from * 100)} to ${Math.round(to * 100)} %`;
}
