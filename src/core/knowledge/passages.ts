/** A stretch of an article, found by itself and counted for the whole. */
export type Passage = {
  /** The headings it stands under, as `Billing > Refunds`, or `null` before the first one. */
  heading: string | null;
  text: string;
  /**
   * What a reader of this passage alone would miss: the headings above the one that it begins with,
   * and the first row of a table that it goes on with. `null`: nothing.
   */
  lead: string | null;
  /** What follows the # in the address of its heading on the article's page, if known. */
  anchor: string | null;
};

/** Before and after code, as Markdown writes it. */
const fence = "```";
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
 * entries and sentences. Code stays whole where it fits. Nothing is left out and nothing stands in
 * two passages.
 *
 * @param text plain text with headings as Markdown writes them (`## Refunds`), as `articleText` gives
 *   it, with the anchor where there is one (`## Refunds {#refunds}`), which is no part of the passage
 * @returns one passage for a short text, otherwise windows of about 180 words; none for an empty text
 */
export function passagesOf(text: string): Passage[] {
  const whole = text.trim();
  if (whole === "") return [];
  if (countWords(whole, shortArticleWords + 1) <= shortArticleWords)
    return [{ heading: null, text: withoutAnchors(whole), lead: null, anchor: null }];

  const passages: Passage[] = [];
  let above: Heading[] = [];
  let tableHead: string | null = null;
  let window = emptyWindow(above, null);
  const close = (nextTableHead: string | null) => {
    const said = window.units.join("").trim();
    if (said !== "") passages.push(passage(window, said));
    window = emptyWindow(above, nextTableHead);
  };
  for (const { text: block, isCode } of blocksOf(whole)) {
    const heading = isCode ? null : headingIn(block);
    if (heading !== null) {
      above = [...above.filter(({ level }) => level < heading.level), heading];
      if (window.words >= sectionWords || window.words === 0) close(null);
    }
    const isRow = !isCode && block.includes(" | ");
    const head: string | null = isRow ? tableHead : null;
    for (const unit of unitsOf(isCode ? block : withoutAnchor(block), isCode)) {
      const words = countWords(unit);
      if (window.words > 0 && window.words + words > windowWords) close(head);
      window.units.push(unit);
      window.words += words;
    }
    tableHead = isRow ? (tableHead ?? block.trim()) : null;
  }
  close(null);
  return passages;
}

type Heading = { level: number; words: string; anchor: string | null };
type Window = ReturnType<typeof emptyWindow>;

function emptyWindow(above: Heading[], tableHead: string | null) {
  return { above, tableHead, units: [] as string[], words: 0 };
}

function passage({ above, tableHead }: Window, text: string): Passage {
  // The heading of the whole article is its title, which is known anyway.
  const deeper = above.filter(({ level }) => level > 1);
  const path = (deeper.length > 0 ? deeper : above).map(({ words }) => words);
  const last = above.at(-1);
  const beginsWithIt = last !== undefined && headingIn(text.split("\n", 1)[0] ?? "") !== null;
  const missing = beginsWithIt ? path.slice(0, -1) : path;
  const lead = [
    ...(missing.length > 0 ? [missing.join(" > ")] : []),
    ...(tableHead === null ? [] : [tableHead]),
  ];
  return {
    heading: path.length === 0 ? null : path.join(" > "),
    text,
    lead: lead.length === 0 ? null : lead.join("\n"),
    anchor: last?.anchor ?? null,
  };
}

/** Lines, and code between its fences in one. */
function blocksOf(text: string): { text: string; isCode: boolean }[] {
  const lines = text.split(/(?<=\n)/);
  const fences = lines.flatMap((line, index) => (line.startsWith(fence) ? [index] : []));
  const blocks: { text: string; isCode: boolean }[] = [];
  let at = 0;
  // Of a fence that never ends, nobody knows what is code.
  for (let pair = 0; pair + 1 < fences.length; pair += 2) {
    const [begin = 0, end = 0] = [fences[pair], fences[pair + 1]];
    for (const line of lines.slice(at, begin)) blocks.push({ text: line, isCode: false });
    blocks.push({ text: lines.slice(begin, end + 1).join(""), isCode: true });
    at = end + 1;
  }
  for (const line of lines.slice(at)) blocks.push({ text: line, isCode: false });
  return blocks;
}

function headingIn(line: string): Heading | null {
  const found = /^(?<marks>#{1,6})\s+(?<words>\S.*)/.exec(withoutAnchor(line))?.groups;
  if (found === undefined) return null;
  const { marks = "", words = "" } = found;
  return { level: marks.length, words: words.trim(), anchor: anchorOf(line) };
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

/**
 * A line, or its sentences where it is too long for one window, or pieces where a sentence is. Of
 * code that is too long its lines.
 */
function unitsOf(line: string, isCode = false): string[] {
  if (isCode && countWords(line, windowWords + 1) > windowWords) {
    return line.split(/(?<=\n)/).flatMap((one) => unitsOf(one));
  }
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
