import { fittingPassage } from "../../core/knowledge/fitting-passage.ts";
import { linkableTexts } from "../../core/knowledge/link-sources.ts";
import { languageName } from "../../core/language-name.ts";
import type { Drafter, DraftRequest, Prompts } from "../../core/ports.ts";
import type { Draft, Source, Turn } from "../../core/types.ts";
import { customerLanguage, customerTexts } from "../../lib/customer-language.ts";
import { firstName } from "../../lib/first-name.ts";
import { unknownLinks } from "../../lib/links.ts";
import { type PhraseLanguage, phraseLanguages, phrases } from "./built-in-phrases.ts";

/** Characters of an article that one answer quotes. */
const longestPassage = 700;
const longestPassageAgain = 260;

/** What its drafts name as their model. */
export const builtInModel = "built-in";

/**
 * Drafts without a model, for trying the service out: the best passage recalled becomes the reply,
 * its score the confidence.
 *
 * @param options.prompts shown with each draft as what a model would have been told
 */
export function createBuiltInDrafter(options: { prompts?: Prompts } = {}): Drafter {
  return {
    async draft(request, signal) {
      signal.throwIfAborted();
      const opinion = await opinionOn(request);
      const draft: Draft = {
        ...opinion,
        reasoning: `Written by the built-in drafter, which is not a language model. ${opinion.reasoning}`,
        unknownLinks: unknownLinks(opinion.reply, linkableTexts(request.recall.sources)),
        origin: {
          model: builtInModel,
          promptHash: options.prompts?.hash() ?? null,
          prompt: options.prompts?.render(request) ?? { system: "", user: "", leftOut: [] },
          rawAnswer: opinion.reply,
          promptTokens: null,
          completionTokens: null,
          costUsd: null,
        },
      };
      return { draft };
    },
  };
}

type Opinion = Omit<Draft, "unknownLinks" | "origin">;

async function opinionOn(request: DraftRequest): Promise<Opinion> {
  const { conversation, turn, recall } = request;
  const texts = turn.messages.map(({ text }) => text);
  const { language, wanted } = await languageToAnswerIn(turn, recall.sources);
  const say = phrases[language];
  const hasGreeted = turn.earlier.some(({ author }) => author.role === "us");
  const greeting = [
    ...(hasGreeted ? [] : [say.greeting(firstName(conversation.contact.name))]),
    ...(wanted === language ? [] : [noWordsFor(wanted)]),
  ];
  const base = { language, usedSources: [], needsHuman: false };

  if (texts.every((text) => isAny(text, "thanks"))) {
    return {
      ...base,
      reply: "",
      confidence: 0.95,
      intent: "thanks",
      reasoning: "The customer only thanks or confirms, so no answer is needed.",
    };
  }
  if (texts.every((text) => isAny(text, "hello") || isAny(text, "thanks"))) {
    return {
      ...base,
      reply: [...greeting, say.howCanWeHelp].join("\n\n"),
      confidence: 0.9,
      intent: "other",
      reasoning: "The customer only greets.",
    };
  }

  const best = bestSource(recall.sources);
  const wantsPerson = texts.some((text) => isAny(text, "wantsPerson"));
  if (best === null || wantsPerson) {
    return {
      ...base,
      reply: [...greeting, say.handOver].join("\n\n"),
      confidence: 0.1,
      intent: wantsPerson ? "request" : "question",
      needsHuman: true,
      reasoning: wantsPerson
        ? "The customer asks for a person."
        : "Nothing was recalled that could answer this.",
    };
  }
  // Whoever asks on has read the whole: what they ask for now is a part of it.
  const maxLength = hasGreeted ? longestPassageAgain : longestPassage;
  const passage = fittingPassage(best.text, texts.join("\n"), maxLength);
  const link = best.url === null ? [] : [`${say.readMore}: [${linkText(best.title)}](${best.url})`];
  const isAngry = texts.some((text) => isAny(text, "angry") || isShouted(text));
  const scored = `The best passage recalled is "${best.title}"; its score is the confidence.`;
  return {
    ...base,
    reply: [...greeting, passage, ...link].join("\n\n"),
    confidence: Math.min(1, Math.max(0, best.score)),
    intent: isAngry ? "complaint" : "question",
    sentiment: isAngry ? "angry" : "calm",
    // Whoever is angry is not pacified by a passage of an article.
    needsHuman: isAngry,
    usedSources: [best],
    reasoning: isAngry ? `${scored} The customer is angry, so a person should answer.` : scored,
  };
}

/** What may be shown to a customer and answers something; earlier conversations only repeat it. */
function bestSource(sources: Source[]): Source | null {
  return sources
    .filter(({ kind, isInternal }) => kind !== "conversation" && !isInternal)
    .reduce<Source | null>((best, source) => {
      return best === null || source.score > best.score ? source : best;
    }, null);
}

/** The language that the customer wants, and the one of them that there are words for. */
async function languageToAnswerIn(
  turn: Turn,
  sources: Source[],
): Promise<{ language: PhraseLanguage; wanted: string }> {
  const plain = turn.messages.map(({ text }) => withoutPunctuation(text));
  const recognised = phraseLanguages.find((language) =>
    plain.some((text) => phrases[language].thanks.test(text) || phrases[language].hello.test(text)),
  );
  const wanted =
    recognised ??
    (await customerLanguage({
      said: null,
      ...customerTexts(turn),
      known: [sources[0]?.language ?? null],
    }));
  return { language: phraseLanguages.find((language) => language === wanted) ?? "en", wanted };
}

/** Said in English, which stands in for every language without words of its own. */
function noWordsFor(language: string): string {
  return `I have no words for ${languageName(language) ?? language} here, so this is in English.`;
}

function isAny(text: string, what: "thanks" | "hello" | "wantsPerson" | "angry"): boolean {
  const plain = withoutPunctuation(text);
  // What holds no word at all is an emoji, a row of dots: nothing that asks.
  if (plain === "") return what === "thanks" && !text.includes("?");
  return phraseLanguages.some((language) => phrases[language][what].test(plain));
}

/** Three exclamation marks in a row, or three words in capitals. */
function isShouted(text: string): boolean {
  return /[!?]*!{2}[!?]*!|(?:\p{Lu}{2,}\P{L}+){2}\p{Lu}{2,}/u.test(text);
}

function withoutPunctuation(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}'\s]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Square brackets would end the link's text. */
function linkText(title: string): string {
  return title.replace(/[[\]\\\n]/g, " ").trim() || "→";
}
