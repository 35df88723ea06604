import type { DraftRequest } from "../../core/ports.ts";
import type { Author, Part, Source } from "../../core/types.ts";
import { firstName } from "../../lib/first-name.ts";
import { estimateTokens } from "../../lib/tokens.ts";
import { spendBudget } from "./prompt-budget.ts";

/** Characters of what stands on one line, and of what a teammate wants to be different. */
const maxLengths = { line: 300, link: 2000, earlierDraft: 12_000, instruction: 3000 };

/** What the tags, the time and the speaker around an entry cost. */
const tokensOfTags = 30;
/** What one image costs, about: OpenAI's models take 85 to 1,445 tokens for one. */
const tokensOfImage = 1_000;
/** However much else there is, the customer's words have their place. */
const fewestForTexts = 1_000;

const kinds: Record<Source["kind"], string> = {
  answer: "answer given to another customer before",
  "saved-reply":
    "the team's saved reply for such questions; an article outweighs it, and it outweighs an answer given to another customer",
  article: "help article",
  conversation: "this customer's earlier conversation",
  lookup: "looked up for this customer just now",
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
 * @param tokens what messages, sources and history may cost together
 */
export function promptValues(
  request: DraftRequest,
  tags: string[],
  tokens: number,
): { values: object; leftOut: string[]; wholeTexts: { key: string; text: string }[] } {
  const { conversation, turn, history, recall, revision, attachments = [] } = request;
  const earlierDraft = shortened(revision?.draft ?? "", maxLengths.earlierDraft);
  const instruction = shortened(revision?.instruction ?? "", maxLengths.instruction);
  const lines = [
    earlierDraft,
    instruction,
    ...recall.sources.flatMap(({ title, url }) => [title, url ?? ""]),
    ...conversation.shownFacts.flatMap(({ name, value }) => [name, value]),
    ...attachments.map(({ name }) => name ?? ""),
  ];
  const entries =
    turn.messages.length + recall.sources.length + history.length + attachments.length;
  const images = attachments.filter(({ kind }) => kind === "image").length;
  const beside = estimateTokens(lines.join("")) + entries * tokensOfTags + images * tokensOfImage;
  const fitting = spendBudget(request, Math.max(fewestForTexts, tokens - beside));
  const shownHistory = history.slice(history.length - fitting.history.length);
  const asData = createNeutraliser(tags);
  const line = (text: string | null) =>
    asData(shortened((text ?? "").replace(/\s+/g, " ").trim(), maxLengths.line));
  // A shortened link would be a wrong one.
  const link = (url: string | null) =>
    (url ?? "").length > maxLengths.link ? "" : asData((url ?? "").replace(/\s+/g, ""));

  const texts = attachments.filter((one) => one.kind === "text");
  const shownTexts = fitting.attachments.map(asData);
  const wholeTexts = texts.flatMap((one, index) => {
    const isWhole = one.isWhole && fitting.attachments[index] === one.text;
    return isWhole ? [{ key: one.key, text: shownTexts[index] ?? "" }] : [];
  });

  const values = {
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
      // Of an internal article the model may not even hear the title.
      outdatedBy: line(source.outdated?.isInternal === false ? source.outdated.title : ""),
      text: asData(fitting.sources[index] ?? ""),
    })),
    leftOutCount: turn.earlier.length - shownHistory.length,
    history: shownHistory.map((part, index) => ({
      speaker: speakerOf(part),
      ...said(part, fitting.history[index]),
    })),
    messages: turn.messages.map((part, index) => ({
      number: index + 1,
      speaker: speakerOf(part),
      ...said(part, fitting.messages[index]),
    })),
    attachments: attachments.map((one, index) => ({
      number: index + 1,
      message: one.messageNumber,
      name: line(one.name),
      isImage: one.kind === "image",
      text: one.kind === "image" ? "" : (shownTexts[texts.indexOf(one)] ?? ""),
    })),
    rejections: (request.rejections ?? []).map((reason) => ({ reason: line(reason) })),
    guidance: (request.guidance ?? []).map((sentence) => ({
      sentence: asData(sentence.replace(/\s+/g, " ").trim()),
    })),
    earlierDraft: asData(earlierDraft),
    instruction: asData(instruction),
  };
  return { values, leftOut: fitting.leftOut, wholeTexts };

  /** Several contacts can take part; the reply is for the one who wrote last. */
  function speakerOf({ author }: Part): string {
    const isOther = author.role === "customer" && author.id !== turn.messages.at(-1)?.author.id;
    return isOther ? "another customer" : speakers[author.role];
  }

  function said(part: Part, text = ""): { time: string; text: string } {
    return { time: isoMinute(part.at), text: asData(text) };
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
