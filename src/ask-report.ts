import { surenessOf } from "./core/judging/sureness.ts";
import {
  confidenceWords,
  explainDecision,
  explainOutcome,
  percent,
} from "./core/judging/wording.ts";
import { explanationWithAdvice } from "./core/no-draft.ts";
import type { Draft, JourneyReport, Policy, Source } from "./core/types.ts";

/** A journey as text for a terminal: what was decided and why, the draft, its sources, the times. */
export function askReport(report: JourneyReport, policy: Policy): string {
  const { turn, recall, drafting, decision, outcome } = report;
  const question = turn?.messages.map(({ text }) => text).join("\n") ?? "(no unanswered message)";
  const sections = [titled("Question", question)];

  if (decision === null || drafting === null || "noDraft" in drafting) {
    const why =
      drafting !== null && "noDraft" in drafting
        ? explanationWithAdvice(drafting.noDraft)
        : `${explainOutcome(outcome)}.`;
    return [...sections, titled("No draft", why), timings(report)].join("\n\n");
  }

  const { draft } = drafting;
  const { action, reason } = decision;
  const { confidenceThreshold } = policy;
  const reach = (surenessOf(draft, policy) ?? 0) >= confidenceThreshold ? "reaches" : "is below";
  sections.push(
    titled("Decision", `${action} (${reason}): ${explainDecision(decision)}.`),
    titled(
      "Confidence",
      `${confidenceWords(draft)}, which ${reach} the threshold of ${percent(confidenceThreshold)}.\n${draft.reasoning}`,
    ),
    titled(`Draft (${saidOf(draft)})`, draft.reply || "(empty)"),
    titled("Sources (* used)", sourceLines(recall?.sources ?? [], draft.usedSources)),
  );
  for (const failure of recall?.failures ?? []) sections.push(titled("Not asked", failure));
  sections.push(timings(report), titled("Model", modelLine(draft.origin)));
  return sections.join("\n\n");
}

/** "en, problem, billing, frustrated, urgency high", as far as it is said. */
function saidOf({ language, intent, topic, sentiment, urgency }: Draft): string {
  const how = urgency === undefined ? null : `urgency ${urgency}`;
  return [language, intent, topic, sentiment, how].filter(Boolean).join(", ");
}

function sourceLines(sources: Source[], used: Source[]): string {
  if (sources.length === 0) return "(nothing that fits was found)";
  const usedIds = new Set(used.map(({ id }) => id));
  return sources
    .map(({ id, kind, score, title, url }) => {
      const mark = usedIds.has(id) ? "*" : " ";
      return `${mark} ${score.toFixed(2)}  ${kind.padEnd(12)}  ${title}${url === null ? "" : `  ${url}`}`;
    })
    .join("\n");
}

function timings({ steps }: JourneyReport): string {
  const width = Math.max(0, ...steps.map(({ name }) => name.length));
  const rows = steps.map(({ name, startedMs, durationMs }) => {
    return `${name.padEnd(width)}  ${String(durationMs).padStart(6)} ms  from ${startedMs} ms on`;
  });
  return titled("Timings", rows.join("\n"));
}

function modelLine(origin: {
  model: string;
  promptTokens: number | null;
  completionTokens: number | null;
  costUsd: number | null;
}): string {
  const { model, promptTokens, completionTokens, costUsd } = origin;
  if (promptTokens === null) return `${model}, which reports no tokens`;
  const cost = costUsd === null ? "" : `, $ ${costUsd.toFixed(5)}`;
  return `${model}: ${promptTokens} tokens read, ${completionTokens ?? "?"} written${cost}`;
}

function titled(title: string, text: string): string {
  const indented = text
    .split("\n")
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
  return `${title}\n${indented}`;
}
