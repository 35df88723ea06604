import { htmlToText, mailHtmlToText, quoteMarks } from "./html-to-text.ts";
import {
  beginsHeaderBlock,
  introducesForward,
  introducesQuote,
  isForwardedSubject,
  isProgramsSignature,
  isSignatureMark,
  saysAnswersStandBelow,
  separatesHistory,
} from "./mail-lines.ts";
import { isHtml } from "./message-text.ts";

/** Longer mails are left as they are: finding the customer's words in them is not worth the time. */
const maximumCharacters = 100_000;
/** A signature has few lines, and short ones. */
const longestSignature = 10;
const longestSignatureLine = 100;
/** A line that introduces a quotation is wrapped into so many at most. */
const mostWrappedLines = 3;

/**
 * What somebody wrote in a mail, without the history that their program quoted and without their
 * signature.
 *
 * Nothing that somebody wrote is given up for it: a forwarded mail stays whole, where words follow a
 * quotation it stays above them (they answer it), and where nothing would be left, all is kept.
 * Containers that mail programs put around a quotation count first, then the lines that introduce
 * one. Linear in the length of the mail.
 *
 * @param body as Intercom gives it: HTML or plain text
 * @param subject tells a forwarded mail from an answer
 */
export function mailText(body: string, subject: string | null): string {
  const isMarkup = isHtml(body);
  const whole = isMarkup ? htmlToText(body) : body.trim();
  if (body.length > maximumCharacters || isForwardedSubject(subject ?? "")) return whole;
  const lines = (isMarkup ? mailHtmlToText(body) : body.trim()).split("\n");
  const own = ownLines(lines);
  return own === null ? whole : withoutSignature(own) || whole;
}

/** The lines above the history, or `null` where nothing may be cut. */
function ownLines(lines: string[]): string[] | null {
  const start = historyStart(lines);
  if (start === null) return withoutMarks(lines);
  const own = withoutMarks(lines.slice(0, start.index));
  if (own.some(introducesForward) || introducesForward(lines[start.index] ?? "")) return null;
  if (isBlank(own)) return null;
  if (start.kind === "quotation") {
    const below = lines.slice(endOfQuotation(lines, start.index));
    if (withoutSignature(withoutMarks(below)) !== "") return null;
  } else if (saysAnswersStandBelow(own.join("\n"))) return null;
  return own;
}

type Start = { index: number; kind: "quotation" | "history" };

/**
 * Where the quoted history begins. `quotation`: its lines are marked as quoted, so that words below
 * them are seen; `history`: everything from there on.
 */
function historyStart(lines: string[]): Start | null {
  for (const [index, line] of lines.entries()) {
    if (line.startsWith(quoteMarks.historyBegins)) return { index, kind: "history" };
    if (line.startsWith(quoteMarks.quoted)) return { index, kind: "quotation" };
    if (beginsHeaderBlock(lines, index)) {
      const above = lines[index - 1] ?? "";
      return { index: separatesHistory(above) ? index - 1 : index, kind: "history" };
    }
    const introduction = introductionAt(lines, index);
    if (introduction > 0) {
      const next = lines.slice(index + introduction).find((one) => one.trim() !== "");
      return { index, kind: next !== undefined && isQuoted(next) ? "quotation" : "history" };
    }
  }
  return null;
}

/**
 * How many lines an introduction takes that begins here; 0 where none does. Of lines that could all
 * belong to it, it takes the fewest: those above are somebody's words.
 */
function introductionAt(lines: string[], index: number): number {
  const block: string[] = [];
  for (const line of lines.slice(index, index + mostWrappedLines)) {
    if (line.trim() === "" || isQuoted(line)) return 0;
    block.push(line.trim());
    if (introducesQuote(block.join(" "))) {
      const isShorter = block.some(
        (_, first) => first > 0 && introducesQuote(block.slice(first).join(" ")),
      );
      return isShorter ? 0 : block.length;
    }
  }
  return 0;
}

/** Behind the last line that is marked as quoted, counted from where the quotation begins. */
function endOfQuotation(lines: string[], start: number): number {
  const first = lines.findIndex((line, index) => index >= start && isQuoted(line));
  let end = first < 0 ? lines.length : first;
  while (end < lines.length && (isQuoted(lines[end] ?? "") || lines[end]?.trim() === "")) end += 1;
  return end;
}

function isQuoted(line: string): boolean {
  return line.startsWith(quoteMarks.quoted) || /^\s*[>＞]/.test(line);
}

function withoutMarks(lines: string[]): string[] {
  return lines.map((line) =>
    line.replaceAll(quoteMarks.quoted, "").replaceAll(quoteMarks.historyBegins, ""),
  );
}

/** The lines as text, without a signature that a mark or a program sets off. */
function withoutSignature(lines: string[]): string {
  let end = lines.length;
  const mark = lines.findLastIndex(isSignatureMark);
  if (mark >= 0 && looksLikeSignature(lines.slice(mark + 1))) end = mark;
  while (end > 0 && isBlankOrProgram(lines[end - 1] ?? "")) end -= 1;
  return lines.slice(0, end).join("\n").trim();
}

function isBlankOrProgram(line: string): boolean {
  return line.trim() === "" || isProgramsSignature(line);
}

/** Names, addresses and numbers; a question is never part of a signature. */
function looksLikeSignature(lines: string[]): boolean {
  const written = lines.filter((line) => line.trim() !== "");
  return (
    written.length <= longestSignature &&
    written.every((line) => line.length <= longestSignatureLine && !/[?？]/.test(line))
  );
}

function isBlank(lines: string[]): boolean {
  return lines.every((line) => line.trim() === "");
}
