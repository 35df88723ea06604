import { byId, element, sourceLink } from "../../pages/files/elements.js";
import { formattedText } from "../../pages/files/formatted-text.js";
import { attempt } from "../../pages/files/status.js";
import { percent } from "../../pages/files/words.js";
import { beginArticle, readSuggested } from "./api.js";
import { showNotice } from "./notice.js";
import { count } from "./words.js";

/**
 * What people answered again and again with no article behind it; looked for when somebody wants to
 * know.
 *
 * @param {object} options
 * @param {() => string} options.role
 * @param {(id: string) => void} options.onOpen
 * @param {(group: object) => void} options.onAccept one answer is to stand for the whole group
 */
export function createSuggesting({ role, onOpen, onAccept }) {
  const shown = byId("suggested");
  const look = () =>
    attempt(async () => {
      const { suggested, looked, total, canBeginArticles } = await readSuggested();
      shown.replaceChildren(
        element("p", { role: "status" }, summary(suggested.length, looked, total)),
        element(
          "ol",
          { className: "disagreeing-list" },
          ...suggested.map((group) => groupItem(group, canBeginArticles)),
        ),
      );
      shown.hidden = false;
    });
  byId("look-for-suggested").onclick = () => void look();
  return {
    /** Looks, and brings what was found into view. */
    async look() {
      await look();
      shown.closest("section").scrollIntoView();
    },
    /** After something was done about what is shown. */
    async refresh() {
      if (!shown.hidden) await look();
    },
  };

  function groupItem(group, canBeginArticles) {
    const { question, answer, conversations, ids, nearest } = group;
    const button = (words, onclick) =>
      element("button", { type: "button", onclick, "aria-label": `${words}: ${question}` }, words);
    const copy = () =>
      attempt(async () => {
        await navigator.clipboard.writeText(`# ${question}\n\n${answer}\n`);
        showNotice("Copied: paste it where articles are written.");
      });
    const begin = () =>
      attempt(async () => {
        const { articleId } = await beginArticle({ title: question.slice(0, 250), text: answer });
        showNotice(
          `A draft stands among Intercom’s articles (id ${articleId}): finish and publish it there.`,
        );
      });
    const actions = [
      ids.length > 1 ? button("Let one answer stand for all", () => onAccept(group)) : null,
      canBeginArticles ? button("Begin an article in Intercom", begin) : null,
    ].filter((action) => action !== null);
    return element(
      "li",
      {},
      element("h3", {}, question),
      element(
        "p",
        { className: "meta" },
        `asked in ${count(conversations, "conversation")}`,
        nearest === null
          ? " · no article is near it"
          : element(
              "span",
              {},
              " · nearest article: ",
              sourceLink(nearest),
              ` (has ${percent(nearest.share)} of the words)`,
            ),
      ),
      element("div", { className: "draft-text" }, formattedText(answer)),
      element(
        "div",
        { className: "actions" },
        ...(role() === "admin" ? actions : []),
        button("Copy as an article", copy),
        button("Open", () => onOpen(ids[0])),
      ),
    );
  }
}

function summary(groups, looked, total) {
  const newest = looked < total ? "the newest " : "";
  const among = `${newest}${count(looked, "answer")} of people`;
  return groups === 0
    ? `Nothing was asked in several conversations that no article says (${among}).`
    : `${count(groups, "question")} asked again and again, among ${among}:`;
}
