import { element, sourceLink } from "../../pages/files/elements.js";
import { languageName, moment } from "../../pages/files/words.js";
import { excerpt } from "./words.js";

/** An article in the list: it is kept true where it is written. */
export function articleRow(article) {
  const { place, updatedAt, language, isInternal, beginning } = article;
  const facts = [
    `in ${place}`,
    updatedAt === null ? null : `changed ${moment(updatedAt).words}`,
    language === null ? null : languageName(language),
    isInternal ? "for teammates only" : null,
  ].filter((fact) => fact !== null);
  return element(
    "li",
    { className: "is-article" },
    element(
      "div",
      {},
      element("p", { className: "article-title" }, sourceLink({ ...article, url: null })),
      element(
        "p",
        { className: "excerpt" },
        excerpt(beginning.replace(/^#+ /gm, "").replace(/\s+/g, " ")),
      ),
      element("p", { className: "meta" }, facts.join(" · ")),
    ),
  );
}

/** "handbook (12 articles)" for each source that articles came from, and one for all of them. */
export function sourceOptions(sources) {
  const all = sources.reduce((sum, { articles }) => sum + articles, 0);
  const option = (value, words, articles) => element("option", { value }, `${words} (${articles})`);
  return sources.length === 0
    ? []
    : [
        option("*", "All articles", all),
        ...sources.map(({ kind, name, articles }) => option(kind, capital(name), articles)),
      ];
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
