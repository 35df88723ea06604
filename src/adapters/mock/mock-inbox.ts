import { attachmentMark } from "../../core/attachment-marks.ts";
import { targetText } from "../../core/hand-off.ts";
import type { Clock, Inbox, Log, Written } from "../../core/ports.ts";
import type { Attachment, Author, Contact, Conversation, Part } from "../../core/types.ts";

export type MockInbox = Inbox & {
  /** Begins a conversation without a message. @returns its id */
  open(contact: Contact): string;
  /** The customer writes. @returns the new part */
  customerWrites(conversationId: string, text: string, attachments?: Attachment[]): Part;
  teammateWrites(conversationId: string, text: string): Part;
  /** A teammate closes it; the customer's next message opens it again. */
  close(conversationId: string): void;
  /** Takes in a conversation that was read elsewhere, as it was then; it goes on here. */
  adopt(conversation: Conversation): void;
  /** Gives the customer another name, also in what is already said. */
  renameContact(conversationId: string, name: string | null): void;
  /** All of them as they are now. */
  all(): Conversation[];
  /** Forgets a conversation. */
  remove(conversationId: string): void;
};

/**
 * Conversations kept in memory, behaving as Intercom's do: notes are not answers, replies are.
 *
 * @param options.idPrefix tells the ids of two inboxes apart
 */
export function createMockInbox(options: { clock: Clock; log: Log; idPrefix?: string }): MockInbox {
  const { clock, log, idPrefix = "" } = options;
  const conversations = new Map<string, Conversation>();
  // The memory outlives the process and knows parts by their ids: they must not come again.
  let lastId = clock();
  const nextId = () => `${idPrefix}${++lastId}`;

  function existing(conversationId: string): Conversation {
    const conversation = conversations.get(conversationId);
    if (conversation === undefined) throw new Error(`no mock conversation ${conversationId}`);
    return conversation;
  }

  function append(
    conversation: Conversation,
    part: Pick<Part, "kind" | "author" | "text"> & Partial<Pick<Part, "attachments">>,
    opens = false,
  ): Part {
    const at = clock();
    const added: Part = {
      attachments: [],
      ...part,
      id: nextId(),
      at,
      opens,
      closes: false,
      isAiAnswer: false,
      isOutOfSight: false,
      isOfUnknownType: false,
      assignedTo: null,
      assigns: null,
    };
    conversation.parts.push(added);
    conversation.updatedAt = at;
    return added;
  }

  function write(conversationId: string, kind: Part["kind"], markdown: string): Written {
    const conversation = conversations.get(conversationId);
    if (conversation === undefined) {
      return { result: "refused", explanation: "the conversation does not exist" };
    }
    const part = append(conversation, { kind, author: us, text: markdown });
    const what = { comment: "reply to the customer", note: "internal note", event: "assignment" }[
      kind
    ];
    log.info({ conversationId }, `${what} (mock, nothing leaves this machine):\n${markdown}`);
    return { result: "done", partId: part.id };
  }

  function waiting(): Conversation[] {
    return [...conversations.values()].filter((conversation) => {
      const said = conversation.parts.filter(({ kind }) => kind === "comment");
      return conversation.state === "open" && said.at(-1)?.author.role === "customer";
    });
  }

  return {
    async read(conversationId) {
      const conversation = conversations.get(conversationId);
      if (conversation === undefined) return null;
      return { ...conversation, parts: [...conversation.parts], readAt: clock() };
    },
    reply: async (conversationId, markdown) => write(conversationId, "comment", markdown),
    note: async (conversationId, markdown) => write(conversationId, "note", markdown),
    async handOver(conversationId, to, markdown) {
      const kind = markdown === null ? "event" : "comment";
      const written = write(conversationId, kind, markdown ?? "");
      const part = conversations.get(conversationId)?.parts.at(-1);
      if (written.result === "done" && part !== undefined) part.assigns = targetText(to);
      return written;
    },
    async unassign(conversationId) {
      const conversation = conversations.get(conversationId);
      if (conversation !== undefined) conversation.assigneeId = null;
      return write(conversationId, "event", "");
    },
    waiting: async ({ waitingBefore, updatedAfter }) =>
      waiting().filter(
        ({ parts, updatedAt }) =>
          updatedAt >= updatedAfter && (parts.at(-1)?.at ?? 0) <= waitingBefore,
      ),
    countWaiting: async (before) =>
      waiting().filter(({ parts }) => (parts.at(-1)?.at ?? 0) <= before).length,
    updated: async (after) =>
      [...conversations.values()].filter(
        ({ state, updatedAt }) => state === "open" && updatedAt >= after,
      ),
    open(contact) {
      const id = nextId();
      conversations.set(id, {
        id,
        state: "open",
        contact,
        channel: "conversation",
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
        parts: [],
        isCut: false,
        lastTeammateReplyAt: null,
        url: `https://app.intercom.com/mock/${id}`,
        updatedAt: clock(),
        readAt: clock(),
      });
      return id;
    },
    customerWrites(conversationId, words, attachments = []) {
      const conversation = existing(conversationId);
      const { id, name } = conversation.contact;
      const opens = conversation.state !== "open";
      conversation.state = "open";
      const author = { role: "customer" as const, id: id ?? "", name, email: null };
      const text = [words, attachments.map(attachmentMark).join("\n")].filter(Boolean).join("\n\n");
      return append(conversation, { kind: "comment", author, text, attachments }, opens);
    },
    teammateWrites: (conversationId, text) =>
      append(existing(conversationId), { kind: "comment", author: teammate, text }),
    close(conversationId) {
      existing(conversationId).state = "closed";
    },
    adopt: (conversation) =>
      void conversations.set(conversation.id, { ...conversation, parts: [...conversation.parts] }),
    renameContact(conversationId, name) {
      const conversation = existing(conversationId);
      conversation.contact = { ...conversation.contact, name };
      conversation.parts = conversation.parts.map((part) =>
        part.author.role === "customer" ? { ...part, author: { ...part.author, name } } : part,
      );
    },
    all: () => [...conversations.values()],
    remove: (conversationId) => void conversations.delete(conversationId),
  };
}

const us: Author = { role: "us", id: "mock-admin", name: "Auto-responder", email: null };
const teammate: Author = { role: "teammate", id: "mock-teammate", name: "A teammate", email: null };
