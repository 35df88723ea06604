import { describe, expect, it } from "vitest";
import { macroText } from "../../src/adapters/intercom/macro-text.ts";
import { decoded } from "../../src/adapters/knowledge-site/charset.ts";
import { headingSlugs } from "../../src/adapters/knowledge-site/heading-slugs.ts";
import { linksOfLlmsTxt, pagesOfLlmsFull } from "../../src/adapters/knowledge-site/llms-txt.ts";
import { pageAddress } from "../../src/adapters/knowledge-site/page-address.ts";
import type { PageText } from "../../src/adapters/knowledge-site/page-text.ts";
import { namedIn } from "../../src/adapters/knowledge-site/sitemap.ts";
import { saysNotFound } from "../../src/adapters/knowledge-site/soft-404.ts";
import { markdownOfTyped } from "../../src/adapters/slack/typed-markup.ts";
import { withoutAttachmentMarks } from "../../src/core/attachment-marks.ts";
import { isBlank } from "../../src/core/blank.ts";
import { keptQuestion } from "../../src/core/follow-up.ts";
import { asWords } from "../../src/core/judging/as-words.ts";
import { isFromMachine } from "../../src/core/judging/automatic-sender.ts";
import { unsupportedClaims } from "../../src/core/judging/claims.ts";
import { isOnlyThanks } from "../../src/core/judging/only-thanks.ts";
import { asksForPerson } from "../../src/core/judging/person-phrases.ts";
import { isSameAgain } from "../../src/core/judging/same-again.ts";
import { saysSign } from "../../src/core/judging/signs.ts";
import { countWords, passagesOf } from "../../src/core/knowledge/passages.ts";
import { queryFrom } from "../../src/core/knowledge/recall.ts";
import { meaningOf } from "../../src/core/knowledge/same-meaning.ts";
import { signs } from "../../src/core/policy.ts";
import { quantitiesIn } from "../../src/core/quantities.ts";
import { editedShare } from "../../src/core/reviewing/edited-share.ts";
import { smallTalk, withoutSmallTalk } from "../../src/core/small-talk.ts";
import { unansweredTurn } from "../../src/core/turn.ts";
import { textOf } from "../../src/lib/file-text.ts";
import { firstName } from "../../src/lib/first-name.ts";
import { toWords } from "../../src/lib/full-text/words.ts";
import { articleText, htmlToText, mailHtmlToText } from "../../src/lib/html-to-text.ts";
import { loadLanguageOf } from "../../src/lib/language.ts";
import { linkKey, webLink } from "../../src/lib/link-key.ts";
import { linksIn, unknownLinks } from "../../src/lib/links.ts";
import * as mailLines from "../../src/lib/mail-lines.ts";
import { mailText } from "../../src/lib/mail-text.ts";
import { messageText } from "../../src/lib/message-text.ts";
import { isPrivateAddress, withoutPrivateAddresses } from "../../src/lib/private-address.ts";
import { createRedact } from "../../src/lib/redact.ts";
import { replyHtml } from "../../src/lib/reply-html.ts";
import { isMixed, isPlaceholder, isPlainData } from "../../src/lib/secret-form.ts";
import { conversation, customer, part, us } from "../fixtures/conversations.ts";
import { cpuMsOf } from "./cpu-time.ts";

// Whatever somebody sends is read on the one thread that also takes in webhooks.

const length = 200_000;
const filled = (piece: string) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

const texts = {
  addresses: filled("http://"),
  "one word": filled("a"),
  "one word of capital and small letters": filled("aAAb"),
  "blanks before a word": `${filled(" ")}x`,
  "empty lines": filled("\n"),
  brackets: filled("["),
  "links that never end": filled("[a]("),
  emphasis: filled("*a_"),
  underscores: filled("__a"),
  "tags that never end": filled("<a href='"),
  quotations: filled("> "),
  domains: filled("a."),
  numbers: filled("1 "),
  "e-mail addresses": filled("a@"),
  entities: filled("&amp;"),
  "back ticks": filled("`a``"),
  tables: filled("a|\n|-"),
  lists: filled("- 1. "),
  passwords: filled("password is "),
  tokens: filled("sk-aA1_"),
  "invisible characters": filled("\u200b"),
  thanks: filled("thanks, "),
  Chinese: filled("謝謝"),
  "quoted mails": filled("On Mon, a wrote:\n"),
  "percent signs": filled("%20"),
};

const redact = createRedact();
const languageOf = await loadLanguageOf();
const { beginsHeaderBlock, ...ofALine } = mailLines;
const functions: Record<string, (text: string) => unknown> = {
  ...ofALine,
  beginsHeaderBlock: (text) => beginsHeaderBlock(text.split("\n"), 0),
  replyHtml,
  linksIn,
  unknownLinks: (text) => unknownLinks("See https://a.b", [text]),
  linkKey,
  webLink,
  redact,
  firstName,
  messageText,
  languageOf,
  isPlaceholder,
  isMixed,
  isPlainData,
  htmlToText,
  articleText,
  mailHtmlToText,
  isPrivateAddress,
  withoutPrivateAddresses,
  mailText: (text) => mailText(text, text),
  markdownOfTyped: (text) => markdownOfTyped(text, text),
  smallTalk,
  withoutSmallTalk,
  asWords,
  asksForPerson,
  saysSign: (text) => signs.map((sign) => saysSign(text, sign)),
  isSameAgain: (text) => {
    const said = [part(customer, text), part(us, "Like this."), part(customer, `${text}!`)];
    const asked = conversation(said);
    const turn = unansweredTurn(asked);
    return turn !== null && isSameAgain(asked, turn);
  },
  isOnlyThanks,
  isFromMachine: (text) => {
    const messages = [part({ role: "customer", id: "c", name: text, email: text }, text)];
    return isFromMachine(conversation(messages), messages);
  },
  editedShare: (text) => editedShare(text, `${text.slice(1)}x`),
  keptQuestion: (text) => keptQuestion(text, text),
  queryFrom,
  meaningOf,
  quantitiesIn,
  // Of both only a beginning is compared, each sentence with each: eight times as long is enough.
  unsupportedClaims: (text) =>
    unsupportedClaims(
      { reply: "You get 5 days > Ab.", language: "en" },
      [{ title: "", text, language: "en" }],
      { byUs: [text.slice(0, 8_000)], byCustomer: [] },
    ),
  "unsupportedClaims, of a reply": (text) =>
    unsupportedClaims({ reply: text, language: "en" }, [], { byUs: [], byCustomer: [] }),
  passagesOf,
  toWords,
  countWords,
  macroText,
  "macroText, of attributes": (text) => macroText(`<attribute ${text}`),
  "macroText, of placeholders": (text) => macroText(`{{a | fallback: ${text}}}`),
  headingSlugs,
  "headingSlugs, of a heading": (text) => headingSlugs(`# ${text}`),
  linksOfLlmsTxt: (text) => linksOfLlmsTxt(text, "https://a.b"),
  pagesOfLlmsFull,
  namedIn,
  pageAddress: (text) => pageAddress(`https://a.b/${text}`),
  saysNotFound: (text) => saysNotFound({ title: text, text: "" } as PageText),
  decoded: (text) => decoded(Buffer.from(`<meta ${text}`), `text/html; ${text}`),
  "textOf, of HTML": (text) => textOf(text, ".html"),
  withoutAttachmentMarks,
  isBlank,
};

/** What cutting 200 KB into words takes on an idle machine of two cores at 2.5 GHz. */
const referenceMs = 10;
const slowness = Math.max(
  1,
  Math.min(...Array.from({ length: 3 }, () => cpuMsOf(() => countWords(filled("ab "))))) /
    referenceMs,
);

describe("200 KB of anything are read in 100 ms", () => {
  it.each(Object.entries(functions))("%s", (_name, read) => {
    const limit = 100 * slowness;
    const slow = Object.entries(texts).filter(([, text]) => {
      // The first calls pay for compiling.
      for (let attempt = 0; attempt < 5; attempt += 1) {
        if (cpuMsOf(() => read(text)) <= limit) return false;
      }
      return true;
    });
    expect(slow.map(([kind]) => kind)).toEqual([]);
  });
});
