import { byId, element, sourceLink } from "../../pages/files/elements.js";
import { attempt } from "../../pages/files/status.js";
import { moment } from "../../pages/files/words.js";
import { readContradictions, readOvertaken } from "./api.js";
import { count } from "./words.js";

/**
 * Answers that articles have overtaken, and articles that contradict each other; looked for when
 * somebody wants to know.
 *
 * @param {object} options
 * @param {() => string} options.role
 * @param {(id: string) => void} options.onOpen
 * @param {(answer: object) => void} options.onRetire
 * @param {(answer: object, text: string | null) => void} options.onRewrite
 */
export function createDisagreeing({ role, onOpen, onRetire, onRewrite }) {
  const shown = byId("disagreeing");
  const look = () =>
    attempt(async () => {
      const [overtaken, contradicting] = await Promise.all([readOvertaken(), readContradictions()]);
      shown.replaceChildren(...overtakenPart(overtaken), ...contradictingPart(contradicting));
      shown.hidden = false;
    });
  byId("look-for-disagreeing").onclick = () => void look();
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

  function overtakenPart({ outdated, changes }) {
    const words =
      outdated.length === 0
        ? `No answer still says what an article said before (${count(changes, "changed article")} looked at).`
        : `${count(outdated.length, "answer")} still say${outdated.length === 1 ? "s" : ""} what an article said before:`;
    return [
      element("p", { role: "status" }, words),
      element("ul", { className: "disagreeing-list" }, ...outdated.map(overtakenItem)),
    ];
  }

  function overtakenItem({
    answer,
    article,
    says,
    articleSays,
    sentence,
    articleSentence,
    rewritten,
  }) {
    const button = (words, onclick) =>
      element(
        "button",
        { type: "button", onclick, "aria-label": `${words}: ${answer.question}` },
        words,
      );
    return element(
      "li",
      {},
      element(
        "button",
        { type: "button", className: "as-link", onclick: () => onOpen(answer.id) },
        answer.question,
      ),
      element("p", {}, element("b", {}, says), " here: ", sentence),
      element(
        "p",
        {},
        element("b", {}, articleSays),
        " in ",
        sourceLink(article),
        `, since ${moment(article.at).words}: `,
        articleSentence,
      ),
      role() === "admin"
        ? element(
            "div",
            { className: "actions" },
            button("Rewrite", () => onRewrite(answer, rewritten)),
            button("Retire", () => onRetire(answer)),
          )
        : null,
    );
  }
}

function contradictingPart({ contradictions, articles }) {
  const words =
    contradictions.length === 0
      ? `No two of ${count(articles, "article")} contradict each other.`
      : `${count(contradictions.length, "pair")} of articles contradict each other; one of each must be changed where it is written:`;
  return [
    element("p", { role: "status" }, words),
    element("ul", { className: "disagreeing-list" }, ...contradictions.map(contradictionItem)),
  ];
}

function contradictionItem({ one, other, differences }) {
  return element(
    "li",
    {},
    element("p", {}, sourceLink(one), " and ", sourceLink(other)),
    ...differences.map((difference) =>
      element(
        "div",
        {},
        element("p", {}, element("b", {}, difference.oneSays), ": ", difference.one),
        element("p", {}, element("b", {}, difference.otherSays), ": ", difference.other),
      ),
    ),
  );
}
