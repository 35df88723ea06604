import { byId, element, link } from "./elements.js";
import { decisionSigns, duration, kinds, languageName, percent, stepNames } from "./words.js";

/** The panel at the right: how one draft came about. */
export function createDetails({ onClose }) {
  const panel = byId("details");
  const content = byId("details-content");
  let opener = null;

  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    document.body.classList.remove("has-details");
    onClose();
    if (opener?.isConnected) opener.focus();
  };
  byId("close-details").onclick = close;
  panel.onkeydown = (event) => {
    if (event.key === "Escape") close();
  };

  return {
    close,
    open(draft) {
      opener = document.activeElement;
      content.replaceChildren(
        confidenceSection(draft),
        decisionSection(draft),
        sourcesSection(draft),
        stepsSection(draft),
        modelSection(draft),
      );
      panel.hidden = false;
      document.body.classList.add("has-details");
      content.scrollTop = 0;
      panel.focus({ preventScroll: true });
    },
  };
}

function section(title, ...children) {
  return element("section", {}, element("h3", {}, title), ...children);
}

function confidenceSection({ confidence, threshold, reasoning }) {
  const fill = element("div", { className: "fill" });
  fill.style.width = `${confidence * 100}%`;
  const mark = element("div", { className: "threshold" });
  mark.style.left = `${threshold * 100}%`;
  const bar = element(
    "div",
    {
      className: `bar${confidence >= threshold ? " is-enough" : ""}`,
      role: "img",
      "aria-label": `Confidence ${percent(confidence)}, threshold ${percent(threshold)}`,
    },
    fill,
    mark,
  );
  return section(
    "Confidence",
    element(
      "p",
      { className: "figure" },
      element("strong", {}, percent(confidence)),
      element(
        "span",
        { className: "figure-note" },
        `${confidence >= threshold ? "reaches" : "is below"} the threshold of ${percent(threshold)}`,
      ),
    ),
    bar,
    element("p", { className: "reasoning" }, reasoning || "The model gave no reasoning."),
  );
}

function decisionSection({ decision, intent, language }) {
  return section(
    "Decision in production",
    element(
      "p",
      { className: `decision is-${decision.action}` },
      element("span", { className: "sign", "aria-hidden": "true" }, decisionSigns[decision.action]),
      element("strong", {}, decision.label),
      `${decision.explanation}.`,
    ),
    facts([
      ["Rule", element("code", {}, decision.rule)],
      ["Intent", intent],
      ["Language", languageName(language)],
    ]),
  );
}

function sourcesSection({ sources, recallFailures, query }) {
  const usedFirst = sources.toSorted((one, other) => Number(other.isUsed) - Number(one.isUsed));
  const list = element("ul", { className: "sources" }, ...usedFirst.map(sourceItem));
  return section(
    "Recalled",
    ...recallFailures.map((failure) => {
      return element("p", { className: "problem" }, `Could not be asked: ${failure}`);
    }),
    sources.length === 0 ? element("p", {}, "Nothing that fits was found.") : list,
    element("p", { className: "hint" }, `Looked up: ${query}`),
  );
}

function sourceItem({ kind, title, url, text, score, isUsed, isInternal }) {
  return element(
    "li",
    { className: isUsed ? "is-used" : "" },
    element(
      "p",
      { className: "source-head" },
      element("span", { className: "score", title: "How well it fits, 0 to 1" }, score.toFixed(2)),
      element("span", {}, kinds[kind]),
      isUsed ? element("strong", { className: "tag" }, "✓ used") : null,
      isInternal ? element("strong", { className: "tag" }, "internal") : null,
    ),
    element("p", { className: "source-title" }, url === null ? title : link(url, title)),
    element(
      "details",
      {},
      element("summary", {}, "Passage"),
      element("pre", { tabIndex: 0 }, text),
    ),
  );
}

function stepsSection({ steps }) {
  const end = Math.max(1, ...steps.map((step) => step.startedMs + step.durationMs));
  const rows = steps.map(({ name, startedMs, durationMs }) => {
    const bar = element("div", { className: "step-bar" });
    bar.style.left = `${(startedMs / end) * 100}%`;
    bar.style.width = `${Math.max(0.8, (durationMs / end) * 100)}%`;
    return element(
      "li",
      {},
      element("span", {}, stepNames[name] ?? name),
      element("div", { className: "step-track", "aria-hidden": "true" }, bar),
      element("span", { className: "step-time" }, duration(durationMs)),
    );
  });
  return section(
    "Journey",
    element("ol", { className: "steps" }, ...rows),
    element("p", { className: "hint" }, `${duration(end)} from the message to the outcome`),
  );
}

function modelSection({ model, tokens, costUsd, prompt, rawAnswer }) {
  const count = (tokens) => (tokens === null ? "not reported" : tokens.toLocaleString());
  return section(
    "Model",
    facts([
      ["Name", model],
      ["Tokens read", count(tokens.prompt)],
      ["Tokens written", count(tokens.completion)],
      ["Cost", costUsd === null ? "no prices set" : `$ ${costUsd.toFixed(5)}`],
    ]),
    folded("Exact prompt: system", prompt.system),
    folded("Exact prompt: user", prompt.user),
    folded("Raw answer", rawAnswer),
  );
}

function folded(title, text) {
  return element(
    "details",
    {},
    element("summary", {}, title),
    element("pre", { tabIndex: 0 }, text || "(empty)"),
  );
}

function facts(pairs) {
  return element(
    "dl",
    { className: "facts" },
    ...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
  );
}
