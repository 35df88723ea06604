import type { types } from "@slack/bolt";
import { namedFor } from "../../core/for-whom.ts";
import { fileIn } from "../../core/knowledge/file-articles.ts";
import { fittingPassage } from "../../core/knowledge/fitting-passage.ts";
import { pageIn } from "../../core/knowledge/source-places.ts";
import type { Quote, Source } from "../../core/types.ts";
import { cutText } from "./cut-text.ts";
import type { CardSource, PackedDraft } from "./pack-draft.ts";
import {
  annotation,
  hostOf,
  linkRun,
  quoteOf,
  type RichTextPart,
  type Run,
  richText,
  richTextLength,
  run,
  runsSection,
} from "./rich-text.ts";
import { cardNotices, labels } from "./wording.ts";

const titleLimit = 120;
const nameLimit = 60;
const quoteLimit = 220;
const outdatedLimit = 160;
const mostSources = 8;
const mostOthers = 5;
/** Of a list, in characters as Slack counts them. */
const listLimit = 2000;

/**
 * A source with what the model copied from it as evidence, else with the passage of it that fits a
 * text best.
 *
 * @param text the reply that rests on it, or the question that it may answer
 */
export function cardSource(
  source: Source,
  text: string,
  quotes: readonly Quote[] = [],
): CardSource {
  const copied = quotes
    .filter(({ sourceId, isStanding }) => isStanding && sourceId === source.id)
    .map((quote) => quote.text)
    .join(" … ");
  const passage = (copied || fittingPassage(source.text, text, quoteLimit))
    .replace(/\s+/g, " ")
    .trim();
  return {
    id: source.id,
    title: source.title,
    url: source.url,
    ...(passage === "" ? {} : { quote: cutText(passage, quoteLimit) }),
    ...(source.kind === "answer" ? { by: source.by ?? null } : {}),
    ...(source.isInternal ? { isInternal: true } : {}),
    ...(source.forWhom === undefined
      ? {}
      : { onlyFor: cutText(namedFor(source.forWhom).join(", "), nameLimit) }),
    ...(source.url === null ? teammatesWay(source) : {}),
    ...outdatedOn(source),
  };
}

function teammatesWay({ place, page }: Source): Pick<CardSource, "place" | "page"> {
  return {
    ...(place === undefined ? {} : { place: cutText(place, titleLimit) }),
    ...(page === undefined ? {} : { page }),
  };
}

/** The first of what differs: a card has room for no more. */
function outdatedOn({ outdated }: Source): Pick<CardSource, "outdated"> {
  const [first] = outdated?.differs ?? [];
  if (outdated === undefined || first === undefined) return {};
  return {
    outdated: {
      title: cutText(outdated.title, nameLimit),
      at: outdated.at,
      says: cutText(first.sentence.replace(/\s+/g, " "), outdatedLimit),
      articleSays: cutText(first.articleSentence.replace(/\s+/g, " "), outdatedLimit),
    },
  };
}

/** What a draft rests on, each with the passage that it rests on. */
export function sourceBlocks({ sources }: Pick<PackedDraft, "sources">): types.KnownBlock[] {
  return listed(labels.sources, sources, mostSources, true);
}

/** What the draft did not use: for teammates only first, then the rest by name. */
export function otherBlocks(others: CardSource[]): types.KnownBlock[] {
  const forTeam = others.filter(({ isInternal }) => isInternal === true);
  const rest = others.filter(({ isInternal }) => isInternal !== true);
  return [
    ...listed(labels.forTeam, forTeam, mostOthers, true),
    ...listed(labels.notUsed, rest, mostOthers, false),
  ];
}

/** What may help whoever answers where there is no draft. */
export function foundBlocks(others: CardSource[]): types.KnownBlock[] {
  const forTeam = others.filter(({ isInternal }) => isInternal === true);
  const rest = others.filter(({ isInternal }) => isInternal !== true);
  return [
    ...listed(labels.found, rest, mostOthers, true),
    ...listed(labels.forTeam, forTeam, mostOthers, true),
  ];
}

function listed(
  title: string,
  sources: CardSource[],
  most: number,
  isQuoted: boolean,
): types.KnownBlock[] {
  if (sources.length === 0) return [];
  const parts: RichTextPart[] = [runsSection([run(title, { bold: true })])];
  let shown = 0;
  for (const source of sources.filter((one) => one.title.trim() !== "").slice(0, most)) {
    const entry = entryOf(source, title, isQuoted);
    if (richTextLength(richText([...parts, ...entry])) > listLimit) break;
    parts.push(...entry);
    shown += 1;
  }
  const left = sources.length - shown;
  if (left > 0) parts.push(runsSection([run(cardNotices.moreSources(left))]));
  return [richText(parts)];
}

function entryOf(source: CardSource, under: string, isQuoted: boolean): RichTextPart[] {
  const { quote, outdated } = source;
  const entry = runsSection(sourceRuns(source, under));
  return [
    { type: "rich_text_list", style: "bullet", elements: [entry] },
    ...(isQuoted && quote !== undefined && outdated === undefined ? [quoteOf(quote)] : []),
    ...(outdated === undefined ? [] : outdatedParts(outdated)),
  ];
}

/** Both texts, so that whoever decides sees what differs. */
function outdatedParts(outdated: NonNullable<CardSource["outdated"]>): RichTextPart[] {
  const { title, at, says, articleSays } = outdated;
  const day = new Date(at).toISOString().slice(0, 10);
  return [
    quoteOf(says),
    runsSection([run(cardNotices.outdatedBy(day, title))]),
    quoteOf(articleSays),
  ];
}

function sourceRuns(source: CardSource, under: string): Run[] {
  const { title, by, isInternal, onlyFor, outdated } = source;
  const isMarked = isInternal === true && under !== labels.forTeam;
  return [
    run(cutText(title.replace(/\s+/g, " ").trim(), titleLimit)),
    ...(by === undefined
      ? []
      : [run(` · ${cardNotices.answeredBy(by && cutText(by, nameLimit))}`)]),
    ...wayRuns(source),
    ...(isMarked ? [run(" "), annotation(labels.internal)] : []),
    ...(onlyFor === undefined ? [] : [run(" "), annotation(cardNotices.onlyFor(onlyFor))]),
    ...(outdated === undefined ? [] : [run(" "), annotation(cardNotices.possiblyOutdated)]),
  ];
}

/** Where it can be read whole. The label is ours: a title that looks like an address must not seem to be where it leads. */
function wayRuns({ id, url, place, page }: CardSource): Run[] {
  if (url !== null) {
    const number = pageIn(url);
    const words = number === null ? "" : `, ${cardNotices.pageNumber(number)}`;
    return [run(" · "), linkRun(url, (hostOf(url) || url) + words)];
  }
  // Cards of before name no place.
  const words = cutText(place ?? fileIn(id) ?? "", titleLimit);
  if (page !== undefined) return [run(" · "), linkRun(page, words || labels.openSource)];
  return words === "" ? [] : [run(` · ${words}`)];
}
