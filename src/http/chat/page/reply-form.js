import { element } from "../../pages/files/elements.js";
import { formattedText } from "../../pages/files/formatted-text.js";

/**
 * Where a reply is written, with a look at how the customer will see it. Ctrl+Enter sends it, Esc
 * gives up.
 *
 * @param {object} options
 * @param {string} options.label what the field is called
 * @param {string} options.action what its button says
 * @param {string} options.value
 * @param {(text: string) => void} options.onInput also once at the beginning
 * @param {(text: string) => void} options.onSubmit gets no empty text
 * @param {() => void} options.onCancel
 */
export function createReplyForm({ label, action, value, onInput, onSubmit, onCancel }) {
  const preview = element("div", { className: "preview" });
  const field = element("textarea", {
    value,
    rows: Math.min(12, value.split("\n").length + 2),
    maxLength: 8000,
    "aria-label": label,
    oninput: () => show(),
    onkeydown: (event) => {
      if (event.key === "Escape") onCancel();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    },
  });
  const form = element(
    "form",
    {
      className: "edit",
      onsubmit: (event) => {
        event.preventDefault();
        const text = field.value.trim();
        if (text !== "") onSubmit(text);
      },
    },
    field,
    element("p", { className: "hint" }, "As the customer will see it:"),
    preview,
    element(
      "div",
      { className: "actions" },
      element(
        "button",
        { type: "submit", className: "primary", "aria-keyshortcuts": "Control+Enter" },
        action,
        element("kbd", { "aria-hidden": "true" }, "Ctrl Enter"),
      ),
      element(
        "button",
        { type: "button", onclick: onCancel },
        "Cancel",
        element("kbd", { "aria-hidden": "true" }, "Esc"),
      ),
    ),
  );
  show();
  return form;

  function show() {
    onInput(field.value);
    preview.replaceChildren(formattedText(field.value));
  }
}

/** Once it stands on the page: the whole of it, and the focus in its field. */
export function beginWriting(form) {
  form.querySelector("textarea").focus();
  form.scrollIntoView({ block: "nearest" });
}
