import { element } from "../../pages/files/elements.js";
import { formattedText } from "../../pages/files/formatted-text.js";
import { percent } from "../../pages/files/words.js";
import { beginWriting, createReplyForm } from "./reply-form.js";

/**
 * A draft that waits for a verdict, with its three buttons and their keys.
 *
 * @param {object} draft
 * @param {object} options
 * @param {(verdict: object) => boolean} options.onVerdict whether it was handed over
 * @param {boolean} options.asksToRemember
 * @param {Map<string, string>} options.edits what is being written in place of drafts, by their ids;
 *   it outlives the card
 */
export function createDraftCard(draft, { onVerdict, asksToRemember, edits }) {
  const text = element("div", { className: "draft-text" }, formattedText(draft.reply));
  const remember = element("input", { type: "checkbox" });
  const decide = (verdict, more = {}) => {
    const isSent = onVerdict({ draftId: draft.id, verdict, remember: remember.checked, ...more });
    if (!isSent) return;
    // A button that is switched off loses the focus to nowhere.
    card.focus();
    for (const button of card.querySelectorAll("button")) button.disabled = true;
  };
  const actions = element(
    "div",
    { className: "actions" },
    action("Approve", "A", () => decide("approve"), "primary"),
    action("Edit", "E", () => beginWriting(edit())),
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
        if (button === null || actions.hidden) return;
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
  if (edits.has(draft.id)) edit();
  return card;

  function edit() {
    const form = createReplyForm({
      label: "Edited reply",
      action: "Send edited reply",
      value: edits.get(draft.id) ?? draft.reply,
      onInput: (value) => edits.set(draft.id, value),
      onSubmit: (value) => decide("edit", { text: value }),
      onCancel() {
        edits.delete(draft.id);
        text.replaceChildren(formattedText(draft.reply));
        actions.hidden = false;
        card.focus();
      },
    });
    text.replaceChildren(form);
    actions.hidden = true;
    return form;
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
