import { byId, element } from "../../pages/files/elements.js";
import { formattedText } from "../../pages/files/formatted-text.js";
import { percent } from "../../pages/files/words.js";
import { createSession, deleteSession } from "./api.js";
import { createChatSession } from "./chat-session.js";
import { heldBackWords, productionWords } from "./words.js";

/**
 * The same question under two settings, side by side. Each side is a session of its own, which is
 * removed again unless somebody goes on with it.
 *
 * @param {object} options
 * @param {string[]} options.promptSets names of other prompts than those in use
 * @param {(view: object) => void} options.onChoose gets the session to go on with
 */
export function createCompare({ promptSets, onChoose }) {
  const dialog = byId("compare");
  const sides = ["one", "other"].map((id) => createSide(byId(`compare-${id}`), promptSets, choose));
  let asked = null;

  byId("compare-form").onsubmit = (event) => {
    event.preventDefault();
    for (const side of sides) side.ask(asked).catch((error) => side.fail(error.message));
  };
  byId("close-compare").onclick = () => dialog.close();
  dialog.onclose = () => {
    for (const side of sides) side.end();
  };

  return {
    /** @param {object} question `customerName`, `situation`, `messages`, and the `threshold` in production */
    open(question) {
      asked = question;
      byId("compare-question").textContent = question.messages.at(-1).text;
      for (const [index, side] of sides.entries()) side.begin(question.threshold, index === 0);
      dialog.showModal();
    },
  };

  function choose(side) {
    const view = side.keep();
    dialog.close();
    onChoose(view);
  }
}

function createSide(place, promptSets, choose) {
  const threshold = element("input", {
    type: "number",
    min: 0,
    max: 100,
    step: 1,
    required: true,
    className: "threshold-field",
  });
  const memory = element(
    "select",
    {},
    element("option", { value: "with" }, "remembered answers and articles"),
    element("option", { value: "without" }, "articles only"),
  );
  const prompts = element(
    "select",
    {},
    element("option", { value: "" }, "those in use"),
    ...promptSets.map((name) => element("option", { value: name }, name)),
  );
  const result = element("div", { className: "compare-result", "aria-live": "polite" });
  place.append(
    labelled("Sends from this confidence on, in %", threshold),
    labelled("Looks in", memory),
    promptSets.length === 0 ? "" : labelled("Prompts", prompts),
    result,
  );
  let session = null;
  /** Counts what was asked for, so that an answer to something older is not shown. */
  let asking = 0;

  const side = {
    begin(share, hasMemory) {
      threshold.value = String(Math.round(share * 100));
      memory.value = hasMemory ? "with" : "without";
      prompts.value = "";
      result.replaceChildren();
    },
    async ask({ customerName, situation, messages }) {
      side.end();
      result.replaceChildren(element("p", { className: "hint" }, "Drafting…"));
      const settings = {
        threshold: Number(threshold.value) / 100,
        hasMemory: memory.value === "with",
        ...(prompts.value === "" ? {} : { prompts: prompts.value }),
      };
      const mine = ++asking;
      const who = { customerName, situation };
      const view = await createSession({ ...who, mode: "automatic", settings, messages });
      if (mine !== asking) return deleteSession(view.id);
      session = createChatSession(view, ({ kind, entry }) => {
        if (kind === "entry" && isNews(entry, messages)) show(entry);
      });
      session.connect();
      return null;
    },
    fail(message) {
      result.replaceChildren(element("p", { className: "problem" }, message));
    },
    /** @returns {object} the session, which is not removed any more */
    keep() {
      const { view } = session;
      session.close();
      session = null;
      return view;
    },
    end() {
      asking += 1;
      if (session === null) return;
      session.close();
      deleteSession(session.id).catch(() => {});
      session = null;
    },
  };
  return side;

  function show(entry) {
    const { draft } = entry;
    const held = draft ? heldBackWords(draft.decision) : null;
    result.replaceChildren(
      element(
        "div",
        { className: `bubble${held === null && draft ? "" : " is-held"}` },
        held === null ? "" : element("p", { className: "held-title" }, held),
        formattedText(entry.message ?? entry.text),
      ),
      draft ? reasons(draft) : "",
      element("button", { type: "button", onclick: () => choose(side) }, "Go on with this one"),
    );
  }
}

function isNews({ id, role }, messages) {
  return role !== "customer" && messages.every((message) => message.id !== id);
}

function reasons(draft) {
  const { confidence, isQuote, sources } = draft;
  const { title, why } = productionWords(draft);
  const used = sources.filter(({ isUsed }) => isUsed).map(({ title }) => title);
  const share = isQuote ? "" : ` · ${percent(confidence)}`;
  return element(
    "div",
    { className: "compare-reasons" },
    element("p", {}, element("strong", {}, title), `${share} · ${why}`),
    element(
      "p",
      {},
      used.length === 0 ? "It rests on no source." : `It rests on: ${used.join("; ")}`,
    ),
  );
}

function labelled(text, field) {
  return element(
    "label",
    { className: "compare-field" },
    element("span", { className: "compare-label" }, text),
    field,
  );
}
