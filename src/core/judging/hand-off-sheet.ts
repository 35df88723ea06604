import { isBlank } from "../blank.ts";
import type { HandOffSheet } from "../hand-off-sheet.ts";
import { isOurReply, repliesSinceOpened } from "../turn.ts";
import type { Conversation, Draft, Drafting, Source, Turn } from "../types.ts";
import { describedIntent } from "./described-intent.ts";

/** What the note and the card of a hand-off, or of an offer, are made of. */
export function handOffSheet(
  about: { conversation: Conversation; turn: Turn; drafting: Drafting; found: Source[] },
  decision: HandOffSheet["decision"],
): HandOffSheet {
  const { conversation, turn, drafting, found } = about;
  const draft = "draft" in drafting ? drafting.draft : null;
  const question = turn.messages.map(({ text }) => text).join("\n\n");
  const isUsable = draft !== null && !isBlank(draft.reply);
  const sources = isUsable ? draft.usedSources : [];
  const used = new Set(sources.map(({ id }) => id));
  return {
    decision,
    question,
    summary: draft?.summary ?? "",
    tried: {
      replies: repliesSinceOpened(conversation),
      last: turn.earlier.findLast(isOurReply)?.text ?? "",
    },
    signs: draft === null ? [] : signsIn(draft, question),
    customer: conversation.shownFacts,
    suggested: isUsable ? draft : null,
    missing: draft?.missing ?? [],
    translation: draft?.translation,
    sources,
    consulted: found.filter(({ id }) => !used.has(id)),
  };
}

function signsIn(draft: Draft, question: string): string[] {
  const { language, sentiment, urgency, topic, intent } = draft;
  const described = describedIntent(draft, question)?.replace("_", " ") ?? null;
  return [
    new Intl.DisplayNames(["en"], { type: "language", fallback: "code" }).of(language || "und"),
    sentiment,
    urgency === undefined ? undefined : `urgency ${urgency}`,
    described === null || described === intent ? intent : `${intent} (${described})`,
    topic ?? undefined,
  ].filter((sign) => sign !== undefined);
}
