import { byId, element } from "../../pages/files/elements.js";
import { formattedText } from "../../pages/files/formatted-text.js";
import { percent } from "../../pages/files/words.js";
import { createSession, deleteSession } from "./api.js";
import { createChatSession } from "./chat-session.js";
import { productionWords } from "./words.js";

/**
 * A whole session once more, each turn drafted anew with the prompts as they are now or with another
 * set, beside what was drafted then. Each turn is a session of its own, removed again.
 *
 * @param {object} options
 * @param {string[]} options.promptSets names of other prompts than those in use
 */
export function createReplay({ promptSets }) {
  const dialog = byId("replay");
  const prompts = byId("replay-prompts");
  prompts.append(
    element("option", { value: "" }, "those in use, as they are now"),
    ...promptSets.map((name) => element("option", { value: name }, name)),
  );
  let session = null;
  /** Counts what was asked for: what is older stops by itself. */
  let running = 0;

  byId("replay-form").onsubmit = (event) => {
    event.preventDefault();
    void replayAll();
  };
  byId("close-replay").onclick = () => dialog.close();
  dialog.onclose = () => {
    running += 1;
  };

  return {
    /** @param {object} shown the session on the page */
    open(shown) {
      session = shown;
      byId("replay-story").href = `/chat/sessions/${session.id}/story`;
      byId("replay-turns").replaceChildren();
      const count = turnsIn(session).length;
      byId("replay-about").textContent =
        count === 0
          ? "Nothing was drafted in this session yet."
          : `${count} ${count === 1 ? "turn" : "turns"}: each is drafted anew from what had been said before it.`;
      byId("replay-start").disabled = count === 0;
      dialog.showModal();
    },
  };

  async function replayAll() {
    const mine = ++running;
    const rows = turnsIn(session).map((entry) => ({ entry, ...rowFor(entry) }));
    byId("replay-turns").replaceChildren(...rows.map(({ row }) => row));
    for (const { entry, show } of rows) {
      if (mine !== running) return;
      try {
        show(await askAnew(entry));
      } catch (error) {
        show({ type: "error", message: error.message, draft: null });
      }
    }
  }

  async function askAnew(entry) {
    const { customerName, settings, situation } = session.view;
    const { prompts: _then, ...kept } = settings;
    const view = await createSession({
      customerName,
      situation,
      mode: "automatic",
      settings: { ...kept, ...(prompts.value === "" ? {} : { prompts: prompts.value }) },
      messages: session.messagesBefore(entry),
    });
    const messages = new Set(session.messagesBefore(entry).map(({ id }) => id));
    let again = null;
    try {
      return await new Promise((resolve, reject) => {
        again = createChatSession(view, ({ kind, entry: news }) => {
          if (kind === "removed") reject(new Error("The service has removed the session."));
          if (kind !== "entry" || news.role === "customer" || messages.has(news.id)) return;
          resolve(news);
        });
        again.connect();
      });
    } finally {
      again?.close();
      deleteSession(view.id).catch(() => {});
    }
  }

  function rowFor(entry) {
    const [question] = session.messagesBefore(entry).slice(-1);
    const now = element("div", { className: "compare-result", "aria-live": "polite" });
    now.append(element("p", { className: "hint" }, "Drafting…"));
    const verdict = element("p", { className: "hint" });
    const row = element(
      "li",
      { className: "replay-turn" },
      element("q", {}, question?.text ?? ""),
      verdict,
      element(
        "div",
        { className: "compare-sides" },
        sideOf("Then", element("div", { className: "compare-result" }, ...answerOf(entry))),
        sideOf("Now", now),
      ),
    );
    return {
      row,
      show(news) {
        now.replaceChildren(...answerOf(news));
        verdict.textContent = differenceOf(entry, news);
      },
    };
  }
}

/** The entries with the draft that counted in the end, one for each turn of the customer. */
function turnsIn(session) {
  const turns = new Map();
  for (const entry of session.entries()) {
    if (!entry.draft || entry.draft.state === "superseded") continue;
    turns.set(session.messagesBefore(entry).at(-1)?.id, entry);
  }
  return [...turns.values()];
}

function sideOf(title, content) {
  return element("section", { className: "replay-side" }, element("h3", {}, title), content);
}

function answerOf({ message, draft, text }) {
  if (!draft) return [element("p", { className: "problem" }, message ?? text)];
  const sure = draft.isQuote ? "" : ` · ${percent(draft.confidence)}`;
  return [
    element("div", { className: "bubble" }, formattedText(draft.reply)),
    element("p", { className: "compare-reasons" }, `${productionWords(draft).title}${sure}`),
  ];
}

/** What somebody who has edited a prompt looks for first. */
function differenceOf({ draft: then }, { draft: now }) {
  if (!now) return "No draft came about.";
  if (then.decision.label !== now.decision.label) {
    return `Another decision: ${then.decision.label} became ${now.decision.label}.`;
  }
  return then.reply === now.reply ? "The same words." : "The same decision, in other words.";
}
