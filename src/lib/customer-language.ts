import { languageOfScript, loadLanguageOf, wordsIn } from "./language.ts";

/**
 * The language of a customer, by what may be trusted most.
 *
 * @param hints.said what the model says, ISO 639-1
 * @param hints.newest the messages to be answered
 * @param hints.earlier what the customer wrote before, oldest first
 * @param hints.known what is set for the customer, then what their browser says
 */
export async function customerLanguage(hints: {
  said: string | null;
  newest: string[];
  earlier: string[];
  known?: (string | null)[];
}): Promise<string> {
  const { said, newest, earlier, known = [] } = hints;
  const isOneWord = wordsIn(newest.join("\n")) <= 1 && languageOfScript(newest.join("\n")) === null;
  if (isOneWord && earlier.length > 0) {
    // "ok" and "Rechnung" alone switch no conversation to another language.
    const thread = (await loadLanguageOf())(earlier.slice(-3).join("\n"));
    if (thread !== null) return thread;
  }
  if (said !== null) return said;
  const detected = (await loadLanguageOf())([...earlier, ...newest].slice(-3).join("\n"));
  return detected ?? known.find((language) => language !== null) ?? "en";
}

type Said = {
  messages: { text: string }[];
  earlier: { text: string; author: { role: string } }[];
};

/** What the customer wrote, for `customerLanguage`. */
export function customerTexts({ messages, earlier }: Said): {
  newest: string[];
  earlier: string[];
} {
  return {
    newest: messages.map(({ text }) => text),
    earlier: earlier.filter(({ author }) => author.role === "customer").map(({ text }) => text),
  };
}
