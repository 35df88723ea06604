import type { types } from "@slack/bolt";
import type { KnowledgeToDo } from "../../core/learning/keeping-true.ts";
import type { Overview, WaitingCard } from "../../core/reviewing/overview.ts";
import { label, plain } from "./card-blocks.ts";
import { cutText } from "./cut-text.ts";
import { lookUrl } from "./look-url.ts";
import { askedLimit, customerIn } from "./notification-line.ts";
import { annotation, linkRun, type RichTextPart, richText, run, runsSection } from "./rich-text.ts";
import { homeWords, knowledgeWords } from "./wording.ts";

/** A view shows at most 100 blocks and 250 KB; more than this nobody reads. */
const mostShown = 30;
const mostPeople = 15;
const staleMs = 60 * 60_000;

const noKnowledge = { toDo: null, memoryUrl: null };

/** @param now milliseconds since 1970
 * @param addressOf where a card can be opened; the conversation where that is not known
 * @param knowledge what of it is to be looked at, as far as that is known, and where */
export function homeView(
  overview: Overview,
  now: number,
  addressOf: (card: WaitingCard) => string,
  knowledge: { toDo: KnowledgeToDo | null; memoryUrl: string | null } = noKnowledge,
): types.HomeView {
  const { waiting, notLookedAt, decided } = overview;
  const stale = waiting.filter(({ since }) => now - since > staleMs);
  const fresh = waiting.filter(({ since }) => now - since <= staleMs);
  return {
    type: "home",
    blocks: [
      header(waiting.length === 0 ? homeWords.nothingWaits : homeWords.waiting(waiting.length)),
      ...listed(homeWords.stale, stale.slice(0, mostShown), addressOf),
      ...listed(homeWords.fresh, fresh.slice(0, mostShown), addressOf),
      ...(notLookedAt === 0 ? [] : plain(homeWords.notLookedAt(notLookedAt))),
      { type: "divider" },
      label(homeWords.decided),
      ...plain(decidedWords(decided)),
      ...knowledgeBlocks(knowledge),
      ...plain(homeWords.asOf),
    ],
  };
}

/** For somebody who may not decide, or while Intercom cannot be read. */
export function homeNotice(sentence: string): types.HomeView {
  return { type: "home", blocks: plain(sentence) };
}

function listed(
  title: string,
  cards: WaitingCard[],
  addressOf: (card: WaitingCard) => string,
): types.KnownBlock[] {
  if (cards.length === 0) return [];
  const parts: RichTextPart[] = cards.map((card) => ({
    type: "rich_text_list",
    style: "bullet",
    elements: [
      {
        type: "rich_text_section",
        elements: [
          linkRun(addressOf(card), customerIn(card), { bold: true }),
          run(" · "),
          waitingSince(card.since),
          ...(card.asked === "" ? [] : [run(` · ${cutText(card.asked, askedLimit)}`)]),
          ...(card.needsAnswer ? [run(" "), annotation(homeWords.needsAnswer)] : []),
        ],
      },
    ],
  }));
  return [richText([runsSection([run(title, { bold: true })]), ...parts])];
}

function knowledgeBlocks({
  toDo,
  memoryUrl,
}: {
  toDo: KnowledgeToDo | null;
  memoryUrl: string | null;
}): types.KnownBlock[] {
  const words = toDo === null ? "" : knowledgeWords.toDo(toDo);
  if (toDo === null || words === "") return [];
  const url = lookUrl(memoryUrl, toDo);
  const link = url === null ? [] : [run(" "), linkRun(url, knowledgeWords.look)];
  return [richText([runsSection([run(words), ...link])])];
}

/** Slack counts it itself when somebody looks. */
function waitingSince(atMs: number): types.RichTextElement {
  return {
    type: "date",
    timestamp: Math.floor(atMs / 1000),
    format: "{ago}",
    fallback: new Date(atMs).toISOString(),
  };
}

function decidedWords(decided: Overview["decided"]): string {
  if (decided === null) return homeWords.notRead;
  if (decided.length === 0) return homeWords.nothingDecided;
  return decided
    .slice(0, mostPeople)
    .map(({ by, sent, rejected }) => homeWords.person(cutText(by, 60), sent, rejected))
    .join("\n");
}

function header(text: string): types.KnownBlock {
  return { type: "header", text: { type: "plain_text", text, emoji: false } };
}
