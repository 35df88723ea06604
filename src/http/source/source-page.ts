import type { ArticleAsKept } from "../../core/knowledge/article-refresh.ts";
import { lastWrittenAt, standsFor } from "../../core/knowledge/curation.ts";
import type { KeptSource } from "../../core/knowledge/kept-source.ts";
import { kindWords, placeWords } from "../../core/knowledge/source-places.ts";
import { escapeHtml } from "../../lib/escape-html.ts";
import { passageKey } from "../../lib/passage-key.ts";
import { replyHtml } from "../../lib/reply-html.ts";
import { linesHtml } from "./lines-html.ts";
import {
  audiences,
  authors,
  languageWords,
  passageChanged,
  statuses,
  tallyWords,
  time,
} from "./wording.ts";

/** A term with what is said of it, as HTML. */
type Fact = [term: string, html: string];

/**
 * A source as it is kept, as HTML. What somebody wrote is escaped, or rendered as a reply is.
 *
 * @param about.passage which of an article's passages is marked, by `passageKey`
 * @param about.conversationUrl where teammates see the conversation that an answer is from
 */
export function sourcePage(
  source: KeptSource,
  about: { passage: string | null; conversationUrl: string | null },
): string {
  return source.kind === "article"
    ? articlePage(source, about.passage)
    : answerPage(source, about.conversationUrl);
}

/** The same page where there is no source to show. */
export function messagePage({ title, text }: { title: string; text: string }): string {
  return page(title, `<p>${escapeHtml(text)}</p>`);
}

function articlePage(
  { article, readAt, tally }: Extract<KeptSource, { kind: "article" }>,
  passage: string | null,
): string {
  const { title, language, updatedAt, isInternal, passages } = article;
  const cited = passages.findIndex((text) => passageKey(text) === passage);
  const facts: Fact[] = [
    ["Source", escapeHtml(kindWords(article.kind))],
    ...whereItLies(article),
    ["For whom", escapeHtml(isInternal ? audiences.internal : audiences.customers)],
    ["Language", escapeHtml(languageWords(language))],
    ["Last changed", updatedAt === null ? "not known" : time(updatedAt)],
    ["Last read", readAt === null ? "not since this service was started" : time(readAt)],
    ["Replies written from it", tallyWords(tally)],
  ];
  const texts = passages.map((text, index) => {
    const html = linesHtml(index === 0 ? withoutTitle(text, title) : text);
    return index === cited
      ? `<section id="passage" class="cited" aria-label="The passage that was used">\n${html}</section>`
      : html;
  });
  return page(
    title,
    factsHtml(facts),
    passage !== null && cited === -1 ? `<p class="is-changed">${passageChanged}</p>` : "",
    `<article class="source-text">\n${texts.join("\n")}</article>`,
  );
}

/** The original, or where people find it, unless the name of its source says that already. */
function whereItLies(article: ArticleAsKept): Fact[] {
  const link = linkTo(article.url);
  const place = placeWords(article);
  if (link === null && place === kindWords(article.kind)) return [];
  return [["Where it lies", link ?? escapeHtml(place)]];
}

/** Many articles begin with their title, which stands above them already. */
function withoutTitle(text: string, title: string): string {
  const [first = "", ...rest] = text.trimStart().split("\n");
  return first.replace(/^#+\s+/, "").trim() === title.trim() ? rest.join("\n") : text;
}

function answerPage(
  { answer, tally }: Extract<KeptSource, { kind: "answer" }>,
  conversationUrl: string | null,
): string {
  const { question, status, author, language, url, conversationId } = answer;
  const from = escapeHtml(authors[author]);
  const conversation = linkTo(conversationUrl, "open the conversation");
  const facts: Fact[] = [
    ["Source", "the answer memory"],
    ["State", escapeHtml(status === "forgotten" ? "" : statuses[status])],
    ["From", conversation === null ? from : `${from} · ${conversation}`],
    ...(conversation === null && conversationId !== null
      ? [["Conversation", escapeHtml(conversationId)] as Fact]
      : []),
    ["Stands for it", escapeHtml(standsFor(answer) ?? "nobody has looked at it")],
    ["Written", time(lastWrittenAt(answer))],
    ["Language", escapeHtml(languageWords(language))],
    ["Replies written from it", tallyWords(tally)],
    ...(url === null ? [] : [["Link", linkTo(url) ?? escapeHtml(url)] as Fact]),
    [
      "Keep it true",
      `<a href="/memory#${escapeHtml(encodeURIComponent(answer.id))}">open it in the answer memory</a>`,
    ],
  ];
  return page(
    question,
    factsHtml(facts),
    `<article id="passage" class="source-text">\n${replyHtml(answer.answer)}</article>`,
  );
}

function page(title: string, ...content: string[]): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${escapeHtml(title)}</title>
    <link rel="icon" href="/pages/files/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/pages/files/base.css">
    <link rel="stylesheet" href="/source/page/styles.css">
  </head>
  <body class="source">
    <header>
      <img src="/pages/files/icon.svg" alt="" width="28" height="28">
      <p class="what">What a draft rests on</p>
      <nav aria-label="Other pages"><a href="/memory">Memory</a></nav>
    </header>
    <main>
      <h1>${escapeHtml(title)}</h1>
${content.filter((html) => html !== "").join("\n")}
    </main>
  </body>
</html>
`;
}

function factsHtml(facts: Fact[]): string {
  const entries = facts.map(([term, html]) => `<dt>${term}</dt><dd>${html}</dd>`);
  return `<dl class="facts">\n${entries.join("\n")}\n</dl>`;
}

/** `null` for what is no address of the web. */
function linkTo(url: string | null, words = url): string | null {
  if (url === null || !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) return null;
  return `<a href="${escapeHtml(url)}" rel="noreferrer">${escapeHtml(words ?? url)}</a>`;
}
