import { readSessions, restoreSession } from "./api.js";
import { connect } from "./connection.js";

/** Who writes again sooner than a person can read is taken for a program. */
const readingMs = 2_500;

/**
 * One session as this page knows it: everything that was ever shown of it, and what has been typed
 * but not yet come back. What is shown is never taken away, also when the service forgets it.
 *
 * @param {object} view as the service lists it
 * @param {(change: { kind: string, entry?: object, message?: string }) => void} onChange
 */
export function createChatSession(view, onChange) {
  const entries = new Map();
  const unsent = new Map();
  let connection = null;
  /** What the customer will write once the message before is answered. */
  let next = [];

  const session = {
    id: view.id,
    view,
    isConnected: false,
    /** Everything that the service knows of it has arrived once. */
    isLoaded: false,
    isTyping: false,
    isUnread: false,
    /** Oldest first; messages on their way come last. */
    entries: () => [...entries.values(), ...unsent.values()],
    openDraft: () =>
      [...entries.values()].findLast((entry) => entry.draft?.state === "open") ?? null,
    connect() {
      connection ??= connect(session.id, {
        onEvent: receive,
        onState(isConnected) {
          session.isConnected = isConnected;
          onChange({ kind: "state" });
        },
        onForgotten: restore,
        onUnreachable: () => readSessions(),
      });
    },
    close() {
      connection?.close();
      connection = null;
    },
    /** Writes one message after the answer to the other; whatever else is written ends that. */
    sayInTurn([first, ...others]) {
      session.say(first);
      next = others;
    },
    /** @param {{ id: string, name: string }[]} files that were uploaded to this session */
    say(text, files = []) {
      next = [];
      const clientId = crypto.randomUUID?.() ?? String(Math.random());
      const message = { type: "message", text, clientId, attachments: files.map(({ id }) => id) };
      const shown = [text, ...files.map(({ name }) => `[${name}]`)].filter(Boolean).join("\n\n");
      const entry = {
        type: "message",
        role: "customer",
        id: clientId,
        at: Date.now(),
        text: shown,
      };
      unsent.set(clientId, { ...entry, isUnsent: true, message });
      onChange({ kind: "entry", entry: unsent.get(clientId) });
      connection?.send(message);
    },
    setMode: (mode) => connection?.send({ type: "mode", mode }),
    /** @returns {boolean} whether there is a connection to try again over */
    retry: () => connection?.send({ type: "retry" }) ?? false,
    /** @returns {boolean} whether there is a connection to teach over */
    teach: (lesson) => connection?.send({ type: "lesson", ...lesson }) ?? false,
    /** What had been said when that answer was drafted. */
    messagesBefore(entry) {
      const all = [...entries.values()];
      const before = all
        .slice(
          0,
          all.findIndex(({ id }) => id === entry.id),
        )
        .map(asShown);
      const said = before.filter((message) => message !== null);
      return said.slice(0, said.findLastIndex(({ role }) => role === "customer") + 1).slice(-200);
    },
    /** @returns {boolean} whether there is a connection to decide over */
    decide: (verdict) => connection?.send({ type: "verdict", ...verdict }) ?? false,
  };
  return session;

  function receive(event) {
    switch (event.type) {
      case "session":
        session.view = event.session;
        return onChange({ kind: "view" });
      case "typing":
        session.isTyping = true;
        return onChange({ kind: "typing" });
      case "ready":
        session.isTyping = event.isTyping;
        session.isLoaded = true;
        for (const { message } of unsent.values()) connection.send(message);
        return onChange({ kind: "ready" });
      case "removed":
        session.close();
        return onChange({ kind: "removed" });
      case "refused":
        return onChange({ kind: "refused", message: event.message });
      default:
        return put(event);
    }
  }

  function sayNext(messages) {
    if (messages.length === 0) return;
    setTimeout(() => {
      // Unless something else was written meanwhile.
      if (next === messages) session.sayInTurn(messages);
    }, readingMs);
  }

  function put(entry) {
    const known = entries.get(entry.id);
    const sent = unsent.get(entry.clientId);
    if (sent !== undefined) {
      unsent.delete(entry.clientId);
      onChange({ kind: "arrived", entry: sent });
    }
    // A service that was started again knows the words, but not how they came about.
    if (known?.draft && entry.draft === null) return;
    entries.set(entry.id, entry);
    if (entry.role !== "customer") session.isTyping = false;
    onChange({ kind: "entry", entry });
    if (entry.role === "assistant" && known === undefined) sayNext(next);
  }

  /** The service was started again: it is told what stands here, so that the conversation goes on. */
  async function restore() {
    const messages = [...entries.values()]
      .map(asShown)
      .filter((message) => message !== null)
      .slice(-200);
    const { name, customerName, mode, settings, situation } = session.view;
    const about = { name, customerName, mode, settings, situation };
    await restoreSession(session.id, { ...about, messages });
    for (const entry of entries.values()) {
      if (entry.draft?.state === "open") {
        put({ ...entry, draft: { ...entry.draft, state: "superseded" } });
      }
    }
  }
}

/** A message as the service takes it back; `null` for what is none. */
function asShown({ type, id, role, text, at, attachments }) {
  if (type !== "message") return null;
  return { id, role, text, at, ...(attachments ? { attachments } : {}) };
}
