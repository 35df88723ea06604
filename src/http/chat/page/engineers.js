import { element } from "../../pages/files/elements.js";
import { languageName, percent } from "../../pages/files/words.js";
import { duration, kinds, stepNames } from "./words.js";

/** Rule, scores, timings, the exact prompt and the raw answer: folded, because a lead needs none. */
export function engineersSection(draft) {
  return element(
    "details",
    { className: "engineers" },
    element("summary", {}, "For engineers"),
    confidenceSection(draft),
    scoresSection(draft),
    stepsSection(draft),
    modelSection(draft),
  );
}

function section(title, ...children) {
  return element("section", {}, element("h3", {}, title), ...children);
}

function confidenceSection({ confidence, threshold, decision, ...said }) {
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
    "Decision",
    bar,
    facts([
      ["Confidence", `${percent(confidence)}, threshold ${percent(threshold)}`],
      ["Rule", element("code", {}, decision.rule)],
      ["Intent", said.intent],
      ...(said.topic === null ? [] : [["Topic", said.topic]]),
      ...(said.sentiment === null ? [] : [["Sentiment", said.sentiment]]),
      ...(said.urgency === null ? [] : [["Urgency", said.urgency]]),
      ["Language", languageName(said.language)],
    ]),
  );
}

function scoresSection({ sources, query }) {
  const rows = sources.map(({ kind, title, score }) =>
    element(
      "li",
      {},
      element("span", { className: "score" }, score.toFixed(2)),
      element("span", { className: "scored" }, `${kinds[kind]}: ${title}`),
    ),
  );
  return section(
    "Recall, with how well each fits from 0 to 1",
    rows.length === 0 ? null : element("ul", { className: "scores" }, ...rows),
    element("p", { className: "hint" }, `Looked up: ${query}`),
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
