/** A stretch of an article, found by itself and counted for the whole. */
export type Passage = {
  /** The heading it stands under, or `null` before the first one. */
  heading: string | null;
  text: string;
  /** What follows the # in the address of its heading on the article's page, if known. */
  anchor: string | null;
};

/** Up to this length an article says one thing, and cutting it would only lose context. */
const shortArticleWords = 250;
/**
 * Long enough to hold an instruction, short enough to be about one thing. `npm run bench:retrieval`
 * shows what the windows bring.
 */
const windowWords = 180;
/** A section of at least this length is not mixed with the next one. */
const sectionWords = 60;

/**
 * Cuts an article's text where it is long: at headings where there are any, else at paragraphs, list
 * entries and sentences. Nothing is left out and nothing stands in two passages.
 *
 * @param text plain text with headings as Markdown writes them (`## Refunds`), as `articleText` gives
 *   it, with the anchor where there is one (`## Refunds {#refunds}`), which is no part of the passage
 * @returns one passage for a short text, otherwise windows of about 180 words; none for an empty text
 */
export function passagesOf(text: string): Passage[] {
  const whole = text.trim();
  if (whole === "") return [];
  if (countWords(whole, shortArticleWords + 1) <= shortArticleWords)
    return [{ heading: null, text: withoutAnchors(whole), anchor: null }];

  const passages: Passage[] = [];
  let heading: Heading = { words: null, anchor: null };
  let window = emptyWindow(heading);
  const close = () => {
    const said = window.units.join("").trim();
    const { words: under, anchor } = window.heading;
    if (said !== "") passages.push({ heading: under, text: said, anchor });
    window = emptyWindow(heading);
  };
  for (const line of whole.split(/(?<=\n)/)) {
    const newHeading = headingIn(line);
    if (newHeading !== null) {
      heading = newHeading;
      if (window.words >= sectionWords || window.words === 0) close();
    }
    for (const unit of unitsOf(withoutAnchor(line))) {
      const words = countWords(unit);
      if (window.words > 0 && window.words + words > windowWords) close();
      window.units.push(unit);
      window.words += words;
    }
  }
  close();
  return passages;
}

type Heading = { words: string | null; anchor: string | null };

function emptyWindow(heading: Heading) {
  return { heading, units: [] as string[], words: 0 };
}

function headingIn(line: string): Heading | null {
  const words = /^#{1,6}\s+(?<heading>\S.*)/.exec(withoutAnchor(line))?.groups?.heading?.trim();
  return words === undefined ? null : { words, anchor: anchorOf(line) };
}

/** The text of an article as people read it. */
function withoutAnchors(text: string): string {
  return text.split("\n").map(withoutAnchor).join("\n");
}

/** A heading without its anchor; any other line as it is. */
function withoutAnchor(line: string): string {
  if (anchorOf(line) === null) return line;
  return line.slice(0, line.lastIndexOf("{#")).trimEnd() + (line.endsWith("\n") ? "\n" : "");
}

function anchorOf(line: string): string | null {
  if (!line.startsWith("#")) return null;
  const written = line.trimEnd();
  if (!written.endsWith("}")) return null;
  const anchor = written.slice(written.lastIndexOf("{#") + 2, -1);
  return written.includes("{#") && /^[^\s{}]+$/.test(anchor) ? anchor : null;
}

/** A line, or its sentences where it is too long for one window, or pieces where a sentence is. */
function unitsOf(line: string): string[] {
  // A word has a letter at least.
  if (line.length <= windowWords || countWords(line, windowWords + 1) <= windowWords) return [line];
  return Array.from(sentences.segment(line), ({ segment }) => segment).flatMap((sentence) =>
    countWords(sentence) <= windowWords ? [sentence] : pieces(sentence),
  );
}

function pieces(sentence: string): string[] {
  const found: string[] = [];
  let piece = "";
  let wordsInPiece = 0;
  for (const { segment, isWordLike } of words.segment(sentence)) {
    if (isWordLike && wordsInPiece === windowWords) {
      found.push(piece);
      piece = "";
      wordsInPiece = 0;
    }
    piece += segment;
    if (isWordLike) wordsInPiece += 1;
  }
  return [...found, piece];
}

/**
 * How many words a text has, also where a script writes none apart.
 *
 * @param upTo counting stops there
 */
export function countWords(text: string, upTo = Number.POSITIVE_INFINITY): number {
  let count = 0;
  for (const { isWordLike } of words.segment(text)) {
    if (isWordLike) count += 1;
    if (count === upTo) break;
  }
  return count;
}

const sentences = new Intl.Segmenter(undefined, { granularity: "sentence" });
const words = new Intl.Segmenter(undefined, { granularity: "word" });
