import { changeSession, createSession, deleteSession, readSessions } from "./api.js";
import { createChatSession } from "./chat-session.js";
import { createComposer } from "./composer.js";
import { createConversation } from "./conversation.js";
import { createDetails } from "./details.js";
import { byId, element } from "./elements.js";
import { createSessionList } from "./session-list.js";
import { announce, attempt, showConnection, showProblem } from "./status.js";
import { percent } from "./words.js";

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
  onVerdict(verdict) {
    const isSent = selected.decide(verdict);
    if (!isSent) showProblem("There is no connection at the moment: try again.");
    return isSent;
  },
  onRetry: () => selected.retry(),
});
const composer = createComposer({
  onSend(text) {
    selected?.say(text);
    return selected !== null;
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
  byId("log-out").hidden = !offers.canLogOut;
  byId("examples").replaceChildren(...offers.examples.map(exampleItem));
  listen();
  // The service names the newest first, the list at the left is built from the oldest on.
  for (const view of offers.sessions.toReversed()) add(view);
  const wanted = sessions.get(location.hash.slice(1)) ?? [...sessions.values()].at(-1);
  if (wanted === undefined) await openNew();
  else select(wanted);
}

function listen() {
  byId("new-session").onclick = () => void openNew();
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
  byId("customer-name").onchange = (event) => {
    const customerName = event.currentTarget.value.trim();
    void attempt(() => changeSession(selected.id, { customerName }));
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

function add(view) {
  const session = createChatSession(view, (change) => react(session, change));
  sessions.set(session.id, session);
  return session;
}

function select(session) {
  selected = session;
  session.isUnread = false;
  history.replaceState(null, "", `#${session.id}`);
  details.close();
  session.connect();
  conversation.show(session.entries());
  showHeader();
  showAround();
}

function drop(session) {
  if (!sessions.delete(session.id)) return;
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
  showAround();
}

function showHeader() {
  const { customerName, mode, name } = selected.view;
  const field = byId("customer-name");
  if (document.activeElement !== field) field.value = customerName;
  for (const choice of modeChoices()) choice.checked = choice.value === mode;
  document.title = `${name} · auto-responder`;
}

/** Everything around the conversation, which depends on the session's state as a whole. */
function showAround() {
  sessionList.show([...sessions.values()].reverse(), selected);
  if (selected === null) return;
  const typing = byId("typing");
  const appears = typing.hidden && selected.isTyping;
  typing.hidden = !selected.isTyping;
  if (appears) conversation.scrollToEnd();
  byId("welcome").hidden = !selected.isLoaded || selected.entries().length > 0;
  byId("draft-hint").hidden = selected.openDraft() === null;
  showConnection(selected.isConnected);
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

function exampleItem(question) {
  const ask = () => {
    selected?.say(question);
    composer.focus();
  };
  return element("li", {}, element("button", { type: "button", onclick: ask }, question));
}

function modeChoices() {
  return [...document.querySelectorAll("input[name=mode]")];
}

function hideSessions() {
  document.body.classList.remove("has-sessions");
}
