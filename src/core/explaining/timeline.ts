import { markOf } from "../note-marks.ts";
import { isAnswer } from "../turn.ts";
import type { Conversation, Part } from "../types.ts";
import type { KnownOf } from "./recent-journeys.ts";
import { explainLook, hintWords, markWords, sentences } from "./wording.ts";

/** Something that happened to a conversation. */
export type Moment = {
  /** ISO 8601; what Intercom says is known to the second. */
  at: string;
  /** By whose word it is known. */
  source: "intercom" | "service";
  /** The part of the conversation that it is about, if one is. */
  partId: string | null;
  words: string;
};

/** What the conversation itself tells. Of what customers and teammates wrote only how much it was. */
export function momentsIn({ parts }: Conversation): Moment[] {
  return parts.flatMap((part) => {
    const moment = (words: string): Moment => ({
      at: new Date(part.at).toISOString(),
      source: "intercom",
      partId: part.id,
      words,
    });
    const changes = [
      ...(part.opens ? [sentences.opened] : []),
      ...(part.assignedTo === null ? [] : [sentences.assigned]),
      ...(part.closes ? [sentences.closed] : []),
    ];
    return [...saidIn(part), ...changes].map(moment);
  });
}

function saidIn(part: Part): string[] {
  const { kind, author, text, attachments } = part;
  if (kind === "event") return [];
  if (kind === "note") {
    const mark = markOf(part);
    return [mark === null ? sentences.teammateNoted(author.name) : markWords[mark.outcome]];
  }
  switch (author.role) {
    case "customer":
      return [sentences.customerWrote(text.length, attachments.length)];
    case "us":
      return [sentences.weReplied];
    case "teammate":
      return [sentences.teammateReplied(author.name)];
    case "bot":
      return [isAnswer(part) ? sentences.botReplied(author.name) : sentences.botSpoke(author.name)];
  }
}

/** What the running service remembers. */
export function momentsKnown({ hints, looks }: KnownOf): Moment[] {
  const noted = hints.map(({ at, from, partId }) => ({
    at: new Date(at).toISOString(),
    source: "service" as const,
    partId,
    words: hintWords[from],
  }));
  const looked = looks.map((look) => ({
    at: new Date(look.endedAt).toISOString(),
    source: "service" as const,
    partId: look.basePartId,
    words: explainLook(look),
  }));
  return [...noted, ...looked];
}
