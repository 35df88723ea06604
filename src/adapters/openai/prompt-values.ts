import type { DraftRequest } from "../../core/ports.ts";
import type { Author, Part, Source } from "../../core/types.ts";
import { firstName } from "../../lib/first-name.ts";

/**
 * Characters, a third to a quarter as many tokens. They keep a flood of text from filling the
 * model's window, and are far above what people write.
 */
const maxLengths = { line: 300, link: 2000, source: 6000, historyPart: 3000, messages: 24_000 };

const kinds: Record<Source["kind"], string> = {
  answer: "answer given to another customer before",
  article: "help article",
  conversation: "this customer's earlier conversation",
};

const speakers: Record<Author["role"], string> = {
  customer: "customer",
  teammate: "teammate",
  bot: "another bot",
  us: "you",
};

/**
 * What the placeholders of `user.md` stand for. Everything that somebody else wrote is made unable
 * to end the delimiters it stands between.
 *
 * @param tags names of the tags by which the templates delimit data
 */
export function promptValues(request: DraftRequest, tags: string[]): object {
  const { conversation, turn, history, recall, revision } = request;
  const asData = createNeutraliser(tags);
  const line = (text: string | null) =>
    asData(shortened((text ?? "").replace(/\s+/g, " ").trim(), maxLengths.line));
  // A shortened link would be a wrong one.
  const link = (url: string | null) =>
    (url ?? "").length > maxLengths.link ? "" : asData((url ?? "").replace(/\s+/g, ""));
  const perMessage = Math.max(500, Math.floor(maxLengths.messages / turn.messages.length));

  return {
    today: isoDay(conversation.readAt),
    customerName: line(conversation.contact.name),
    firstName: line(firstName(conversation.contact.name)),
    subject: line(conversation.subject),
    customerFacts: conversation.shownFacts.map(({ name, value }) => ({
      name: line(name),
      value: line(value),
    })),
    isRecallIncomplete: recall.failures.length > 0,
    sources: recall.sources.map((source, index) => ({
      number: index + 1,
      kind: kinds[source.kind],
      title: line(source.title),
      url: link(source.url),
      language: line(source.language),
      date: source.at === null ? "" : isoDay(source.at),
      isInternal: source.isInternal,
      text: asData(shortened(source.text.trim(), maxLengths.source)),
    })),
    leftOutCount: turn.earlier.length - history.length,
    history: history.map((part) => ({
      speaker: speakerOf(part),
      ...said(part, maxLengths.historyPart),
    })),
    messages: turn.messages.map((part, index) => ({
      number: index + 1,
      speaker: speakerOf(part),
      ...said(part, perMessage),
    })),
    earlierDraft: asData(shortened(revision?.draft ?? "", maxLengths.messages)),
    instruction: asData(shortened(revision?.instruction ?? "", maxLengths.historyPart)),
  };

  /** Several contacts can take part; the reply is for the one who wrote last. */
  function speakerOf({ author }: Part): string {
    const isOther = author.role === "customer" && author.id !== turn.messages.at(-1)?.author.id;
    return isOther ? "another customer" : speakers[author.role];
  }

  function said(part: Part, maxLength: number): { time: string; text: string } {
    return { time: isoMinute(part.at), text: asData(shortened(part.text.trim(), maxLength)) };
  }
}

/**
 * Replaces the `<` of anything that reads like one of our tags (in any case, with spaces or
 * invisible characters in it, in full width) by `‹`. So do the control tokens of open models
 * (`<|im_start|>`), which some servers also recognise inside a message.
 */
function createNeutraliser(tags: string[]): (text: string) => string {
  const gap = "[\\s\\p{Cf}]*";
  const names = tags.map((tag) => [...tag].join("\\p{Cf}*"));
  const ourTags = names.length === 0 ? "" : `|${gap}[/／]?${gap}(?:${names.join("|")})(?![\\w-])`;
  const opening = new RegExp(`[<＜﹤](?=[|｜]${ourTags})`, "giu");
  return (text) => text.replace(opening, "‹");
}

/** Leaves out the middle: people put the question first or last. */
function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const head = Math.ceil(maxLength * 0.6);
  const tail = maxLength - head;
  const leftOut = text.length - maxLength;
  const parts = [text.slice(0, head), `[… ${leftOut} characters left out …]`, text.slice(-tail)];
  return parts.map((part) => part.toWellFormed()).join("\n");
}

function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function isoMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
