import { linkableTexts } from "../../core/knowledge/link-sources.ts";
import type { Drafter, DraftRequest, Prompts } from "../../core/ports.ts";
import type { Draft, Source } from "../../core/types.ts";
import { firstName } from "../../lib/first-name.ts";
import { languageOf } from "../../lib/language.ts";
import { unknownLinks } from "../../lib/links.ts";
import { type PhraseLanguage, phraseLanguages, phrases } from "./built-in-phrases.ts";
import { fittingPassage } from "./fitting-passage.ts";

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
      const opinion = opinionOn(request);
      const draft: Draft = {
        ...opinion,
        reasoning: `Written by the built-in drafter, which is not a language model. ${opinion.reasoning}`,
        unknownLinks: unknownLinks(opinion.reply, linkableTexts(request.recall.sources)),
        origin: {
          model: "built-in",
          promptHash: options.prompts?.hash() ?? null,
          prompt: options.prompts?.render(request) ?? { system: "", user: "" },
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

function opinionOn(request: DraftRequest): Opinion {
  const { conversation, turn, recall } = request;
  const texts = turn.messages.map(({ text }) => text);
  const language = languageToAnswerIn(texts, recall.sources);
  const say = phrases[language];
  const hasGreeted = turn.earlier.some(({ author }) => author.role === "us");
  const greeting = hasGreeted ? [] : [say.greeting(firstName(conversation.contact.name))];
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
  const passage = fittingPassage(best.text, texts.join("\n"));
  const link = best.url === null ? [] : [`${say.readMore}: [${linkText(best.title)}](${best.url})`];
  return {
    ...base,
    reply: [...greeting, passage, ...link].join("\n\n"),
    confidence: Math.min(1, Math.max(0, best.score)),
    intent: "question",
    usedSources: [best],
    reasoning: `The best passage recalled is "${best.title}"; its score is the confidence.`,
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

function languageToAnswerIn(texts: string[], sources: Source[]): PhraseLanguage {
  const recognised = phraseLanguages.find((language) => {
    return texts.some((text) => {
      const plain = withoutPunctuation(text);
      return phrases[language].thanks.test(plain) || phrases[language].hello.test(plain);
    });
  });
  const detected = languageOf(texts.join("\n")) ?? sources[0]?.language;
  return recognised ?? phraseLanguages.find((language) => language === detected) ?? "en";
}

function isAny(text: string, what: "thanks" | "hello" | "wantsPerson"): boolean {
  const plain = withoutPunctuation(text);
  // What holds no word at all is an emoji, a row of dots: nothing that asks.
  if (plain === "") return what === "thanks" && !text.includes("?");
  return phraseLanguages.some((language) => phrases[language][what].test(plain));
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
