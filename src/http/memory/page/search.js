import { byId, element, sourceLink } from "../../pages/files/elements.js";
import { attempt } from "../../pages/files/status.js";
import { percent } from "../../pages/files/words.js";
import { findFor } from "./api.js";
import { outdatedBox } from "./outdated.js";
import { excerpt, kinds, several } from "./words.js";

/**
 * "What would it find for…": the responder's own recall, with scores and why.
 *
 * @param {{ onOpen: (id: string) => void }} options called for a remembered answer
 */
export function beginSearch({ onOpen }) {
  const found = byId("found");
  byId("find").onsubmit = (event) => {
    event.preventDefault();
    void attempt(async () => {
      const recall = await findFor(askedIn(byId("find")));
      found.replaceChildren(...resultOf(recall, onOpen));
      found.hidden = false;
    });
  };
}

/** Fields that are left empty say nothing. */
function askedIn(form) {
  const fields = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return Object.fromEntries(fields.filter(([, value]) => value !== ""));
}

function resultOf({ sources, margin, agreement, failures, leftOut = [] }, onOpen) {
  const failed = failures.map((failure) =>
    element("p", { className: "bar-line is-bad" }, `Could not be asked: ${failure}`),
  );
  const others = leftOut.map(({ title, forWhom }) =>
    element("p", { className: "meta" }, `Left out, because it is ${onlyFor(forWhom)}: ${title}`),
  );
  if (sources.length === 0) {
    const words = "Nothing is found for this: a draft would have nothing to rest on.";
    return [...failed, element("p", { className: "nothing", role: "status" }, words), ...others];
  }
  return [
    ...failed,
    element("p", { role: "status" }, summary(sources.length, margin, agreement)),
    ...byKind(sources).flatMap((group) => [
      element("h3", { className: "found-kind" }, several[group[0].kind]),
      element("ol", { className: "sources" }, ...group.map((source) => sourceItem(source, onOpen))),
    ]),
    ...others,
  ];
}

/** @param {{ brands?: string[], plans?: string[], topics?: string[] }} forWhom */
function onlyFor({ brands = [], plans = [], topics = [] }) {
  const said = [
    ["brand", brands],
    ["plan", plans],
    ["topic", topics],
  ].flatMap(([what, names]) => (names.length === 0 ? [] : [`${what} ${names.join(", ")}`]));
  return `only for ${said.join("; ")}`;
}

/** Scores of one kind say nothing about another's; the kind with the best comes first. */
function byKind(sources) {
  const groups = Object.values(Object.groupBy(sources, ({ kind }) => kind));
  const best = (group) => Math.max(...group.map(({ score }) => score));
  return groups.sort((one, other) => best(other) - best(one));
}

function summary(count, margin, agreement) {
  const clear = margin >= 0.2 ? "the best stands out clearly" : "the best hardly stands out";
  const same =
    agreement === 0 ? "" : ` ${percent(agreement)} of the answers found say the same as the best.`;
  return `${count} found; ${clear} (${margin.toFixed(2)} before the next).${same}`;
}

function sourceItem(source, onOpen) {
  const { kind, text, score, isInternal, place, why, forWhom } = source;
  return element(
    "li",
    {},
    element("h4", {}, headingOf(source, onOpen)),
    element(
      "p",
      { className: "meta" },
      `${kinds[kind]}${place === undefined ? "" : ` · ${place}`} · score ${score.toFixed(2)}`,
      isInternal ? " · for teammates only" : null,
      forWhom === undefined ? null : ` · ${onlyFor(forWhom)}`,
    ),
    element("p", { className: "excerpt" }, excerpt(text, 300)),
    element("p", { className: "meta" }, whyWords(why)),
    source.outdated === undefined ? null : outdatedBox(source.outdated),
  );
}

function headingOf(source, onOpen) {
  const { id, kind, title } = source;
  if (kind === "answer") {
    return element(
      "button",
      { type: "button", className: "as-link", onclick: () => onOpen(id) },
      title,
    );
  }
  return sourceLink(source);
}

function whyWords({ inTitle, inText, nowhere }) {
  if (inTitle.length + inText.length === 0) {
    return "Why: none of your words stands in it, so by words like yours or by its meaning";
  }
  const parts = [
    inTitle.length === 0 ? null : `in its question or title: ${inTitle.join(", ")}`,
    inText.length === 0 ? null : `in its text: ${inText.join(", ")}`,
    nowhere.length === 0 ? null : `nowhere: ${nowhere.join(", ")}`,
  ].filter((part) => part !== null);
  return `Why: words of yours ${parts.join("; ")}`;
}
