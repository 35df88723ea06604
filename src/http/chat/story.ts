import { stringify } from "yaml";
import type { DraftView, Entry, SessionView } from "./protocol.ts";

/** What `test/journeys/stories.ts` calls what becomes of a draft. */
const ends: Record<DraftView["decision"]["action"], string> = {
  reply: "replied",
  review: "noted",
  note: "noted",
  "hand-off": "handed-over",
  offer: "offered",
  "stay-quiet": "no-answer-needed",
};
const lineWidth = 100;

/**
 * A session as a story of the tests: what the customer wrote, what the model answered, and what
 * becomes of it under production's policy. As YAML, to be put into `test/journeys/stories`.
 */
export function storyOf(view: SessionView, isFromIntercom: boolean, entries: Entry[]): string {
  const turns = turnsIn(entries);
  const article = turns.flatMap(({ draft }) => draft.sources).find(isQuotedArticle);
  const threshold = turns[0]?.draft.threshold;
  const story = {
    about: view.name,
    ...(article === undefined ? {} : { article: { title: article.title, text: article.text } }),
    steps: turns.map(({ said, draft }) => stepOf(said.join("\n\n"), draft)),
  };
  const about = [
    "A session of /chat. In test/journeys/stories/<name>/story.yaml it becomes a test; beside it stands",
    `policy.yaml with "mode: auto"${threshold === undefined ? "" : ` (the session had a threshold of ${threshold})`}.`,
    "Run it and look: /chat shows every draft as sent, so what follows one that a person was to see may",
    "come to another end. Only one article is taken along.",
    ...(isFromIntercom
      ? ["These are a real customer's words: replace what tells who they are."]
      : []),
  ];
  return `${about.map((line) => `# ${line}`).join("\n")}\n${stringify(story, { lineWidth })}`;
}

type StoryTurn = { said: string[]; draft: DraftView };

/** The customer's turns that were drafted for, each with the draft that counted in the end. */
function turnsIn(entries: Entry[]): StoryTurn[] {
  const turns: StoryTurn[] = [];
  let said: string[] = [];
  for (const entry of entries) {
    if (entry.type === "message" && entry.role === "customer") {
      said.push(entry.text);
      continue;
    }
    const draft = "draft" in entry ? entry.draft : null;
    if (draft === null || draft.state === "superseded" || said.length === 0) continue;
    turns.push({ said, draft });
    said = [];
  }
  return turns;
}

function stepOf(customer: string, draft: DraftView) {
  const { reply, confidence, intent, language, decision, sources } = draft;
  const used = sources.flatMap(({ isUsed }, index) => (isUsed ? [index + 1] : []));
  const outcome = ends[decision.action];
  return {
    customer,
    model: {
      reply,
      confidence,
      intent,
      language,
      used_sources: used,
      ...(decision.rule === "needs-human" ? { needs_human: true } : {}),
    },
    ends: outcome,
    ...(outcome === "replied" ? { hears: plainPiece(reply) } : {}),
  };
}

function isQuotedArticle({ kind, isUsed, isInternal }: DraftView["sources"][number]): boolean {
  return kind === "article" && isUsed && !isInternal;
}

/** The longest piece that stands in the reply's HTML as it does in its Markdown. */
function plainPiece(reply: string): string {
  const pieces = reply.match(/[\p{L}\p{N}][\p{L}\p{N} ,.]*/gu) ?? [];
  const [longest = ""] = pieces.sort((one, other) => other.length - one.length);
  return longest.trim();
}
