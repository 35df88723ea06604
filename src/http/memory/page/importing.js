import { byId, element } from "../../pages/files/elements.js";
import { changeSeveral, importTable } from "./api.js";
import { count, excerpt } from "./words.js";
import { by } from "./your-name.js";

const shownRows = 20;

/**
 * The dialog that takes a table of questions and answers: what would be added is shown first.
 *
 * @param {{ onDone: (sentence: string, undo: () => Promise<unknown>) => void }} options
 * @returns {{ open: () => void }}
 */
export function createImporting({ onDone }) {
  const dialog = byId("importing");
  const file = byId("import-file");
  const preview = byId("import-preview");
  const submit = byId("import-submit");
  let table = "";

  byId("close-importing").onclick = () => dialog.close();
  file.onchange = () => void look();
  byId("import-form").onsubmit = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      const { ids } = await importTable(table, { dryRun: "false", ...by() });
      dialog.close();
      onDone(`${count(ids.length, "answer")} imported.`, () =>
        changeSeveral("retire", ids.slice(0, 200), by()),
      );
    } catch (error) {
      showProblem(error);
    }
  };

  return {
    open() {
      file.value = "";
      preview.replaceChildren();
      submit.hidden = true;
      dialog.showModal();
      file.focus();
    },
  };

  async function look() {
    submit.hidden = true;
    const [chosen] = file.files;
    if (chosen === undefined) return;
    try {
      table = await chosen.text();
      show(await importTable(table, { dryRun: "true" }));
    } catch (error) {
      showProblem(error);
    }
  }

  function show({ rows, known, bad }) {
    const words = [
      rows.length === 0
        ? "Nothing in it is new."
        : `${count(rows.length, "answer")} would be added.`,
      known.length === 0
        ? null
        : `${count(known.length, "row")} ${known.length === 1 ? "is" : "are"} kept already.`,
      bad.length === 0
        ? null
        : `${count(bad.length, "line")} cannot be taken and will be left out:`,
    ];
    preview.replaceChildren(
      element("p", { role: "status" }, words.filter((word) => word !== null).join(" ")),
      element(
        "ul",
        { className: "bad-lines" },
        ...bad.map(({ line, error }) => element("li", {}, `Line ${line}: ${error}`)),
      ),
      element("ol", { className: "history" }, ...rows.slice(0, shownRows).map(rowItem)),
      rows.length > shownRows
        ? element("p", { className: "meta" }, `… and ${rows.length - shownRows} more.`)
        : "",
    );
    submit.textContent = `Import ${count(rows.length, "answer")}`;
    submit.hidden = rows.length === 0;
    submit.disabled = false;
  }

  function showProblem(error) {
    const words = error instanceof Error ? error.message : String(error);
    preview.replaceChildren(element("p", { className: "bar-line is-bad", role: "alert" }, words));
  }
}

function rowItem({ line, question, answer }) {
  return element(
    "li",
    {},
    element("p", { className: "meta" }, `Line ${line}`),
    element("p", { className: "asked" }, excerpt(question)),
    element("p", { className: "excerpt" }, excerpt(answer)),
  );
}
