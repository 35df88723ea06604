import { element } from "../../pages/files/elements.js";
import { formattedText } from "../../pages/files/formatted-text.js";
import { beginWriting, createReplyForm } from "./reply-form.js";

/**
 * Below an answer: whether it was right, what it should have said, and the same question again.
 *
 * @param {object} entry the answer's
 * @param {object} options
 * @param {(lesson: object) => boolean} options.onTeach whether it was handed over
 * @param {(entry: object) => void} options.onAskAgain
 * @param {(entry: object) => void} options.onCompare
 * @param {boolean} options.isReal whether what is taught counts in production
 * @param {Map<string, string>} options.edits what is being written, by what it is about
 */
export function createLesson(entry, { onTeach, onAskAgain, onCompare, isReal, edits }) {
  const { id, text, lesson } = entry;
  const key = `lesson ${id}`;
  const place = element("div");
  const teach = (kind, more = {}) => {
    const isSent = onTeach({ messageId: id, lesson: kind, ...more });
    if (!isSent) return;
    // A button that is switched off loses the focus to nowhere.
    again.focus();
    for (const button of whole.querySelectorAll("button")) button.disabled = button !== again;
  };
  const choice = (kind, name, onclick) =>
    element(
      "button",
      { type: "button", onclick, "aria-pressed": String(lesson?.kind === kind) },
      name,
    );
  const again = element(
    "button",
    { type: "button", onclick: () => onAskAgain(entry) },
    "Ask again",
  );
  if (lesson) again.classList.add("is-next");
  // What was written has arrived.
  if (lesson?.text && lesson.text === edits.get(key)?.trim()) edits.delete(key);
  if (edits.has(key)) write();

  const whole = element(
    "div",
    {
      className: "lesson",
      role: "group",
      "aria-label": isReal ? "Teach this answer, in production too" : "Teach this answer",
    },
    lesson ? outcome(lesson) : null,
    lesson && isReal
      ? element("p", { className: "hint" }, "It counts in production from now on.")
      : null,
    element(
      "div",
      { className: "choices" },
      choice("good", "Good", () => teach("good")),
      choice("wrong", "Wrong", () => teach("wrong")),
      choice("better", "Should have said…", () => beginWriting(write())),
      again,
      element("button", { type: "button", onclick: () => onCompare(entry) }, "Compare…"),
    ),
    place,
  );
  return whole;

  function write() {
    const form = createReplyForm({
      label: "What it should have said",
      action: "Remember this answer",
      value: edits.get(key) ?? lesson?.text ?? text,
      onInput: (value) => edits.set(key, value),
      onSubmit: (value) => teach("better", { text: value }),
      onCancel() {
        edits.delete(key);
        place.replaceChildren();
        again.focus();
      },
    });
    place.replaceChildren(form);
    return form;
  }
}

function outcome({ kind, text }) {
  if (kind === "good") return line("✓ Remembered as a good answer.");
  if (kind === "wrong") return line("✗ Noted as wrong: it is no answer for the next customer.");
  return element("div", {}, line("✎ Remembered. It should have said:"), formattedText(text));
}

function line(sentence) {
  return element("p", { className: "lesson-outcome" }, sentence);
}
