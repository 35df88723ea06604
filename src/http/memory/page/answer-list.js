import { byId, element } from "../../pages/files/elements.js";
import { attempt } from "../../pages/files/status.js";
import { languageName, moment } from "../../pages/files/words.js";
import { readArticles, readList } from "./api.js";
import { articleRow, sourceOptions } from "./article-row.js";
import { authors, count, excerpt, statuses } from "./words.js";

const pageSize = 30;
const dayMs = 86_400_000;
const noAnswer = "No answer is kept that fits. Articles are listed under Source.";
const noArticle = "No article is kept that fits.";

/**
 * The list of what is kept, answers or the articles of a source, its filter, and which answers are
 * chosen.
 *
 * @param {object} options
 * @param {(id: string) => void} options.onOpen
 * @param {(chosen: { id: string, status: string }[]) => void} options.onChoose
 * @param {(about: { role: string, abilities: object }) => void} options.onRead
 */
export function createAnswerList({ onOpen, onChoose, onRead }) {
  const list = byId("list");
  const filter = byId("filter");
  const more = byId("more");
  const chosen = new Map();
  const source = filter.elements.source;
  const chooseAll = byId("choose-all");
  let query = new URLSearchParams();
  let opened = null;

  filter.onsubmit = (event) => {
    event.preventDefault();
    void attempt(refresh);
  };
  for (const select of filter.querySelectorAll("select")) {
    select.onchange = () => void attempt(refresh);
  }
  chooseAll.onclick = () => {
    for (const box of list.querySelectorAll("input:not(:checked)")) box.click();
  };

  return {
    refresh,
    /** Fills in which sources articles came from. */
    async readSources() {
      const { sources } = await readArticles(new URLSearchParams({ limit: "1" }));
      source.append(...sourceOptions(sources));
    },
    /** Whether articles are shown, which are changed where they are written. */
    showsArticles: () => source.value !== "",
    /** Shows answers of that state, whatever was asked for before. */
    async showStatus(status) {
      filter.reset();
      filter.elements.status.value = status;
      await refresh();
    },
    /** For the address of an export: what the filter lets through, without the page. */
    filterQuery() {
      const asked = queryOf(filter);
      asked.delete("limit");
      asked.delete("q");
      return asked;
    },
    /** The row whose answer stands beside the list. */
    mark(id) {
      opened = id;
      for (const row of list.children) row.classList.toggle("is-open", row.dataset.id === id);
    },
    focus(id) {
      list.querySelector(`[data-id="${CSS.escape(id)}"] .as-link`)?.focus();
    },
    unchoose() {
      chosen.clear();
      for (const box of list.querySelectorAll("input:checked")) box.checked = false;
      onChoose([]);
    },
  };

  async function refresh() {
    const isOfArticles = source.value !== "";
    for (const field of filter.querySelectorAll("[data-for=answers]")) {
      field.classList.toggle("is-left-out", isOfArticles);
    }
    filter.elements.q.placeholder = isOfArticles ? "in the title" : "in use only";
    query = isOfArticles ? articleQueryOf(filter) : queryOf(filter);
    chosen.clear();
    onChoose([]);
    list.replaceChildren();
    await (isOfArticles ? readArticlesOn() : readOn());
  }

  async function readOn() {
    const page = await readList(query);
    list.append(...page.answers.map(row));
    show(page, page.total === 0 ? noAnswer : count(page.total, "answer"), readOn);
    chooseAll.hidden = page.role !== "admin" || page.answers.length < 2;
  }

  async function readArticlesOn() {
    const page = await readArticles(query);
    list.append(...page.articles.map(articleRow));
    show(page, page.total === 0 ? noArticle : count(page.total, "article"), readArticlesOn);
    chooseAll.hidden = true;
  }

  function show(page, words, goOn) {
    byId("total").textContent = words;
    more.hidden = page.next === null;
    more.onclick = () => {
      query.set("after", page.next);
      void attempt(goOn);
    };
    onRead(page);
  }

  function row(answer) {
    const { id, question, status, author, language, standsFor, at, uses } = answer;
    const box = element("input", {
      type: "checkbox",
      "aria-label": `Choose: ${question}`,
      onchange: () => {
        if (box.checked) chosen.set(id, answer);
        else chosen.delete(id);
        onChoose([...chosen.values()]);
      },
    });
    const facts = [
      authors[author],
      status === "answer" ? null : statuses[status],
      standsFor,
      moment(at).words,
      language === null ? null : languageName(language),
      usesWords(uses),
    ].filter((fact) => fact !== null);
    const made = element(
      "li",
      { className: id === opened ? "is-open" : "" },
      element("label", { className: "choice" }, box),
      element(
        "div",
        {},
        element(
          "button",
          { type: "button", className: "as-link", onclick: () => onOpen(id) },
          question,
        ),
        element("p", { className: "excerpt" }, excerpt(answer.answer)),
        element("p", { className: "meta" }, facts.join(" · ")),
      ),
    );
    made.dataset.id = id;
    return made;
  }
}

/** `null` where it is not counted. */
function usesWords(uses) {
  if (uses === null || uses === undefined) return null;
  return uses === 0 ? "never used" : `used ${count(uses, "time")}`;
}

function queryOf({ elements }) {
  const query = new URLSearchParams({ limit: String(pageSize) });
  for (const name of ["status", "author", "language", "by", "used", "q"]) {
    const value = elements[name].value.trim();
    if (value !== "") query.set(name, value);
  }
  return withAge(query, elements);
}

function articleQueryOf({ elements }) {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (elements.source.value !== "*") query.set("source", elements.source.value);
  for (const name of ["language", "q"]) {
    const value = elements[name].value.trim();
    if (value !== "") query.set(name, value);
  }
  return withAge(query, elements);
}

function withAge(query, elements) {
  const [direction, days] = elements.age.value.split("-");
  if (days !== undefined) {
    const day = new Date(Date.now() - Number(days) * dayMs).toISOString().slice(0, 10);
    query.set(direction === "newer" ? "since" : "before", day);
  }
  return query;
}
