import { element, link } from "../../pages/files/elements.js";
import { moment } from "../../pages/files/words.js";

/** What a newer article says instead: both texts, and what differs in them. */
export function outdatedBox({ title, url, at, differs }) {
  return element(
    "div",
    { className: "outdated" },
    element(
      "p",
      {},
      element("strong", {}, "Possibly outdated: "),
      "“",
      url === null ? title : link(url, title),
      `” was changed on ${moment(at).words} and says something else.`,
    ),
    element(
      "ul",
      {},
      ...differs.map(({ says, articleSays, sentence, articleSentence }) =>
        element(
          "li",
          {},
          element("p", {}, element("b", {}, says), " here: ", sentence),
          element("p", {}, element("b", {}, articleSays), " there: ", articleSentence),
        ),
      ),
    ),
  );
}
