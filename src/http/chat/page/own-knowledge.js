import { byId } from "../../pages/files/elements.js";
import { attempt } from "../../pages/files/status.js";
import { readKnowledge, takeKnowledge } from "./api.js";

const askAgainMs = 1_000;

/**
 * The field under the welcome's examples: an address to answer from, and how far that is.
 *
 * @param onExamples is given what there is to ask, whenever that changes
 */
export function createOwnKnowledge({ onExamples }) {
  const form = byId("own-knowledge");
  const status = byId("knowledge-status");
  let timer = 0;
  let shown = "";

  form.onsubmit = (event) => {
    event.preventDefault();
    const address = byId("knowledge-address").value.trim();
    if (address === "") return;
    void attempt(async () => {
      await takeKnowledge(withScheme(address));
      await look();
    });
  };

  async function look() {
    clearTimeout(timer);
    const { sources, examples } = await readKnowledge();
    say(sources.map(sentenceAbout).join(" "));
    const isUnderWay = sources.some(({ state }) => state === "reading" || state === "waiting");
    if (sources.length > 0) {
      const now = JSON.stringify(examples);
      if (now !== shown) onExamples(examples);
      shown = now;
    }
    if (isUnderWay) timer = setTimeout(() => void attempt(look), askAgainMs);
  }

  /** A screen reader hears what changed only. */
  function say(sentence) {
    status.hidden = sentence === "";
    if (status.textContent !== sentence) status.textContent = sentence;
  }

  return {
    begin() {
      form.hidden = false;
      void attempt(look);
    },
  };
}

function sentenceAbout({ name, place, state, articles, progress, problem, shortened }) {
  if (state === "reading" || state === "waiting") {
    return progress === null
      ? `Reading ${place} …`
      : `Reading ${place}: ${progress.read} of ${progress.found} pages …`;
  }
  if (state === "failing") return `${place} could not be read: ${problem}.`;
  const whole = `Answers come from ${name}: ${articles} ${articles === 1 ? "article" : "articles"}.`;
  return [whole, ...shortened].join(" ");
}

function withScheme(address) {
  return /^[a-z]+:\/\//i.test(address) ? address : `https://${address}`;
}
