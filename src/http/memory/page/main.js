import { byId, element } from "../../pages/files/elements.js";
import { attempt } from "../../pages/files/status.js";
import { createAnswerDetails } from "./answer-details.js";
import { createAnswerList } from "./answer-list.js";
import {
  addAnswer,
  changeAnswer,
  changeSeveral,
  editAnswer,
  mergeAnswers,
  readAnswer,
  removeAnswer,
  suggestAnswer,
} from "./api.js";
import { createDisagreeing } from "./disagreeing.js";
import { createEditor } from "./editor.js";
import { createImporting } from "./importing.js";
import { showNotice } from "./notice.js";
import { beginSearch } from "./search.js";
import { createSuggesting } from "./suggesting.js";
import { count, limitWords } from "./words.js";
import { beginYourName, by } from "./your-name.js";

let role = "reader";
let opened = null;

const editor = createEditor();
const importing = createImporting({
  onDone(sentence, undo) {
    void attempt(async () => {
      await list.showStatus("answer");
      showNotice(sentence, () =>
        attempt(async () => {
          await undo();
          await list.refresh();
          showNotice("Taken back: what was imported is retired.");
        }),
      );
    });
  },
});
const list = createAnswerList({ onOpen: open, onChoose: showBulk, onRead: showAround });
const disagreeing = createDisagreeing({
  role: () => role,
  onOpen: open,
  onRetire: (answer) => change(answer, "retire", "Retired: it is not found any more."),
  onRewrite: (answer, text) => edit(answer, text ?? answer.answer),
});
const suggesting = createSuggesting({
  role: () => role,
  onOpen: open,
  onAccept: ({ question, answer, language, ids }) =>
    editor.open({
      title: "One answer for all of them",
      action: "Let it stand for all",
      values: { question, answer, language, url: null },
      async save(texts) {
        const [first, ...others] = ids;
        const { id } = await editAnswer(first, { ...texts, ...by() });
        const merged = await mergeAnswers(id, others.slice(0, 200), by());
        await changed(id, `It stands for ${count(merged.changed.length + 1, "answer")} now.`, () =>
          undoAll(merged.changed),
        );
      },
    }),
});
const details = createAnswerDetails({
  onOpen: open,
  onClose() {
    list.mark(null);
    if (opened !== null) list.focus(opened);
    opened = null;
  },
  does: {
    edit: (answer) => edit(answer, answer.answer),
    suggest: (answer) =>
      editor.open({
        title: "Suggest another text",
        action: "Suggest",
        values: answer,
        async save(texts) {
          await suggestAnswer({ ...given(texts), for: answer.id, ...by() });
          showNotice("Suggested: an admin decides about it.");
        },
      }),
    retire: (answer) => change(answer, "retire", "Retired: it is not found any more."),
    restore: (answer) => change(answer, "restore", "Back in use."),
    accept: (answer) => change(answer, "accept", "Accepted: it is found from now on."),
    undo: (answer) => change(answer, "undo", "Taken back."),
    merge: (answer, other) =>
      void attempt(async () => {
        const { changed: merged, refused } = await mergeAnswers(answer.id, [other.id], by());
        if (refused.length > 0) throw new Error(refused[0].error);
        const words =
          "Merged: the other one is retired, and says that this one stands in its place.";
        await changed(answer.id, words, () => undoAll(merged));
      }),
    remove: (answer) => {
      const words = "Remove this answer and its history for good? It cannot be brought back.";
      if (!confirm(words)) return;
      void attempt(async () => {
        await removeAnswer(answer.id);
        details.close();
        await list.refresh();
        showNotice("Removed for good.");
      });
    },
  },
});

beginYourName();
beginSearch({ onOpen: open });
addEventListener("hashchange", openNamed);
await attempt(list.refresh);
void attempt(list.readSources);
openNamed();
lookAsAsked();

/** A link from elsewhere can ask for a look at once: `/memory?show=disagreeing`. */
function lookAsAsked() {
  const looks = { disagreeing, suggested: suggesting };
  const asked = looks[new URLSearchParams(location.search).get("show")];
  if (asked !== undefined) void asked.look();
}

/** An address can name an answer: `/memory#id`. */
function openNamed() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id !== "" && id !== opened && !id.endsWith("-text")) open(id);
}

function open(id) {
  void attempt(async () => {
    const shown = await readAnswer(id);
    opened = id;
    history.replaceState(null, "", `#${encodeURIComponent(id)}`);
    details.show(shown, role);
    list.mark(id);
  });
}

function edit(answer, text) {
  editor.open({
    title: "Change this answer",
    action: "Save",
    values: { ...answer, answer: text },
    async save(texts) {
      const { id } = await editAnswer(answer.id, { ...texts, ...by() });
      await changed(id, "Changed.");
    },
  });
}

function change(answer, action, words) {
  void attempt(async () => {
    const { id } = await changeAnswer(answer.id, action, by());
    await changed(id, words, action === "undo" ? null : () => undoAll([{ id }]));
  });
}

/** Everything is read again: what was changed may have another place, or another id. */
async function changed(id, words, onUndo = () => undoAll([{ id }])) {
  await list.refresh();
  await disagreeing.refresh();
  await suggesting.refresh();
  details.show(await readAnswer(id), role);
  opened = id;
  list.mark(id);
  showNotice(words, onUndo);
}

function undoAll(answers) {
  void attempt(async () => {
    for (const { id } of answers) await changeAnswer(id, "undo", by());
    await list.refresh();
    if (opened !== null) details.show(await readAnswer(opened), role);
    showNotice("Taken back.");
  });
}

/** Called with each page of the list: it says who is asking and what the store can do. */
function showAround(about) {
  role = about.role;
  byId("log-out").hidden = !about.canLogOut;
  byId("use-filter").hidden = !about.abilities.countsUses;
  const limits = limitWords(about.abilities);
  byId("limits").hidden = limits.length === 0;
  byId("limits").replaceChildren(...limits.map((limit) => element("li", {}, limit)));
  const isAdmin = role === "admin";
  byId("list-actions").replaceChildren(
    element(
      "button",
      { type: "button", className: "primary", onclick: isAdmin ? add : suggest },
      isAdmin ? "Add an answer" : "Suggest an answer",
    ),
    ...(isAdmin ? [element("button", { type: "button", onclick: importing.open }, "Import")] : []),
    // Articles are somebody else's files.
    ...(list.showsArticles()
      ? []
      : [
          element(
            "a",
            {
              className: "button",
              href: `/memory/export?${list.filterQuery()}`,
              download: "answers.csv",
            },
            "Export these",
          ),
        ]),
  );
}

function add() {
  editor.open({
    title: "Add an answer",
    action: "Add",
    values: null,
    async save(texts) {
      const { id } = await addAnswer({ ...given(texts), ...by() });
      await list.showStatus("answer");
      open(id);
      showNotice("Added: it is found from now on.");
    },
  });
}

function suggest() {
  editor.open({
    title: "Suggest an answer",
    action: "Suggest",
    values: null,
    async save(texts) {
      await suggestAnswer({ ...given(texts), ...by() });
      await list.showStatus("suggested");
      showNotice("Suggested: an admin decides about it.");
    },
  });
}

/** What a new answer does not have is left out. */
function given(texts) {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== null));
}

function showBulk(chosen) {
  const bar = byId("bulk");
  bar.hidden = chosen.length === 0 || role !== "admin";
  const ids = chosen.map(({ id }) => id);
  const several = (action, words) =>
    void attempt(async () => {
      const { changed: done, refused } = await changeSeveral(action, ids, by());
      await list.refresh();
      const left =
        refused.length === 0
          ? ""
          : ` ${count(refused.length, "answer")} could not be: ${refused[0].error}`;
      showNotice(
        `${count(done.length, "answer")} ${words}.${left}`,
        done.length === 0 ? null : () => undoAll(done),
      );
    });
  const merge = () =>
    void attempt(async () => {
      const [keep, ...duplicates] = ids;
      const { changed: done, refused } = await mergeAnswers(keep, duplicates, by());
      if (done.length === 0) throw new Error(refused[0].error);
      await changed(keep, `${count(done.length, "answer")} merged into this one.`, () =>
        undoAll(done),
      );
    });
  const button = (words, onclick) => element("button", { type: "button", onclick }, words);
  const hasStatus = (status) => chosen.some((answer) => answer.status === status);
  bar.replaceChildren(
    element("legend", { className: "visually-hidden" }, "With the chosen ones"),
    element("span", {}, `${chosen.length} chosen`),
    ...(hasStatus("answer") || hasStatus("suggested")
      ? [button("Retire", () => several("retire", "retired"))]
      : []),
    ...(hasStatus("retired")
      ? [button("Bring back", () => several("restore", "back in use"))]
      : []),
    ...(chosen.length > 1 && chosen.every(({ status }) => status === "answer")
      ? [button("Merge into the first", merge)]
      : []),
    button("Choose none", list.unchoose),
  );
}
