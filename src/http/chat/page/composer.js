import { byId, element } from "../../pages/files/elements.js";

const tallestPx = 200;
/** What the service takes. */
const mostFiles = 8;

/**
 * The field in which the customer's message is written, and the files that go with it. What is typed
 * belongs to its session: it stays there when another one is shown.
 *
 * @param {object} handlers
 * @param {(text: string, files: { id: string, name: string }[]) => boolean} handlers.onSend says
 *   whether it took the message
 * @param {(sessionId: string, file: File) => Promise<{ id: string, name: string } | null>}
 *   handlers.onUpload `null` where it was not taken
 * @param {() => void} handlers.onEscape
 */
export function createComposer({ onSend, onUpload, onEscape }) {
  const field = byId("composer-text");
  const picker = byId("composer-file");
  const list = byId("composer-files");
  const typed = new Map();
  const attached = new Map();
  let shown = null;

  byId("composer").onsubmit = (event) => {
    event.preventDefault();
    send();
  };
  field.oninput = fit;
  field.onkeydown = (event) => {
    // While a word is being composed (Japanese, Chinese), Enter chooses it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape") {
      onEscape();
    }
  };
  field.onpaste = (event) => {
    const { files } = event.clipboardData;
    if (files.length === 0) return;
    event.preventDefault();
    void attach(files);
  };
  picker.onchange = () => {
    void attach(picker.files).then(() => field.focus());
    picker.value = "";
  };
  const place = byId("composer").parentElement;
  place.ondragover = (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  };
  place.ondrop = (event) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    void attach(event.dataTransfer.files);
  };

  return {
    focus: () => field.focus(),
    /** Shows what was typed in that session and not yet sent. */
    show(sessionId) {
      if (shown !== null) typed.set(shown, field.value);
      shown = sessionId;
      field.value = typed.get(sessionId) ?? "";
      fit();
      showFiles();
    },
    forget: (sessionId) => {
      typed.delete(sessionId);
      attached.delete(sessionId);
      if (shown === sessionId) shown = null;
    },
  };

  function send() {
    const text = field.value.trim();
    const files = attached.get(shown) ?? [];
    if ((text === "" && files.length === 0) || !onSend(text, files)) return;
    attached.delete(shown);
    field.value = "";
    fit();
    showFiles();
    field.focus();
  }

  /** Files go to the session in which they were chosen, whatever is shown when they have arrived. */
  async function attach(files) {
    const session = shown;
    for (const file of [...files]) {
      if ((attached.get(session) ?? []).length >= mostFiles) return;
      const taken = await onUpload(session, file);
      if (taken === null) continue;
      attached.set(session, [...(attached.get(session) ?? []), taken]);
      showFiles();
    }
  }

  function showFiles() {
    const files = attached.get(shown) ?? [];
    list.hidden = files.length === 0;
    list.replaceChildren(...files.map(fileItem));
  }

  function fileItem(file) {
    const remove = () => {
      const left = attached.get(shown).filter(({ id }) => id !== file.id);
      attached.set(shown, left);
      showFiles();
      field.focus();
    };
    return element(
      "li",
      {},
      file.name,
      element(
        "button",
        {
          type: "button",
          className: "icon-button",
          "aria-label": `Remove ${file.name}`,
          onclick: remove,
        },
        "✕",
      ),
    );
  }

  function fit() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, tallestPx)}px`;
  }
}
