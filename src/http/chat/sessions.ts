import { randomUUID } from "node:crypto";
import type { Clock, Inbox } from "../../core/ports.ts";
import { tryOutPrefix } from "../../core/try-out.ts";
import { comments } from "../../core/turn.ts";
import type { Author, Conversation, Part } from "../../core/types.ts";
import type { Answering, ChatInbox } from "./answering.ts";
import type { Changes, Forgotten, NewSession } from "./protocol.ts";
import { createSession, type Session } from "./session.ts";
import type { Uploads } from "./uploads.ts";

const maxSessions = 30;
const maxIdleMs = 24 * 60 * 60_000;

export type Sessions = {
  /** The one used last comes first. */
  list(): Session[];
  find(id: string): Session | null;
  /** @throws UpstreamError when the real conversation cannot be read */
  create(wanted: NewSession): Promise<Session | Refusal>;
  /** Begins a forgotten session again, with what the page still shows of it. */
  restore(id: string, shown: Forgotten): Session | Refusal;
  change(session: Session, changes: Changes): void;
  remove(session: Session): void;
};

type Refusal = "too-many" | "no-intercom" | "no-such-conversation";

/** The page's sessions, in memory, bounded in number and age. */
export function createSessions(options: {
  inbox: ChatInbox;
  answering: Answering;
  /** Reads a real conversation; `null` where none may be read. */
  readConversation: Inbox["read"] | null;
  uploads: Uploads;
  clock: Clock;
}): Sessions {
  const { inbox, answering, readConversation, uploads, clock } = options;
  const sessions = new Map<string, Session>();

  const sessionsApi: Sessions = {
    list() {
      removeOld();
      return [...sessions.values()].sort((one, other) => other.usedAt() - one.usedAt());
    },
    find: (id) => sessions.get(id) ?? null,
    async create(wanted) {
      if (!makeRoom()) return "too-many";
      const { intercomConversationId, messages } = wanted;
      if (intercomConversationId === undefined) {
        if (messages !== undefined) return goOn(randomUUID(), wanted, messages);
        const contact = { id: `${tryOutPrefix}${randomUUID()}`, name: wanted.customerName || null };
        return keep(randomUUID(), inbox.open(contact), wanted);
      }
      if (readConversation === null) return "no-intercom";
      const real = await readConversation(intercomConversationId);
      return real === null ? "no-such-conversation" : tryReal(real, wanted);
    },
    restore(id, shown) {
      const existing = sessions.get(id);
      if (existing !== undefined) return existing;
      if (!makeRoom()) return "too-many";
      return goOn(id, shown, shown.messages);
    },
    change(session, changes) {
      const { customerName } = changes;
      if (customerName !== undefined) {
        inbox.renameContact(session.conversationId, customerName || null);
      }
      session.change(changes);
    },
    remove(session) {
      sessions.delete(session.id);
      answering.forget(session);
      session.removed();
    },
  };
  return sessionsApi;

  function keep(id: string, conversationId: string, wanted: NewSession, isFromIntercom = false) {
    const { name = "", customerName = "", mode = "automatic", settings = {} } = wanted;
    const { situation = null } = wanted;
    const about = { id, conversationId, isFromIntercom, settings, name, customerName, mode };
    const session = createSession({ ...about, situation, clock });
    sessions.set(id, session);
    answering.watch(session);
    return session;
  }

  /** A session in which this was said already. */
  function goOn(id: string, wanted: NewSession, messages: Forgotten["messages"]): Session {
    const conversation = conversationOf(wanted.customerName ?? "", messages, uploads, clock());
    inbox.adopt(conversation);
    const session = keep(id, conversation.id, wanted);
    for (const { id: entryId, role, text, at, attachments } of messages) {
      const entry = { id: entryId, at, type: "message" as const, text };
      const sent = attachments === undefined ? {} : { attachments };
      if (role === "customer") session.put({ ...entry, role, clientId: null, ...sent });
      else session.put({ ...entry, role, author: null, draft: null, lesson: null });
    }
    // What was under way when the service stopped is begun again.
    if (messages.at(-1)?.role === "customer") answering.look(session);
    return session;
  }

  /** Goes on with a real conversation as it is now; nothing of it goes back to Intercom. */
  function tryReal(real: Conversation, wanted: NewSession): Session {
    const id = randomUUID();
    inbox.adopt({ ...real, id: `${tryOutPrefix}${id}` });
    const about = { ...wanted, customerName: real.contact.name ?? "" };
    const name = wanted.name || `Intercom ${real.id}`;
    const session = keep(id, `${tryOutPrefix}${id}`, { ...about, name }, true);
    for (const { id: entryId, at, text, author } of comments(real)) {
      const entry = { id: entryId, at, type: "message" as const, text };
      if (author.role === "customer") session.put({ ...entry, role: "customer", clientId: null });
      else {
        const theirs = { author: author.name, draft: null, lesson: null };
        session.put({ ...entry, role: "assistant", ...theirs });
      }
    }
    answering.look(session);
    return session;
  }

  /** @returns whether there is room now; what somebody looks at is never removed for it */
  function makeRoom(): boolean {
    removeOld();
    if (sessions.size < maxSessions) return true;
    const unwatched = sessionsApi.list().findLast((session) => session.listenerCount() === 0);
    if (unwatched === undefined) return false;
    sessionsApi.remove(unwatched);
    return true;
  }

  function removeOld(): void {
    const oldest = clock() - maxIdleMs;
    for (const session of sessions.values()) {
      if (session.listenerCount() === 0 && session.usedAt() < oldest) sessionsApi.remove(session);
    }
  }
}

function conversationOf(
  customerName: string,
  messages: Forgotten["messages"],
  uploads: Uploads,
  now: number,
): Conversation {
  const id = `${tryOutPrefix}${randomUUID()}`;
  const contact = { id, name: customerName || null };
  const customer: Author = { role: "customer", ...contact, email: null };
  const us: Author = { role: "us", id: "mock-admin", name: null, email: null };
  const parts = messages.map(
    (message): Part => ({
      id: `${id}-${message.id}`,
      kind: "comment",
      author: message.role === "customer" ? customer : us,
      text: message.text,
      at: Math.min(message.at, now),
      attachments: (message.attachments ?? []).map(uploads.attachment),
      isAiAnswer: false,
      isOutOfSight: false,
      isOfUnknownType: false,
      opens: false,
      closes: false,
      assignedTo: null,
      assigns: null,
    }),
  );
  return {
    id,
    state: "open",
    contact,
    channel: null,
    ticket: null,
    subject: null,
    tags: [],
    pageUrl: null,
    teamId: null,
    assigneeId: null,
    attributes: {},
    customer: null,
    shownFacts: [],
    fin: "absent",
    parts,
    isCut: false,
    lastTeammateReplyAt: null,
    url: "",
    updatedAt: now,
    readAt: now,
  };
}
