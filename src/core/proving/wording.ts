import type { Policy } from "../types.ts";
import type { JudgedCases } from "./judged-drafts.ts";
import type { Ladder, LadderTerms, TopicStanding } from "./ladder.ts";
import type { Move, MoveEvidence } from "./ladder-moves.ts";

/**
 * The ladder as text for a terminal.
 *
 * @param inForce the topics that were let go out by themselves; `null`: the policy has no ladder
 */
export function ladderReport(
  { topics, leftOut }: Ladder,
  terms: LadderTerms,
  { replyMode, thresholdOn }: Pick<Policy, "replyMode" | "thresholdOn">,
  notCases: Pick<JudgedCases, "unreadable" | "tryOuts">,
  inForce: Move[] | null,
): string {
  const { errorLimit, delta, model, promptHash, confidenceThreshold } = terms;
  const right = percentOf(1 - errorLimit);
  const number = thresholdOn === "calibrated" ? "calibrated confidence" : "confidence";
  return [
    `Which topics have earned automatic replies: those of whose drafts at least ${right} are right.`,
    `How probable it is that any topic earns it undeservedly: at most ${percentOf(delta)}, however often you look.`,
    "",
    `Counted are decisions about drafts of ${model} with the present prompts (${promptHash ?? "none"}) that`,
    `nothing but REPLY_MODE or a rule of the policy kept back, with a ${number} of ${percentOf(confidenceThreshold)} or more.`,
    `REPLY_MODE is ${replyMode}. This command changes nothing.`,
    "",
    ...(topics.length === 0
      ? [noDecisions]
      : topics.flatMap((topic) => [...topicLines(topic, inForce), ""])),
    ...leftOutLines({ ...leftOut, ...notCases }),
    ...(inForce === null ? earnedLines(topics) : []),
  ]
    .join("\n")
    .trimEnd();
}

const noDecisions = `Nobody has decided about such a draft yet. Set REPLY_MODE=review and have drafts approved, edited or
rejected in Slack: each decision counts, and every topic needs some hundred of them.
`;

/** What speaks for a topic, as the terminal and the card say it. */
export function evidenceWords({
  decisions,
  wrong,
  wrongAtMost,
  evidence,
  needed,
}: Omit<MoveEvidence, "audits">): string {
  const share = `${counted(decisions, "decision")}, ${wrong} wrong`;
  const value = `e-value ${shortNumber(evidence)} of ${shortNumber(needed)} needed`;
  return `${share}; ${value}; looked at once: at most ${percentOf(wrongAtMost)} wrong`;
}

/** What took automatic replies from a topic. */
export function alarmWords({ audits }: Pick<MoveEvidence, "audits">): string {
  return `${counted(audits.count, "audit")} of sent replies, ${audits.wrong} wrong; alarm ${shortNumber(audits.alarm)} of 100`;
}

/** "question · en" */
export function topicName({
  topic,
  intent,
  language,
}: Pick<TopicStanding, "topic" | "intent" | "language">): string {
  return `${topic ?? intent} · ${language}`;
}

/** Who let it go out by itself, where the policy has the ladder. */
function letWords(topic: TopicStanding, inForce: Move[] | null): string {
  if (inForce === null) return "";
  const move = inForce.find((one) => topicName(one) === topicName(topic));
  if (move === undefined) return topic.stands === "automatic" ? ", waits to be let" : "";
  const day = new Date(move.at).toISOString().slice(0, 10);
  return `, goes out by itself since ${day} (${move.by === null ? "by the policy" : `let by ${move.by}`})`;
}

function topicLines(topic: TopicStanding, inForce: Move[] | null): string[] {
  const { stillNeeded, audits, stands } = topic;
  return [
    `${topicName(topic)}: ${standingWords[stands]}${letWords(topic, inForce)}`,
    `  ${evidenceWords(topic)}`,
    ...(audits.count === 0 ? [] : [`  ${alarmWords(topic)}`]),
    ...(stillNeeded === 0
      ? []
      : [
          `  not yet: ${counted(stillNeeded, "more decision")} ${stillNeeded === 1 ? "is" : "are"} needed if none of them is wrong`,
        ]),
  ];
}

const standingWords = {
  review: "review",
  automatic: "automatic (earned)",
  "back-in-review": "review again: too many of its replies were found wrong",
} as const;

function leftOutLines(
  leftOut: Ladder["leftOut"] & Pick<JudgedCases, "unreadable" | "tryOuts">,
): string[] {
  const lines = [
    [leftOut.otherDrafts, "about drafts of another model or of other prompts"],
    [leftOut.notForThreshold, "about drafts that go to people anyway"],
    [leftOut.sameConversation, "in conversations of which one counts already"],
    [leftOut.tryOuts, "about what was typed on /chat"],
    [leftOut.unreadable, "from before it was kept what they judged"],
  ] as const;
  const shown = lines.filter(([count]) => count > 0);
  if (shown.length === 0) return [];
  return ["Not counted:", ...shown.map(([count, why]) => `  ${count} ${why}`), ""];
}

/** What to write where, once a topic has earned it. */
function earnedLines(topics: TopicStanding[]): string[] {
  const earned = topics.filter(({ stands }) => stands === "automatic");
  if (earned.length === 0) return [];
  return [
    "To let the earned topics go out by themselves, these rules in the policy file (docs/policy.md);",
    "AUDIT_SAMPLE_PERCENT=20 then shows within weeks if they get worse:",
    "",
    "mode:",
    ...earned.map((topic) => {
      const hasTopics = topics.some((one) => one.topic !== null);
      const when = [...aboutOf(topic, hasTopics), `language: [${topic.language}]`].join(", ");
      return `  - { name: ${JSON.stringify(`earned: ${topicName(topic)}`)}, when: { ${when} }, mode: auto }`;
    }),
  ];
}

/** As the policy file says it; JSON is YAML too. */
function aboutOf({ topic, intent }: TopicStanding, hasTopics: boolean): string[] {
  if (topic !== null) return [`topic: [${JSON.stringify(topic)}]`];
  return [...(hasTopics ? ["topic: [none]"] : []), `intent: [${intent}]`];
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function percentOf(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function shortNumber(value: number): string {
  if (value >= 100_000) return "over 100,000";
  return value >= 10 ? String(Math.floor(value)) : value.toFixed(1);
}
