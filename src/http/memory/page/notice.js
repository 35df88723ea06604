import { byId, element } from "../../pages/files/elements.js";

/**
 * Says what has been done, until the next thing is, with a button that takes it back.
 *
 * @param {string} sentence
 * @param {(() => void) | null} onUndo
 */
export function showNotice(sentence, onUndo = null) {
  const bar = byId("notice");
  bar.hidden = false;
  const undo = element("button", { type: "button", onclick: onUndo }, "Undo");
  bar.replaceChildren(element("span", {}, sentence), ...(onUndo === null ? [] : [undo]));
}
