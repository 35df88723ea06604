import { byId, element, link } from "../../pages/files/elements.js";
import { formattedText } from "../../pages/files/formatted-text.js";
import { announce, attempt } from "../../pages/files/status.js";
import { moment, percent } from "../../pages/files/words.js";
import { labelPast, readPast, readPastRun, stepPast } from "../page/api.js";
import { verdictPlot } from "./plot.js";

const pollMs = 500;
const keys = { a: "ok", e: "edit", w: "wrong" };
const said = { ok: "acceptable", edit: "with an edit", wrong: "wrong" };

let about = await readPast();
let run = "trial";
let cases = [];
let soFar = null;
let position = 0;
let timer = 0;

begin();

function begin() {
  const wanted = location.hash.slice(1);
  const isBacktest = about.hasBacktest && (about.source === null || wanted === "backtest");
  byId("runs").hidden = about.source === null || !about.hasBacktest;
  byId("threshold").value = String(Math.round(about.threshold * 100));
  byId("threshold").oninput = showResult;
  byId("begin-button").onclick = () =>
    void take(about.trial.step === "chosen" ? "draft" : "choose");
  byId("anew").onclick = () => void take("choose-anew");
  byId("before").onclick = () => move(-1);
  byId("after").onclick = () => move(1);
  for (const button of verdictButtons()) button.onclick = () => void say(button.dataset.label);
  for (const choice of document.querySelectorAll("input[name=run]")) {
    choice.onchange = () => void open(choice.value);
  }
  document.addEventListener("keydown", onKey);
  void open(isBacktest ? "backtest" : "trial");
}

async function open(name) {
  run = name;
  history.replaceState(null, "", `#${name}`);
  byId("runs").querySelector(`[value=${name}]`).checked = true;
  byId("anew").hidden = name !== "trial";
  cases = [];
  await attempt(load);
}

/** Reads the run anew, and goes on asking while it is under way. */
async function load() {
  clearTimeout(timer);
  const name = run;
  about = await readPast();
  const view = await readPastRun(name);
  if (name !== run) return;
  const isFirst = cases.length === 0;
  // What was said while this was on its way is not in it.
  const saidHere = new Map(cases.map(({ turn, label }) => [turn, label]));
  cases = view.cases.map((one) => ({ ...one, label: one.label ?? saidHere.get(one.turn) ?? null }));
  soFar = view.soFar;
  if (isFirst) position = Math.max(0, firstOpen(0));
  showSteps();
  showCase();
  if (isWorking()) timer = setTimeout(() => attempt(load), pollMs);
}

async function take(step) {
  await attempt(async () => {
    byId("begin-button").disabled = true;
    if (step === "choose-anew") cases = [];
    await stepPast(step);
    await load();
  });
  byId("begin-button").disabled = false;
}

function isWorking() {
  return run === "trial" && ["choosing", "drafting"].includes(about.trial?.step);
}

function showSteps() {
  const { trial, source } = about;
  const isTrial = run === "trial";
  const waits = isTrial && (trial === null || ["nothing", "chosen"].includes(trial.step));
  byId("begin").hidden = !waits;
  byId("working").hidden = !isWorking();
  byId("looking").hidden = cases.length === 0;
  byId("problem").hidden = !isTrial || !trial?.problem;
  byId("problem").textContent = trial?.problem ?? "";
  if (isWorking()) showProgress(trial);
  if (!waits) return;
  const words = {
    intercom: `Drafts answers to your last ${trial?.of} conversations that a teammate answered and closed, as they would have been then: without the conversation itself, without anything later, without near-copies of the answer. Intercom is only read; nothing is written there.`,
    demo: "Drafts answers to past conversations of a made-up company, beside what its team answered. MOCK_READS_INTERCOM=true does it with the last 50 of your own; nothing is written there.",
  };
  byId("begin-words").textContent =
    words[source] ??
    "There is nothing to look at yet: in mock mode this page tries conversations, and elsewhere it shows the newest run of npm run backtest.";
  byId("begin-button").hidden = trial === null;
  const isChosen = trial?.step === "chosen";
  byId("estimate").hidden = !isChosen || trial.estimate === null;
  byId("estimate").textContent = trial?.estimate ?? "";
  // What an earlier process chose has to be read again before it can be drafted.
  if (isChosen && trial.estimate === null) {
    byId("begin-button").textContent = "Go on";
    byId("begin-button").onclick = () => void take("choose");
  } else {
    byId("begin-button").textContent = isChosen ? "Draft them" : "Choose the conversations";
    byId("begin-button").onclick = () => void take(isChosen ? "draft" : "choose");
  }
}

function showProgress({ step, done, of }) {
  const words = step === "choosing" ? "conversations found" : "answers drafted";
  byId("working-words").textContent = `${done} of ${of} ${words}`;
  byId("working-bar").max = of;
  byId("working-bar").value = done;
}

function showCase() {
  const one = cases[position];
  if (one === undefined) return;
  byId("case-title").textContent = `Conversation ${position + 1} of ${cases.length}`;
  const { iso, words } = moment(one.askedAt);
  byId("case-about").replaceChildren(
    element("time", { dateTime: iso }, words),
    one.url === "" ? "" : " · ",
    one.url === "" ? "" : link(one.url, "in Intercom"),
  );
  byId("case-question").textContent = one.question;
  byId("case-draft").replaceChildren(formattedText(one.draft));
  const titles = one.sources.map(({ title }) => title);
  byId("case-sources").textContent =
    titles.length === 0 ? "It rests on no source." : `It rests on: ${titles.join("; ")}`;
  byId("case-answer").textContent = one.answer;
  for (const button of verdictButtons()) {
    button.setAttribute("aria-pressed", String(button.dataset.label === one.label));
  }
  byId("before").disabled = position === 0;
  byId("after").disabled = position === cases.length - 1;
  // How sure the model was is told only afterwards: it would sway whoever judges.
  byId("last").textContent =
    one.label === null
      ? ""
      : `You said: ${said[one.label]}. The model was sure to ${percent(one.confidence)}.`;
  showResult();
}

function showResult() {
  const { curve, turns, heldBack, labelled, counts, withJudge } = soFar;
  const point = curve[Number(byId("threshold").value)];
  const of = turns - heldBack;
  byId("threshold-value").textContent = percent(point.threshold);
  byId("sentence").textContent = point.sentence;
  byId("result-title").textContent =
    labelled === of && !isWorking() ? "By your verdicts" : "By your verdicts so far";
  const people =
    heldBack === 0 ? "" : ` ${heldBack} of ${turns} go to people whatever the threshold.`;
  byId("counts").textContent =
    `${labelled} of ${of} looked at: ${counts.ok} acceptable, ${counts.edit} with an edit, ${counts.wrong} wrong.${people}`;
  byId("plot").replaceChildren(verdictPlot(curve, turns, point, point.sentence));
  byId("with-judge").hidden = withJudge.length === 0;
  byId("with-judge").textContent = withJudge.join(" ");
  byId("curve-rows").replaceChildren(
    ...curve
      .toReversed()
      .filter(({ out }, index, all) => out > 0 && out !== all[index - 1]?.out)
      .map(({ threshold, out, seen, right, from, to }) => {
        const interval =
          seen === 0 ? "–" : `${Math.round(from * 100)} to ${Math.round(to * 100)} %`;
        const cells = [threshold.toFixed(2), out, seen, right, interval];
        return element("tr", {}, ...cells.map((cell) => element("td", {}, String(cell))));
      }),
  );
}

async function say(label) {
  const one = cases[position];
  if (one === undefined) return;
  const at = position;
  await attempt(async () => {
    soFar = await labelPast(run, one.turn, label);
    one.label = label;
    const next = firstOpen(at + 1);
    // Whoever has gone elsewhere meanwhile stays there.
    if (next !== -1 && at === position) position = next;
    showCase();
    const words =
      next === -1
        ? byId("sentence").textContent
        : `Conversation ${position + 1}: ${cases[position].question}`;
    announce(`Noted: ${said[label]}. ${words}`);
  });
}

/** The next that nobody has said anything of, from there on and then from the beginning. */
function firstOpen(from) {
  const isOpen = ({ label }) => label === null;
  const next = cases.findIndex((one, index) => index >= from && isOpen(one));
  return next === -1 ? cases.findIndex(isOpen) : next;
}

function move(by) {
  position = Math.min(cases.length - 1, Math.max(0, position + by));
  showCase();
  byId("case-title").focus();
}

function onKey(event) {
  const { key, target, altKey, ctrlKey, metaKey, repeat } = event;
  // A key that is held down says nothing of the next.
  if (altKey || ctrlKey || metaKey || repeat || cases.length === 0) return;
  // The slider and the choices have the arrow keys for themselves.
  const isField = target instanceof HTMLInputElement;
  const label = keys[key.toLowerCase()];
  if (label !== undefined) void say(label);
  else if (key === "ArrowLeft" && !isField) move(-1);
  else if (key === "ArrowRight" && !isField) move(1);
}

function verdictButtons() {
  return [...document.querySelectorAll(".verdicts button")];
}
