import { byId } from "../../pages/files/elements.js";

const tallestPx = 200;

/**
 * The field in which the customer's message is written. What is typed belongs to its session: it
 * stays there when another one is shown.
 *
 * @param {{ onSend: (text: string) => boolean, onEscape: () => void }} handlers `onSend` says
 *   whether it took the text
 */
export function createComposer({ onSend, onEscape }) {
  const field = byId("composer-text");
  const typed = new Map();
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

  return {
    focus: () => field.focus(),
    /** Shows what was typed in that session and not yet sent. */
    show(sessionId) {
      if (shown !== null) typed.set(shown, field.value);
      shown = sessionId;
      field.value = typed.get(sessionId) ?? "";
      fit();
    },
    forget: (sessionId) => {
      typed.delete(sessionId);
      if (shown === sessionId) shown = null;
    },
  };

  function send() {
    const text = field.value.trim();
    if (text === "" || !onSend(text)) return;
    field.value = "";
    fit();
    field.focus();
  }

  function fit() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, tallestPx)}px`;
  }
}
