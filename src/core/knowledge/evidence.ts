import { markdownLink, plainText, sentencesOf, stemOf, stemsOf } from "../sentences.ts";
import type { Quote, Source } from "../types.ts";

/** One sentence of a reply, and the stretch of a source that says the same in similar words. */
export type Evidence = {
  /** As the customer reads it, without Markdown's signs. */
  sentence: string;
  /** `null` where no source says anything like it. */
  source: Source | null;
  /** The stretch of that source, cut where words begin and end that both have; empty without one. */
  quote: { text: string; isShared: boolean }[];
  /** Numbers of the sentence that stand in no source that it may rest on, nor in the conversation. */
  unknownNumbers: string[];
};

/**
 * From this share of a sentence's words on, weighted by how rare they are, a passage counts as saying
 * the same. It is a help for the eye and decides nothing: a paraphrase below it is only not found,
 * and a sentence above it may still twist what it repeats.
 */
const leastShared = 0.5;
/** A second sentence joins the quote only where it adds this much of the share. */
const leastGain = 0.15;
/** "Hello Ada," asserts nothing. */
const leastWords = 2;

/**
 * Where each sentence of a reply comes from, by the words that they share; sources in another
 * language than the reply can be found by names and numbers only.
 *
 * @param reply Markdown
 * @param sources.used those that the draft names; they are looked through first
 * @param sources.others what else was found
 * @param sources.quotes passages of them that the model copied; they go before all else
 * @param said what was said in the conversation, from which numbers may come
 * @returns the sentences in their order, without those that assert nothing, such as greetings
 */
export function evidenceFor(
  reply: string,
  sources: { used: Source[]; others: Source[]; quotes?: readonly Quote[] | undefined },
  said: string[],
): Evidence[] {
  const copied = quotedStretches(sources.quotes ?? [], [...sources.used, ...sources.others]);
  const used = stretchesOf(sources.used);
  const others = stretchesOf(sources.others);
  const weightOf = weightsIn([...used, ...others]);
  const named = sources.used.length > 0 ? sources.used : sources.others;
  const known = new Set(
    [...named.map(wholeOf), ...said].flatMap(writtenNumbersIn).map(plainNumber),
  );
  const isKnown = (number: string, from: Source | null) =>
    known.has(plainNumber(number)) ||
    (from !== null &&
      writtenNumbersIn(wholeOf(from)).map(plainNumber).includes(plainNumber(number)));

  const links = [...reply.matchAll(markdownLink)].map(([, words = "", url = ""]) => ({
    words,
    url,
  }));
  return sentencesOf(plainText(reply))
    .filter((sentence) => stemsOf(sentence).size >= leastWords)
    .map((sentence) => {
      const stems = stemsOf(sentence);
      const found =
        bestStretch(stems, copied, weightOf) ??
        bestStretch(stems, used, weightOf) ??
        bestStretch(stems, others, weightOf) ??
        linkedSource(sentence, links, [...sources.used, ...sources.others]);
      const source = found?.source ?? null;
      return {
        sentence,
        source,
        quote: found === null ? [] : marked(found.text, stems),
        unknownNumbers: writtenNumbersIn(sentence).filter((number) => !isKnown(number, source)),
      };
    });
}

const wholeOf = ({ title, text }: Source) => `${title} ${text}`;

type Stretch = { source: Source; text: string; stems: Set<string> };

/** Each sentence of the sources, and each two in a row; of an article its title as well. */
function stretchesOf(sources: Source[]): Stretch[] {
  return sources.flatMap((source) => {
    const sentences = sentencesOf(plainText(source.text));
    const pairs = sentences.slice(1).map((next, index) => `${sentences[index]} ${next}`);
    return [source.title, ...sentences, ...pairs].map((text) => ({
      source,
      text,
      stems: stemsOf(text),
    }));
  });
}

/** What the model copied and stands there; what it made up is nothing to show. */
function quotedStretches(quotes: readonly Quote[], sources: Source[]): Stretch[] {
  return quotes.flatMap(({ sourceId, text, isStanding }) => {
    const source = sources.find(({ id }) => id === sourceId);
    if (source === undefined || !isStanding) return [];
    const plain = plainText(text);
    return [{ source, text: plain, stems: stemsOf(plain) }];
  });
}

/** How much a word tells: one that stands everywhere tells little. */
function weightsIn(stretches: Stretch[]): (stem: string) => number {
  const counts = new Map<string, number>();
  for (const { stems } of stretches) {
    for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  return (stem) => Math.log(1 + (stretches.length + 1) / ((counts.get(stem) ?? 0) + 1));
}

function bestStretch(
  stems: Set<string>,
  stretches: Stretch[],
  weightOf: (stem: string) => number,
): Stretch | null {
  const whole = [...stems].reduce((sum, stem) => sum + weightOf(stem), 0);
  let best: { stretch: Stretch; share: number } | null = null;
  for (const stretch of stretches) {
    let shared = 0;
    for (const stem of stems) if (stretch.stems.has(stem)) shared += weightOf(stem);
    const share = shared / whole;
    // Single sentences come before pairs, so a pair must be worth its length.
    const isLonger = best !== null && stretch.text.length > best.stretch.text.length;
    if (share > (best?.share ?? 0) + (isLonger ? leastGain : 0)) best = { stretch, share };
  }
  return best !== null && best.share >= leastShared ? best.stretch : null;
}

/** "More about it: Invite teammates" rests on what it links to. */
function linkedSource(
  sentence: string,
  links: { words: string; url: string }[],
  sources: Source[],
): { source: Source; text: string } | null {
  const linked = links.find(({ words }) => sentence.includes(words));
  const source = linked && sources.find(({ url }) => url === linked.url);
  return source === undefined ? null : { source, text: source.title };
}

function marked(text: string, stems: Set<string>): Evidence["quote"] {
  const cut: Evidence["quote"] = [];
  for (const { segment, isWordLike } of words.segment(text)) {
    const stem = isWordLike ? stemOf(segment) : null;
    const isShared = stem !== null && stems.has(stem);
    const last = cut.at(-1);
    if (last !== undefined && last.isShared === isShared) last.text += segment;
    else cut.push({ text: segment, isShared });
  }
  return cut;
}

const words = new Intl.Segmenter(undefined, { granularity: "word" });

/** "1,200.50" and "1.200,50" are the same number. */
const plainNumber = (written: string) => written.replace(/[^\p{Nd}]/gu, "");

/** What stands in a link is none. */
function writtenNumbersIn(text: string): string[] {
  return text.replace(/https?:\/\/\S+/g, " ").match(/\p{Nd}+(?:[.,’']\p{Nd}+)*/gu) ?? [];
}
