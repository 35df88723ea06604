import { byId } from "../../pages/files/elements.js";

/**
 * The dialog in which an answer is written: a new one, another text, or a suggestion.
 *
 * @returns {{ open(wanted: {
 *   title: string, action: string, values: object | null, save: (texts: object) => Promise<void>
 * }): void }}
 */
export function createEditor() {
  const dialog = byId("editor");
  const form = byId("editor-form");
  const problem = byId("editor-problem");
  let save = async () => {};
  let opener = null;

  byId("close-editor").onclick = () => dialog.close();
  dialog.onclose = () => opener?.isConnected && opener.focus();
  form.onsubmit = async (event) => {
    event.preventDefault();
    problem.hidden = true;
    byId("editor-submit").disabled = true;
    try {
      await save(textsIn(form));
      dialog.close();
    } catch (error) {
      problem.hidden = false;
      problem.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      byId("editor-submit").disabled = false;
    }
  };

  return {
    open(wanted) {
      ({ save } = wanted);
      opener = document.activeElement;
      byId("editor-title").textContent = wanted.title;
      byId("editor-submit").textContent = wanted.action;
      problem.hidden = true;
      for (const name of ["question", "answer", "language", "url"]) {
        form.elements[name].value = wanted.values?.[name] ?? "";
      }
      dialog.showModal();
      form.elements.question.focus();
    },
  };
}

/** What is empty is `null`. */
function textsIn({ elements }) {
  return {
    question: elements.question.value,
    answer: elements.answer.value,
    language: elements.language.value.trim() || null,
    url: elements.url.value.trim() || null,
  };
}
