import { byId } from "./elements.js";

/** A connection that comes back at once is not worth a word. */
const troubleAfterMs = 700;
const problemForMs = 8_000;

let troubleTimer = 0;
let problemTimer = 0;

/** Says to a screen reader what has arrived; others see it. */
export function announce(sentence) {
  byId("announcer").textContent = sentence;
}

/** Shows for a while, to everybody, that something could not be done. */
export function showProblem(sentence) {
  clearTimeout(problemTimer);
  const bar = byId("problem");
  bar.hidden = false;
  bar.textContent = sentence;
  problemTimer = setTimeout(() => {
    bar.hidden = true;
  }, problemForMs);
}

/** Says that there is no service to talk to, and takes it back. */
export function showConnection(isConnected) {
  const status = byId("connection");
  if (isConnected) {
    clearTimeout(troubleTimer);
    troubleTimer = 0;
    status.textContent = "";
    status.hidden = true;
  } else if (troubleTimer === 0) {
    troubleTimer = setTimeout(() => {
      status.hidden = false;
      status.textContent =
        "The service is not running, or cannot be reached. What you write is kept and sent when it is back.";
    }, troubleAfterMs);
  }
}

/** Does something over the network; what goes wrong is shown. */
export async function attempt(work) {
  try {
    await work();
  } catch (error) {
    showProblem(error instanceof Error ? error.message : String(error));
  }
}
