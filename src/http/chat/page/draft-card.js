import { element } from "./elements.js";
import { formattedText } from "./formatted-text.js";
import { percent } from "./words.js";

/**
 * A draft that waits for a verdict, with its three buttons and their keys.
 *
 * @param {object} draft
 * @param {{ onVerdict: (verdict: object) => boolean, asksToRemember: boolean }} options
 */
export function createDraftCard(draft, { onVerdict, asksToRemember }) {
  const text = element("div", { className: "draft-text" }, formattedText(draft.reply));
  const remember = element("input", { type: "checkbox" });
  const decide = (verdict, more = {}) => {
    const isSent = onVerdict({ draftId: draft.id, verdict, remember: remember.checked, ...more });
    if (isSent) for (const button of card.querySelectorAll("button")) button.disabled = true;
  };
  const actions = element(
    "div",
    { className: "actions" },
    action("Approve", "A", () => decide("approve"), "primary"),
    action("Edit", "E", edit),
    action("Reject", "R", () => decide("reject")),
  );
  const card = element(
    "div",
    {
      className: "draft-card",
      role: "group",
      tabIndex: 0,
      "aria-label": `Draft for review, confidence ${percent(draft.confidence)}. A approves, E edits, R rejects.`,
      onkeydown: (event) => {
        const isTyping = event.target.closest("textarea, input") !== null;
        if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
        const button = actions.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
        if (button === null) return;
        event.preventDefault();
        button.click();
      },
    },
    element("p", { className: "draft-title" }, "Draft: the customer has not seen it"),
    text,
    asksToRemember
      ? element("label", { className: "remember" }, remember, " Remember this answer")
      : null,
    actions,
  );
  return card;

  function edit() {
    const field = element("textarea", {
      value: draft.reply,
      rows: Math.min(16, draft.reply.split("\n").length + 2),
      maxLength: 8000,
      "aria-label": "Edited reply",
    });
    const cancel = () => {
      text.replaceChildren(formattedText(draft.reply));
      actions.hidden = false;
      card.focus();
    };
    field.onkeydown = (event) => {
      if (event.key === "Escape") cancel();
    };
    const form = element(
      "form",
      {
        className: "edit",
        onsubmit: (event) => {
          event.preventDefault();
          if (field.value.trim() !== "") decide("edit", { text: field.value.trim() });
        },
      },
      field,
      element(
        "div",
        { className: "actions" },
        element("button", { type: "submit", className: "primary" }, "Send edited reply"),
        element("button", { type: "button", onclick: cancel }, "Cancel"),
      ),
    );
    text.replaceChildren(form);
    actions.hidden = true;
    field.focus();
  }
}

function action(name, key, onclick, className = "") {
  const button = element(
    "button",
    { type: "button", className, onclick, "aria-keyshortcuts": key },
    name,
    element("kbd", { "aria-hidden": "true" }, key),
  );
  button.dataset.key = key.toLowerCase();
  return button;
}
