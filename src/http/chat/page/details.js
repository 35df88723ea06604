import { byId, element, sourceLink } from "../../pages/files/elements.js";
import { percent } from "../../pages/files/words.js";
import { engineersSection } from "./engineers.js";
import { evidenceSection } from "./evidence.js";
import { kinds, productionWords } from "./words.js";

/** The panel at the right: how one draft came about, first for a lead, then for engineers. */
export function createDetails({ onClose }) {
  const panel = byId("details");
  const content = byId("details-content");
  let opener = null;
  let isForEngineers = false;

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
      const engineers = engineersSection(draft);
      // Whoever looks at prompts looks at those of the next draft too.
      engineers.open = isForEngineers;
      engineers.ontoggle = () => {
        isForEngineers = engineers.open;
      };
      content.replaceChildren(
        evidenceSection(draft),
        decisionSection(draft),
        sourcesSection(draft),
        engineers,
      );
      panel.hidden = false;
      document.body.classList.add("has-details");
      content.scrollTop = 0;
      panel.focus({ preventScroll: true });
    },
  };
}

function decisionSection(draft) {
  const { reasoning, summary, missing, promises } = draft;
  const { kind, sign, title, why } = productionWords(draft);
  return element(
    "section",
    {},
    element("h3", {}, "What production does"),
    element(
      "p",
      { className: `decision is-${kind}` },
      element("span", { className: "sign", "aria-hidden": "true" }, sign),
      element("strong", {}, title),
      `${why}.`,
    ),
    element("p", { className: "confidence" }, sureness(draft)),
    element("p", { className: "reasoning" }, reasoning || "It gave no reasoning."),
    ...listed("It lacks what only a teammate can know:", missing),
    ...listed("It promises:", promises),
    summary === "" ? null : element("p", { className: "hint" }, `In short: ${summary}`),
  );
}

function listed(title, entries) {
  if (entries.length === 0) return [];
  return [
    element("p", {}, title),
    element("ul", {}, ...entries.map((entry) => element("li", {}, entry))),
  ];
}

/** The model's own number, what it has meant so far, and the one that counts beside the threshold. */
function sureness({ confidence, calibrated, thresholdOn, threshold, isQuote }) {
  if (isQuote) {
    return `No language model wrote this. The search result fits the question to ${percent(confidence)}, which says nothing about whether it is the answer.`;
  }
  const own = `The model is ${percent(confidence)} sure of its reply`;
  const past = `Drafts like it were right in ${percent(calibrated ?? 0)} so far`;
  const reaches = (share) =>
    `which ${share >= threshold ? "reaches" : "is below"} the threshold of ${percent(threshold)}.`;
  if (thresholdOn === "model") {
    return `${own}, ${reaches(confidence)}${calibrated === null ? "" : ` ${past}.`}`;
  }
  if (calibrated === null) return `${own}. How often drafts like it were right is not known.`;
  return `${past}, ${reaches(calibrated)} ${own}.`;
}

function sourcesSection({ sources, recallFailures, prompt }) {
  const usedFirst = sources.toSorted((one, other) => Number(other.isUsed) - Number(one.isUsed));
  return element(
    "section",
    {},
    element("h3", {}, "What was found"),
    ...recallFailures.map((failure) =>
      element("p", { className: "problem" }, `Could not be asked: ${failure}`),
    ),
    ...prompt.leftOut.map((what) =>
      element("p", { className: "problem" }, `Left out of the prompt for its length: ${what}`),
    ),
    sources.length === 0
      ? element("p", {}, "Nothing that fits was found.")
      : element("ul", { className: "sources" }, ...usedFirst.map(sourceItem)),
  );
}

function sourceItem(source) {
  const { kind, text, place, isUsed, isInternal, isWithheld } = source;
  return element(
    "li",
    { className: isUsed ? "is-used" : "" },
    element(
      "p",
      { className: "source-head" },
      element("span", {}, kinds[kind]),
      isUsed ? element("strong", { className: "tag" }, "✓ used") : null,
      isInternal ? element("strong", { className: "tag is-internal" }, "For you (internal)") : null,
    ),
    isWithheld ? element("p", { className: "hint" }, "The model was not shown it.") : null,
    element("p", { className: "source-title" }, sourceLink(source)),
    source.url === null && place !== undefined ? element("p", { className: "hint" }, place) : null,
    element(
      "details",
      {},
      element("summary", {}, "Passage"),
      element("pre", { tabIndex: 0 }, text),
    ),
  );
}
