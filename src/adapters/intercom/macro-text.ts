import { articleText } from "../../lib/html-to-text.ts";

/** What no text of Intercom's holds: between them stands what is to be filled in. */
const [opening, closing] = ["\uE000", "\uE001"];
const quoteAtBegin = /^(?:["'“”]|&quot;|&#39;)/;
const quoteAtEnd = /(?:["'“”]|&quot;|&#39;)$/;
/** A greeting or a farewell: so many words before a name, at most. */
const mostGreetingWords = 4;
const named = `${opening}([^${opening}${closing}]*)${closing}`;
const gap = new RegExp(named, "g");
/** "Best wishes, …!" and nothing after it. */
const byNameAlone = new RegExp(`^[^${opening}]*${named}[\\s\\p{P}]*$`, "u");
/** "Hi …, ", and what it is about after it. */
const byNameFirst = new RegExp(`^[^${opening}]{0,30}${named}[,!.:;]\\s+(?=\\S)`);

/**
 * What a macro says, without what Intercom fills in for each customer: no code of a template is left.
 *
 * A default stands in its place. A greeting or farewell by name is left out: whoever writes the reply
 * greets themselves. Anything else that would be filled in is named in brackets.
 *
 * @param body HTML with `<attribute key="user.name" default="there"/>`, or text with
 *   `{{user.name | fallback: "there"}}`
 * @returns `hasGaps` where something in brackets is left, so that it cannot be said as it stands
 */
export function macroText(body: string): { text: string; hasGaps: boolean } {
  let hasGaps = false;
  const marked = body
    .replace(/[\uE000\uE001]/g, "")
    .replace(/<attribute\b([^<>]*)>(?:<\/attribute>)?/gi, (_all, said: string) => {
      const key = /\bkey="([^"]*)"/i.exec(said)?.[1] ?? "";
      return /\bdefault="([^"]+)"/i.exec(said)?.[1] ?? toFill(key);
    })
    .replace(/\{\{([^{}]*)\}\}/g, (_all, said: string) => {
      const [key = "", ...filters] = said.split("|");
      return defaultIn(filters.join("|")) ?? toFill(key);
    })
    // Conditions and loops: what they would show is not known.
    .replace(/\{%[^{}]*%\}/g, () => toFill(""));
  const lines = articleText(marked)
    .split("\n")
    .flatMap((line) => {
      const plain = withoutGreeting(line);
      return plain === null ? [] : [plain.replace(gap, inBrackets)];
    });
  const text = lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return { text, hasGaps };

  function inBrackets(_all: string, key: string): string {
    hasGaps = true;
    return `[${key.trim().split(".").at(-1)?.replaceAll("_", " ") || "…"}]`;
  }
}

function toFill(key: string): string {
  return `${opening}${key.trim()}${closing}`;
}

/** `fallback: "there"`, its quotation marks as HTML may write them. */
function defaultIn(filters: string): string | null {
  const said = /\bfallback\s*:\s*(.*)$/i.exec(filters)?.[1]?.trim() ?? "";
  return said.replace(quoteAtBegin, "").replace(quoteAtEnd, "") || null;
}

/** @returns `null` where nothing is left of the line */
function withoutGreeting(line: string): string | null {
  const [before = ""] = line.split(opening, 1);
  const words = before.match(/[\p{L}\p{N}]+/gu) ?? [];
  const alone = byNameAlone.exec(line)?.[1];
  if (alone !== undefined && isName(alone) && words.length <= mostGreetingWords) return null;
  const first = byNameFirst.exec(line);
  if (first === null || !isName(first[1] ?? "")) return line;
  const rest = line.slice(first[0].length);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

function isName(key: string): boolean {
  return /(?:^|[._])(?:first_?name|last_?name|name)$/i.test(key) && !/company|product/i.test(key);
}
