import { byId, element } from "../../pages/files/elements.js";
import { announce, attempt, showConnection, showProblem } from "../../pages/files/status.js";
import { percent } from "../../pages/files/words.js";
import { changeSession, createSession, deleteSession, readSessions, uploadFile } from "./api.js";
import { createChatSession } from "./chat-session.js";
import { createCompare } from "./compare.js";
import { createComposer } from "./composer.js";
import { createConversation } from "./conversation.js";
import { createCustomerName } from "./customer-name.js";
import { createDetails } from "./details.js";
import { lastSession } from "./last-session.js";
import { createOwnKnowledge } from "./own-knowledge.js";
import { createReplay } from "./replay.js";
import { createSessionList } from "./session-list.js";
import { createSituation } from "./situation.js";

/** What the service takes of one file. */
const mostBytes = 20 * 1024 * 1024;

const sessions = new Map();
let selected = null;

const offers = await readSessions();
const details = createDetails({ onClose: () => conversation.mark(null) });
const conversation = createConversation({
  asksToRemember: !offers.remembersAll,
  onOpen(draft) {
    details.open(draft);
    conversation.mark(draft.id);
  },
  onVerdict: (verdict) => handedOver(selected.decide(verdict)),
  onRetry: () => handedOver(selected.retry()),
  onTeach: (lesson) => handedOver(selected.teach(lesson)),
  onAskAgain: askAgain,
  onCompare(entry) {
    compare.open({
      customerName: selected.view.customerName,
      situation: selected.view.situation,
      threshold: entry.draft.threshold,
      messages: selected.messagesBefore(entry),
    });
  },
  onDecided: focusNext,
});
const compare = createCompare({
  promptSets: offers.promptSets,
  onChoose(view) {
    select(add(view));
    composer.focus();
  },
});
const replay = createReplay({ promptSets: offers.promptSets });
const customerName = createCustomerName((session, name) => {
  if (sessions.has(session.id)) {
    void attempt(() => changeSession(session.id, { customerName: name }));
  }
});
const situation = createSituation({
  onSet: (session, set) =>
    attempt(async () => {
      await changeSession(session.id, { situation: set });
      announce("Set: it counts from the next message on.");
    }),
});
const composer = createComposer({
  onSend(text, files) {
    selected?.say(text, files);
    return selected !== null;
  },
  async onUpload(sessionId, file) {
    if (file.size > mostBytes) {
      showProblem(`${file.name} is larger than 20 MB.`);
      return null;
    }
    let taken = null;
    await attempt(async () => {
      taken = await uploadFile(sessionId, file);
      announce(`Attached: ${file.name}`);
    });
    return taken;
  },
  onEscape: () => conversation.focusDraft(),
});
const sessionList = createSessionList({
  onSelect(session) {
    select(session);
    hideSessions();
    composer.focus();
  },
  onRename: (session, name) => attempt(() => changeSession(session.id, { name })),
  onDelete(session) {
    if (!confirm(`Delete "${session.view.name}" and its messages?`)) return;
    void attempt(async () => {
      await deleteSession(session.id);
      drop(session);
    });
  },
});

await begin();

async function begin() {
  byId("real-conversation").hidden = !offers.canReadIntercom;
  byId("demo").hidden = offers.hasModel;
  byId("log-out").hidden = !offers.canLogOut;
  showExamples(offers.examples);
  if (offers.canTakeKnowledge) createOwnKnowledge({ onExamples: showExamples }).begin();
  listen();
  // The service names the newest first, the list at the left is built from the oldest on.
  for (const view of offers.sessions.toReversed()) add(view);
  // Whoever comes with a link goes there; a browser goes back to its own, and never into another's.
  const wanted = sessions.get(location.hash.slice(1)) ?? sessions.get(lastSession.read());
  if (wanted === undefined) await openNew();
  else select(wanted);
}

function listen() {
  byId("new-session").onclick = () => void openNew();
  byId("open-replay").onclick = () => {
    hideSessions();
    if (selected !== null) replay.open(selected);
  };
  byId("open-sessions").onclick = () => {
    document.body.classList.add("has-sessions");
    byId("close-sessions").focus();
  };
  byId("close-sessions").onclick = () => {
    hideSessions();
    byId("open-sessions").focus();
  };
  byId("session-panel").onkeydown = (event) => {
    if (event.key === "Escape") hideSessions();
  };
  for (const choice of modeChoices()) choice.onchange = () => selected.setMode(choice.value);
  byId("real-conversation").onsubmit = (event) => {
    event.preventDefault();
    const field = byId("real-conversation-id");
    void openNew({ intercomConversationId: field.value.trim() });
    field.value = "";
  };
  addEventListener("hashchange", () => {
    const wanted = sessions.get(location.hash.slice(1));
    if (wanted !== undefined && wanted !== selected) select(wanted);
  });
}

async function openNew(wanted = {}) {
  await attempt(async () => {
    const mode = selected?.view.mode ?? "automatic";
    const view = await createSession({ mode, ...wanted });
    select(add(view));
    hideSessions();
    composer.focus();
  });
}

/** The same question in a session of its own, which knows nothing of the answer that was given here. */
function askAgain(entry) {
  const { name, customerName, situation: set } = selected.view;
  const again = `Again: ${name.replace(/^Again: /, "")}`.slice(0, 100);
  const messages = selected.messagesBefore(entry);
  void openNew({ name: again, customerName, situation: set, messages });
}

function add(view) {
  const session = createChatSession(view, (change) => react(session, change));
  sessions.set(session.id, session);
  return session;
}

function select(session) {
  selected = session;
  session.isUnread = false;
  history.replaceState(null, "", `#${session.id}`);
  lastSession.keep(session.id);
  details.close();
  session.connect();
  conversation.show(session.entries());
  composer.show(session.id);
  showHeader();
  showAround();
}

function drop(session) {
  if (!sessions.delete(session.id)) return;
  composer.forget(session.id);
  session.close();
  if (session !== selected) {
    showAround();
    return;
  }
  selected = null;
  const next = [...sessions.values()].at(-1);
  if (next === undefined) void openNew();
  else select(next);
}

/** Shows what changed in a session; of one that is not selected only that there is news. */
function react(session, { kind, entry, message }) {
  if (kind === "removed") {
    drop(session);
    return;
  }
  if (session !== selected) {
    if (kind === "entry" && entry.role !== "customer") session.isUnread = true;
    showAround();
    return;
  }
  if (kind === "entry") {
    conversation.put(entry);
    announceEntry(entry);
  }
  if (kind === "arrived") conversation.remove(entry);
  if (kind === "view") showHeader();
  if (kind === "refused") showProblem(message);
  // What was asked for was not done, or got lost with the connection.
  if (kind === "refused" || kind === "ready") conversation.reopen();
  showAround();
}

function showHeader() {
  const { mode, name } = selected.view;
  customerName.show(selected);
  situation.show(selected);
  for (const choice of modeChoices()) choice.checked = choice.value === mode;
  document.title = `${name} · auto-responder`;
}

/** Everything around the conversation, which depends on the session's state as a whole. */
function showAround() {
  sessionList.show([...sessions.values()].reverse(), selected);
  if (selected === null) return;
  const typing = byId("typing");
  // Nobody is drafting anything while there is no service.
  const isTyping = selected.isTyping && selected.isConnected;
  const appears = typing.hidden && isTyping;
  typing.hidden = !isTyping;
  if (appears) conversation.scrollToEnd();
  byId("welcome").hidden = !selected.isLoaded || selected.entries().length > 0;
  byId("draft-hint").hidden = selected.openDraft() === null;
  showConnection(selected.isConnected);
}

/** After a verdict: to the next draft, or back to where one writes. */
function focusNext() {
  if (!conversation.focusDraft()) composer.focus();
}

function handedOver(isSent) {
  if (!isSent) showProblem("The service is not running: try again when it is back.");
  return isSent;
}

/** Only what is new: a screen reader must not read the whole conversation again. */
function announceEntry(entry) {
  const { type, draft } = entry;
  if (type === "error") announce(`No answer: ${entry.message}`);
  else if (type === "notice") announce(entry.text);
  else if (type === "message" && entry.role === "assistant") announce(`Answer: ${entry.text}`);
  else if (draft?.state === "open") {
    announce(`Draft for review, confidence ${percent(draft.confidence)}: ${draft.reply}`);
  }
}

function showExamples(examples) {
  byId("examples").replaceChildren(...examples.map(exampleItem));
}

function exampleItem({ title, messages }) {
  const ask = () => {
    selected?.sayInTurn(messages);
    composer.focus();
  };
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", onclick: ask },
      element("strong", {}, title),
      element("span", {}, messages.join(" … ")),
    ),
  );
}

function modeChoices() {
  return [...document.querySelectorAll("input[name=mode]")];
}

function hideSessions() {
  document.body.classList.remove("has-sessions");
}
