import { byId, element } from "../../pages/files/elements.js";
import { formattedText } from "../../pages/files/formatted-text.js";
import { percent } from "../../pages/files/words.js";
import { createDraftCard } from "./draft-card.js";
import { createLesson } from "./lesson.js";
import { heldBackWords, productionWords, states, time } from "./words.js";

/**
 * The conversation in the middle.
 *
 * @param {object} handlers `onOpen(draft)`, `onVerdict(verdict)`, `onRetry()`, `onTeach(lesson)`,
 *   `onAskAgain(entry)`, `onCompare(entry)`, `onDecided()` when nothing is left to do at the entry that had the focus
 */
export function createConversation(handlers) {
  const { onOpen, onVerdict, onRetry, onTeach, onAskAgain, onCompare, onDecided, asksToRemember } =
    handlers;
  const list = byId("entries");
  const scroller = byId("scroller");
  const elements = new Map();
  const shown = new Map();
  const edits = new Map();

  return {
    /** Shows another session from its beginning. */
    show(entries) {
      elements.clear();
      shown.clear();
      list.replaceChildren();
      for (const entry of entries) put(entry, false);
      scroller.scrollTop = scroller.scrollHeight;
    },
    put,
    remove(entry) {
      elements.get(entry.id)?.remove();
      elements.delete(entry.id);
      shown.delete(entry.id);
    },
    /** The one whose details are open. */
    mark(draftId) {
      for (const [id, item] of elements) item.classList.toggle("is-open", id === draftId);
    },
    /** @returns {boolean} whether there is a draft to decide about */
    focusDraft() {
      const card = [...list.querySelectorAll(".draft-card")].at(-1);
      card?.focus();
      return card !== undefined;
    },
    /** A verdict was not carried out: it may be given again. */
    reopen() {
      for (const button of list.querySelectorAll(
        ".draft-card button, .error button, .lesson button",
      )) {
        button.disabled = false;
      }
    },
    scrollToEnd() {
      scroller.scrollTo({ top: scroller.scrollHeight });
    },
  };

  function put(entry, scrolls = true) {
    // After a lost connection everything is told again: what somebody is writing in must stay.
    const told = JSON.stringify(entry);
    if (shown.get(entry.id) === told) return;
    shown.set(entry.id, told);
    if (entry.draft && entry.draft.state !== "open") edits.delete(entry.draft.id);
    const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
    const before = elements.get(entry.id);
    const hadFocus = before?.contains(document.activeElement) ?? false;
    const item = itemFor(entry);
    elements.set(entry.id, item);
    if (before === undefined) list.append(item);
    else before.replaceWith(item);
    if (scrolls && (isAtEnd || entry.role === "customer")) {
      scroller.scrollTo({ top: scroller.scrollHeight });
    }
    if (hadFocus) focusAfter(item);
  }

  /** What is to be done next: at the entry itself, or elsewhere. */
  function focusAfter(item) {
    const next = item.querySelector(".is-next");
    if (next === null) onDecided();
    else next.focus();
  }

  function itemFor(entry) {
    switch (entry.type) {
      case "message":
        return entry.role === "customer" ? customerItem(entry) : assistantItem(entry);
      case "draft":
        return draftItem(entry);
      case "notice":
        return noticeItem(entry);
      default:
        return errorItem(entry);
    }
  }

  function customerItem({ text, at, isUnsent }) {
    return element(
      "li",
      { className: `entry customer${isUnsent ? " is-unsent" : ""}` },
      element("div", { className: "bubble" }, text),
      element("p", { className: "meta" }, "Customer · ", isUnsent ? "sending…" : timeOf(at)),
    );
  }

  function assistantItem(entry) {
    const { text, at, author, draft } = entry;
    const held = draft?.state === "shown" ? heldBackWords(draft.decision) : null;
    const bubble = element(
      "div",
      { className: `bubble${held === null ? "" : " is-held"}` },
      held === null ? null : element("p", { className: "held-title" }, held),
      formattedText(text),
    );
    const who = author ?? "Auto-responder";
    const verdict = draft && states[draft.state] ? ` · ${states[draft.state]}` : "";
    const item = element(
      "li",
      { className: "entry assistant" },
      bubble,
      element("p", { className: "meta" }, `${who} · `, timeOf(at), verdict),
      draft ? production(draft) : null,
      draft
        ? createLesson(entry, { onTeach, onAskAgain, onCompare, isReal: asksToRemember, edits })
        : null,
    );
    if (draft) {
      bubble.classList.add("is-clickable");
      bubble.onclick = (event) => {
        // Following a link or marking words is not asking for details.
        if (event.target.closest("a") === null && String(getSelection()) === "") onOpen(draft);
      };
    }
    return item;
  }

  function draftItem(entry) {
    const { draft } = entry;
    const item = element("li", { className: "entry assistant" });
    if (draft.state === "open") {
      item.append(createDraftCard(draft, { onVerdict, asksToRemember, edits }), production(draft));
    } else if (draft.state === "approved" || draft.state === "edited") {
      // The message that was sent stands below and says so.
      item.hidden = true;
    } else {
      item.append(
        element(
          "div",
          { className: "bubble is-dropped" },
          element("p", { className: "dropped-title" }, states[draft.state]),
          formattedText(draft.reply),
        ),
        production(draft),
        element(
          "div",
          { className: "choices" },
          element("button", { type: "button", onclick: () => onAskAgain(entry) }, "Ask again"),
        ),
      );
    }
    return item;
  }

  function noticeItem({ text, at, draft }) {
    return element(
      "li",
      { className: "entry notice" },
      element("p", {}, text, " ", timeOf(at)),
      draft ? production(draft) : null,
    );
  }

  function errorItem({ message, at, canRetry }) {
    const again = element("button", { type: "button" }, "Try again");
    again.onclick = () => {
      if (!onRetry()) return;
      onDecided();
      again.disabled = true;
    };
    return element(
      "li",
      { className: "entry error" },
      element("p", { className: "error-title" }, "No answer · ", timeOf(at)),
      element("p", { className: "error-text" }, message),
      canRetry ? again : null,
    );
  }

  /** What production would have done with it; opens the details. */
  function production(draft) {
    const { kind, sign, title, why } = productionWords(draft);
    const share = draft.isQuote ? "" : `${percent(draft.confidence)} · `;
    return element(
      "button",
      {
        type: "button",
        className: `production is-${kind}`,
        title: "Show the details",
        onclick: () => onOpen(draft),
      },
      element("span", { className: "sign", "aria-hidden": "true" }, sign),
      element("strong", {}, kind === "quote" ? title : `In production: ${title}`),
      element("span", {}, `${share}${why}`),
    );
  }
}

function timeOf(at) {
  return element("time", { dateTime: new Date(at).toISOString() }, time(at));
}
