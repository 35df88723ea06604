import type { Contacts } from "./contacts.ts";
import type {
  AdminDocument,
  AuthorDocument,
  ConversationDocument,
  PartDocument,
  TagDocument,
} from "./documents.ts";
import type { HelpCenterState } from "./help-center.ts";
import type { ScheduleState } from "./office-hours.ts";

export type Admin = { id: string; name: string; email: string };
export type Customer = { contactId?: string; name?: string | null; subject?: string };
/** When, in milliseconds; now unless given. */
export type When = { at?: number };

/** What happened: the webhook topics follow from it. */
export type WorkspaceEvent = { conversationId: string; partId: string };

export type Workspace = ReturnType<typeof createWorkspace>;

/** The state behind the API: conversations in memory, changed the way Intercom changes them. */
export function createWorkspace(options: {
  admins: Admin[];
  /** For how long searches do not see a change. */
  searchLagMs: number;
  onPart(event: WorkspaceEvent): void;
}) {
  const conversations = new Map<string, ConversationDocument>();
  const conversationOfPart = new Map<string, string>();
  const indexed = new Map<string, { since: number; document: ConversationDocument }[]>();
  const tagsByName = new Map<string, TagDocument>();
  const helpCenter: HelpCenterState = {
    articles: [],
    internalArticles: [],
    collections: [],
    macros: [],
    externalPages: [],
    importSources: [],
  };
  const contacts: Contacts = {
    known: new Map(),
    attributes: { contact: [], company: [], conversation: [] },
    segments: [],
  };
  const deleted: { id: string; at: number }[] = [];
  let lastId = 0;

  const operator: AuthorDocument = {
    type: "bot",
    id: "9608808",
    name: "Fin",
    email: "operator+abc123def@intercom.io",
  };

  return {
    admins: options.admins.map(
      (admin): AdminDocument => ({ type: "admin", ...admin, has_inbox_seat: true, team_ids: [] }),
    ),

    /** The help center's lists, for a test to fill and change. */
    helpCenter,
    /** What is known of contacts, for a test to fill and change. */
    contacts,
    /** For a test to fill and change. */
    officeHours: [] as ScheduleState[],
    deleted: deleted as readonly { id: string; at: number }[],

    find: (id: string) => conversations.get(id) ?? null,
    all: () => [...conversations.values()],
    ofPart: (partId: string) => conversations.get(conversationOfPart.get(partId) ?? "") ?? null,
    authorOfAdmin,

    /** What searches see: with a lag, the newest state that is old enough. */
    allIndexed(): ConversationDocument[] {
      if (options.searchLagMs === 0) return [...conversations.values()];
      const visibleUntil = Date.now() - options.searchLagMs;
      return [...indexed.values()].flatMap((versions) => {
        const visible = versions.findLastIndex((version) => version.since <= visibleUntil);
        if (visible > 0) versions.splice(0, visible);
        return visible === -1 ? [] : [versions[0]?.document].filter((one) => one !== undefined);
      });
    },

    /** Takes a conversation as `GET` shows it. */
    import(document: ConversationDocument): string {
      conversations.set(document.id, structuredClone(document));
      if (document.source !== null) conversationOfPart.set(document.source.id, document.id);
      for (const part of document.conversation_parts.conversation_parts) {
        conversationOfPart.set(part.id, document.id);
      }
      toIndex(document);
      return document.id;
    },

    customerWrites(
      conversationId: string | null,
      text: string,
      { contactId, name, subject, at = Date.now() }: Customer & When = {},
    ): { conversationId: string; partId: string } {
      if (conversationId === null) {
        const opened = newConversation(text, contactId ?? newId(5), name ?? null, at, subject);
        return announced(opened.id, opened.source.id);
      }
      const conversation = existing(conversationId);
      const author = { ...conversation.source.author };
      if (author.type === "admin" || author.type === "bot") {
        Object.assign(author, { type: "user", name: null, email: "" });
        author.id = conversation.contacts.contacts[0]?.id ?? newId(5);
      }
      if (contactId !== undefined) author.id = contactId;
      if (name !== undefined) author.name = name;
      const partType = conversation.state === "open" ? "comment" : "open";
      reopen(conversation);
      conversation.waiting_since ??= seconds(at);
      return append(conversation, { part_type: partType, author, body: toHtml(text) }, at);
    },

    teammateWrites(conversationId: string, text: string, by: { adminId?: string } & When = {}) {
      return reply(conversationId, "comment", toHtml(text), by.adminId ?? colleague(), by.at);
    },

    teammateNotes(conversationId: string, text: string, by: { adminId?: string } & When = {}) {
      return reply(conversationId, "note", toHtml(text), by.adminId ?? colleague(), by.at);
    },

    botWrites(conversationId: string, text: string, { at = Date.now() }: When = {}) {
      const part = { part_type: "comment", author: operator, body: toHtml(text) };
      return append(existing(conversationId), part, at);
    },

    reply,

    close(conversationId: string, by: { adminId?: string; body?: string } & When = {}) {
      const conversation = existing(conversationId);
      Object.assign(conversation, { state: "closed", open: false, snoozed_until: null });
      conversation.waiting_since = null;
      return byAdmin(conversation, "close", by);
    },

    snooze(conversationId: string, until: number, by: { adminId?: string } & When = {}) {
      const conversation = existing(conversationId);
      Object.assign(conversation, { state: "snoozed", open: true, snoozed_until: until });
      return byAdmin(conversation, "snoozed", by);
    },

    open(conversationId: string, by: { adminId?: string } & When = {}) {
      const conversation = existing(conversationId);
      reopen(conversation);
      return byAdmin(conversation, "open", by);
    },

    assign(
      conversationId: string,
      assignee: { type: string; id: string },
      by: { adminId?: string; body?: string } & When = {},
    ) {
      const conversation = existing(conversationId);
      const field = assignee.type === "team" ? "team_assignee_id" : "admin_assignee_id";
      conversation[field] = Number(assignee.id);
      const to = assignee.id === "0" ? null : assignee;
      return byAdmin(conversation, "assignment", by, to);
    },

    tag(conversationId: string, name: string): TagDocument {
      const tag = tagsByName.get(name) ?? { type: "tag" as const, id: newId(2), name };
      tagsByName.set(name, tag);
      addTag(existing(conversationId), tag);
      return tag;
    },

    /** A tag that exists, on no conversation yet. */
    makeTag(name: string): void {
      const tag = tagsByName.get(name) ?? { type: "tag" as const, id: newId(2), name };
      tagsByName.set(name, tag);
    },

    allTags: (): TagDocument[] => [...tagsByName.values()],

    /** Deletes a conversation for good, as a teammate with the right to do so. */
    deleteConversation(conversationId: string, { at = Date.now() }: When = {}): void {
      existing(conversationId);
      conversations.delete(conversationId);
      indexed.delete(conversationId);
      deleted.unshift({ id: conversationId, at: seconds(at) });
    },

    /** Removes what a part says; the part itself stays. */
    redact(partId: string, { at = Date.now() }: When = {}): void {
      const conversation = existing(conversationOfPart.get(partId) ?? "");
      const { source, conversation_parts } = conversation;
      const part = conversation_parts.conversation_parts.find(({ id }) => id === partId) ?? source;
      Object.assign(part, { redacted: true, body: "", attachments: [] });
      conversation.updated_at = Math.max(conversation.updated_at, seconds(at));
      toIndex(conversation);
    },

    tagById(conversationId: string, tagId: string): TagDocument | null {
      const tag = [...tagsByName.values()].find(({ id }) => id === tagId) ?? null;
      if (tag !== null) addTag(existing(conversationId), tag);
      return tag;
    },
  };

  function reply(
    conversationId: string,
    kind: "comment" | "note",
    body: string,
    adminId: string,
    at = Date.now(),
  ) {
    const conversation = existing(conversationId);
    const wasClosed = conversation.state === "closed";
    // A note or a comment wakes a snoozed conversation; only a comment opens a closed one.
    if (kind === "comment" || conversation.state === "snoozed") reopen(conversation);
    if (kind === "comment") conversation.waiting_since = null;
    const part_type = kind === "comment" && wasClosed ? "open" : kind;
    return append(conversation, { part_type, author: authorOfAdmin(adminId), body }, at);
  }

  function byAdmin(
    conversation: ConversationDocument,
    part_type: string,
    by: { adminId?: string; body?: string } & When,
    assigned_to: PartDocument["assigned_to"] = null,
  ) {
    const author = authorOfAdmin(by.adminId ?? colleague());
    const { body: given } = by;
    // HTML is taken as it is, as in replies.
    const asHtml = (text: string) => (text.includes("<") ? text : toHtml(text));
    const body = given === undefined ? null : asHtml(given);
    if (body !== null) conversation.waiting_since = null;
    return append(conversation, { part_type, author, body, assigned_to }, by.at ?? Date.now());
  }

  function append(
    conversation: ConversationDocument,
    part: Pick<PartDocument, "part_type" | "author" | "body"> & Partial<PartDocument>,
    atMs: number,
  ) {
    const at = seconds(atMs);
    const whole: PartDocument = {
      type: "conversation_part",
      id: newId(3),
      created_at: at,
      updated_at: at,
      notified_at: at,
      assigned_to: null,
      attachments: [],
      external_id: null,
      redacted: false,
      state: conversation.state,
      tags: [],
      app_package_code: null,
      ...part,
    };
    conversation.conversation_parts.conversation_parts.push(whole);
    conversation.conversation_parts.total_count += 1;
    conversation.updated_at = Math.max(conversation.updated_at, at);
    return announced(conversation.id, whole.id);
  }

  function announced(conversationId: string, partId: string) {
    conversationOfPart.set(partId, conversationId);
    toIndex(existing(conversationId));
    options.onPart({ conversationId, partId });
    return { conversationId, partId };
  }

  function newConversation(
    text: string,
    contactId: string,
    name: string | null,
    atMs: number,
    subject = "",
  ) {
    const at = seconds(atMs);
    const conversation: ConversationDocument = {
      type: "conversation",
      id: newId(1),
      created_at: at,
      updated_at: at,
      waiting_since: at,
      snoozed_until: null,
      open: true,
      state: "open",
      read: false,
      priority: "none",
      admin_assignee_id: 0,
      team_assignee_id: 0,
      source: {
        type: subject === "" ? "conversation" : "email",
        id: newId(4),
        delivered_as: "customer_initiated",
        subject: subject === "" ? "" : toHtml(subject),
        body: toHtml(text),
        author: { type: "user", id: contactId, name, email: "" },
        attachments: [],
        url: null,
        redacted: false,
      },
      contacts: { type: "contact.list", contacts: [{ type: "contact", id: contactId }] },
      tags: { type: "tag.list", tags: [] },
      ai_agent_participated: false,
      ai_agent: null,
      conversation_parts: {
        type: "conversation_part.list",
        conversation_parts: [],
        total_count: 0,
      },
    };
    conversations.set(conversation.id, conversation);
    return conversation;
  }

  function addTag(conversation: ConversationDocument, tag: TagDocument): void {
    const { tags } = conversation.tags;
    if (!tags.some(({ id }) => id === tag.id))
      tags.push({ ...tag, applied_at: seconds(Date.now()) });
    conversation.updated_at = Math.max(conversation.updated_at, seconds(Date.now()));
    toIndex(conversation);
  }

  function reopen(conversation: ConversationDocument): void {
    Object.assign(conversation, { state: "open", open: true, snoozed_until: null });
  }

  function toIndex(conversation: ConversationDocument): void {
    if (options.searchLagMs === 0) return;
    const { conversation_parts: _parts, ...searchable } = conversation;
    const document = structuredClone(searchable) as ConversationDocument;
    const versions = indexed.get(conversation.id) ?? [];
    indexed.set(conversation.id, [...versions, { since: Date.now(), document }]);
  }

  function existing(id: string): ConversationDocument {
    const conversation = conversations.get(id);
    if (conversation === undefined) throw new Error(`The stand-in has no conversation ${id}`);
    return conversation;
  }

  function authorOfAdmin(adminId: string): AuthorDocument {
    const admin = options.admins.find(({ id }) => id === adminId);
    return { type: "admin", id: adminId, name: admin?.name ?? null, email: admin?.email ?? "" };
  }

  /** A teammate who is not the service: the last of the admins. */
  function colleague(): string {
    return options.admins.at(-1)?.id ?? "0";
  }

  /** Ids of different kinds look different, as Intercom's do, and grow with time. */
  function newId(kind: 1 | 2 | 3 | 4 | 5): string {
    lastId += 1;
    return `${kind}${String(lastId).padStart(9, "0")}`;
  }
}

/** Bodies in the API are HTML: a paragraph per block, what was typed escaped. */
export function toHtml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped
    .split(/\n{2,}/)
    .map((block) => `<p>${block.replaceAll("\n", "<br>")}</p>`)
    .join("\n");
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
