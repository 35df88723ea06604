import { element, sourceLink } from "../../pages/files/elements.js";
import { languageName } from "../../pages/files/words.js";
import { kinds } from "./words.js";

/** What the reply says, sentence by sentence, each with the passage that says the same. */
export function evidenceSection({ evidence, claims, sources, language }) {
  const found = evidence.filter(({ source }) => source !== null);
  const foreign = foreignLanguageOf(sources, language);
  return element(
    "section",
    { className: "evidence" },
    element("h3", {}, "What the reply rests on"),
    element("p", {}, summary(evidence.length, found.length)),
    ...claims.map((claim) => element("p", { className: "missing" }, `! ${claim}`)),
    foreign !== null && found.length < evidence.length
      ? element(
          "p",
          { className: "hint" },
          `The reply is written in ${languageName(language)} and its sources in ${foreign}: sentences can be matched by names and numbers only, so compare them yourself.`,
        )
      : null,
    element("ol", {}, ...evidence.map((sentence) => sentenceItem(sentence, sources))),
  );
}

function summary(all, found) {
  if (all === 0) return "The reply states nothing that would need a source.";
  if (found === 0) return "No sentence of the reply stands in a source in similar words.";
  if (found === all) {
    return all === 1
      ? "Its one sentence stands in a source."
      : `All ${all} sentences stand in a source.`;
  }
  return `${found} of ${all} sentences ${found === 1 ? "stands" : "stand"} in a source.`;
}

function sentenceItem({ sentence, source, quote, unknownNumbers }, sources) {
  const from = source === null ? null : sources[source];
  return element(
    "li",
    { className: from === null ? "is-missing" : "is-found" },
    element("p", { className: "sentence" }, sentence),
    from === null
      ? element("p", { className: "missing" }, "? No source says this in similar words")
      : passage(from, quote),
    unknownNumbers.length === 0
      ? null
      : element("p", { className: "missing" }, `? In no source: ${unknownNumbers.join(", ")}`),
  );
}

function passage(source, quote) {
  const { kind, isInternal } = source;
  return element(
    "figure",
    {},
    element(
      "blockquote",
      {},
      ...quote.map(({ text, isShared }) => (isShared ? element("mark", {}, text) : text)),
    ),
    element(
      "figcaption",
      {},
      `${kinds[kind]}: `,
      sourceLink(source),
      isInternal
        ? element("strong", { className: "tag is-internal" }, " For you (internal)")
        : null,
    ),
  );
}

/** In which language the used sources are, where it is known and not the reply's. */
function foreignLanguageOf(sources, language) {
  const languages = new Set(
    sources.filter(({ isUsed }) => isUsed).map((source) => source.language ?? language),
  );
  languages.delete(language);
  return languages.size === 0 ? null : [...languages].map(languageName).join(", ");
}
