import { byId, element, link } from "../../pages/files/elements.js";
import { formattedText } from "../../pages/files/formatted-text.js";
import { languageName, moment } from "../../pages/files/words.js";
import { outdatedBox } from "./outdated.js";
import { authors, changes, excerpt, outcomes, statuses, tallyWords } from "./words.js";

/**
 * One answer with everything that is known of it, beside the list.
 *
 * @param {object} options
 * @param {() => void} options.onClose
 * @param {(id: string) => void} options.onOpen another answer
 * @param {Record<string, (answer: object, other?: object) => void>} options.does what its buttons do
 */
export function createAnswerDetails({ onClose, onOpen, does }) {
  const panel = byId("details");
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    document.body.classList.remove("has-details");
    onClose();
  };
  byId("close-details").onclick = close;
  panel.onkeydown = (event) => {
    if (event.key === "Escape") close();
  };
  return {
    close,
    /** @param {object} shown as `GET /memory/{id}` answers @param {string} role */
    show(shown, role) {
      byId("details-content").replaceChildren(
        ...about(shown.answer),
        ...(shown.outdated === null ? [] : [section("Still true?", outdatedBox(shown.outdated))]),
        actions(shown.answer, role),
        usesSection(shown),
        historySection(shown.answer),
        neighboursSection(shown, role),
      );
      panel.hidden = false;
      document.body.classList.add("has-details");
      byId("details-content").scrollTop = 0;
      panel.focus();
    },
  };

  function about(answer) {
    const { question, status, author, conversationUrl, conversationId, standsFor } = answer;
    const { at, language, url, changes: changed = [] } = answer;
    const from = [authors[author], ...conversationOf(conversationId, conversationUrl)];
    const into = changed.at(-1)?.into;
    const facts = [
      ["State", [statuses[status]]],
      ["From", from],
      ["Stands for it", [standsFor ?? "nobody has looked at it"]],
      ["Written", [timeOf(at)]],
      ["Language", [language === null ? "unknown" : languageName(language)]],
      ...(url === null ? [] : [["Link", [link(url, url)]]]),
      ...(into === undefined || status !== "retired"
        ? []
        : [["Instead", [opening(into, "the answer in its place")]]]),
      ...(answer.suggestedFor === undefined
        ? []
        : [["Would replace", [opening(answer.suggestedFor, "the answer it is about")]]]),
    ];
    return [
      element(
        "section",
        {},
        element("h3", { className: "question" }, question),
        element("div", { className: "draft-text" }, formattedText(answer.answer)),
        element(
          "dl",
          { className: "facts" },
          ...facts.flatMap(([term, parts]) => [
            element("dt", {}, term),
            element("dd", {}, ...parts),
          ]),
        ),
      ),
    ];
  }

  function conversationOf(id, url) {
    if (url !== null) return [" · ", link(url, "open the conversation")];
    return id === null ? [] : [` (conversation ${id})`];
  }

  function opening(id, words) {
    return element(
      "button",
      { type: "button", className: "as-link", onclick: () => onOpen(id) },
      words,
    );
  }

  function actions(answer, role) {
    const { status, changes: changed = [] } = answer;
    const button = (action, words, className = "") =>
      element("button", { type: "button", className, onclick: () => does[action](answer) }, words);
    const offered = [];
    if (role !== "admin") {
      if (status === "answer") offered.push(button("suggest", "Suggest another text"));
    } else {
      if (status === "suggested") offered.push(button("accept", "Accept", "primary"));
      offered.push(button("edit", "Edit"));
      if (status === "answer") offered.push(button("retire", "Retire"));
      if (status === "suggested") offered.push(button("retire", "Decline"));
      if (status === "retired") offered.push(button("restore", "Bring back"));
      if (changed.at(-1)?.before) offered.push(button("undo", "Undo the latest change"));
      offered.push(button("remove", "Remove for good", "quiet"));
    }
    return element("div", { className: "actions answer-actions" }, ...offered);
  }

  function neighboursSection({ answer, neighbours }, role) {
    if (neighbours.length === 0)
      return section("Beside it", element("p", {}, "Nothing is near it."));
    const mayMerge = role === "admin" && answer.status === "answer";
    return section(
      "Beside it: what is found for the same question",
      element(
        "ul",
        { className: "neighbours" },
        ...neighbours.map((other) =>
          element(
            "li",
            { className: other.saysTheSame ? "is-same" : "" },
            opening(other.id, other.question),
            element("p", { className: "excerpt" }, excerpt(other.answer)),
            element(
              "p",
              { className: "meta" },
              `score ${(other.score ?? 0).toFixed(2)}${other.saysTheSame ? " · says the same" : ""}`,
            ),
            mayMerge
              ? element(
                  "button",
                  {
                    type: "button",
                    "aria-label": `Merge into this one: ${other.question}`,
                    onclick: () => does.merge(answer, other),
                  },
                  "Merge into this one",
                )
              : null,
          ),
        ),
      ),
    );
  }
}

function usesSection({ answer, uses, tally }) {
  const words = tallyWords(tally);
  return section(
    answer.status === "retired"
      ? "Replies that used it"
      : "What became of the replies written from it",
    element("p", {}, words === "" ? "No reply is known that was written from it." : `${words}.`),
    element(
      "ul",
      { className: "uses" },
      ...uses.map((use) =>
        element(
          "li",
          {},
          element(
            "p",
            { className: "meta" },
            `${timeOf(use.at)} · ${outcomes[use.outcome]}${use.by === null ? "" : `, by ${use.by}`}`,
            use.conversationUrl === null
              ? null
              : element("span", {}, " · ", link(use.conversationUrl, "conversation")),
          ),
          use.question === null ? null : element("p", { className: "asked" }, use.question),
          element("p", { className: "excerpt" }, use.reply),
        ),
      ),
    ),
  );
}

function historySection({ changes: changed = [] }) {
  if (changed.length === 0) return section("History", element("p", {}, "Nobody has changed it."));
  return section(
    "History",
    element("ol", { className: "history" }, ...changed.toReversed().map(changeItem)),
  );
}

function changeItem({ did, by, at, before }) {
  const words = `${by} ${changes[did]}, ${timeOf(at)}`;
  if (before === null || (did !== "edited" && did !== "undone")) {
    return element("li", {}, words);
  }
  return element(
    "li",
    {},
    element(
      "details",
      {},
      element("summary", {}, words),
      element("p", { className: "meta" }, "Before:"),
      element("p", { className: "asked" }, before.question),
      element("p", { className: "excerpt" }, before.answer),
    ),
  );
}

const timeOf = (at) => moment(at).words;

function section(title, ...children) {
  return element("section", {}, element("h3", {}, title), ...children);
}
