import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Inbox } from "../../src/core/ports.ts";
import type { Conversation } from "../../src/core/types.ts";

/** An inbox and the other side of it: customers and teammates at work. */
export type InboxWorld = {
  inbox: Inbox;
  /** Opens a conversation, or writes in one. @returns its id and the new part's */
  customerWrites(
    conversationId: string | null,
    text: string,
  ): { conversationId: string; partId: string };
  teammateWrites(conversationId: string, text: string): void;
  close(conversationId: string): void;
  stop(): Promise<void>;
};

const secondMs = 1000;

/** What the journey relies on, whoever keeps the conversations. */
export function describeInbox(name: string, setUp: () => Promise<InboxWorld>): void {
  describe(`the inbox of ${name}`, () => {
    let world: InboxWorld;
    beforeEach(async () => {
      world = await setUp();
    });
    afterEach(async () => {
      await world.stop();
    });

    async function read(conversationId: string): Promise<Conversation> {
      const conversation = await world.inbox.read(conversationId);
      if (conversation === null) throw new Error("There is no such conversation");
      return conversation;
    }

    it("shows what was said, by whom, oldest first", async () => {
      const { conversationId, partId } = world.customerWrites(null, "Where is a < b?\nAnd <foo>?");
      world.teammateWrites(conversationId, "I am looking");
      world.customerWrites(conversationId, "Thanks & see you");

      const conversation = await read(conversationId);

      expect(conversation.id).toBe(conversationId);
      expect(conversation.parts[0]?.id).toBe(partId);
      expect(conversation.parts.map(({ kind, author, text }) => [kind, author.role, text])).toEqual(
        [
          ["comment", "customer", "Where is a < b?\nAnd <foo>?"],
          ["comment", "teammate", "I am looking"],
          ["comment", "customer", "Thanks & see you"],
        ],
      );
      expect(conversation.contact.id).toBe(conversation.parts[0]?.author.id);
    });

    it("knows no conversation that is not there", async () => {
      expect(await world.inbox.read("4711")).toBeNull();
    });

    it("tells the same clock for parts, changes and the reading", async () => {
      const { conversationId } = world.customerWrites(null, "Hello");
      const { parts, updatedAt, readAt } = await read(conversationId);

      expect(Math.abs(readAt - updatedAt)).toBeLessThan(5 * secondMs);
      expect(parts[0]?.at).toBeLessThanOrEqual(updatedAt);
    });

    it("shows a hand-off as one part of ours that assigns, with the words to the customer", async () => {
      const { conversationId } = world.customerWrites(null, "Hello");
      const team = { type: "team", id: "12" } as const;

      const written = await world.inbox.handOver(conversationId, team, "A colleague takes over.");

      const last = (await read(conversationId)).parts.at(-1);
      expect(written).toEqual({ result: "done", partId: last?.id });
      expect(last).toMatchObject({
        kind: "comment",
        author: { role: "us" },
        text: "A colleague takes over.",
        assigns: "team:12",
      });
    });

    it("shows a hand-off in silence as an event, and nobody as the owner after it is taken", async () => {
      const { conversationId } = world.customerWrites(null, "Hello");
      const team = { type: "team", id: "12" } as const;

      await world.inbox.unassign(conversationId);
      await world.inbox.handOver(conversationId, team, null);

      const { parts, assigneeId } = await read(conversationId);
      expect(parts.at(-1)).toMatchObject({ kind: "event", assigns: "team:12", text: "" });
      expect(assigneeId).toBeNull();
    });

    it("shows a reply as our comment, under the id that the writing named", async () => {
      const { conversationId } = world.customerWrites(null, "Hello");

      const written = await world.inbox.reply(conversationId, "Hello **you**");

      const last = (await read(conversationId)).parts.at(-1);
      expect(written).toEqual({ result: "done", partId: last?.id });
      expect(last).toMatchObject({ kind: "comment", author: { role: "us" } });
      expect(last?.text).toContain("you");
    });

    it("shows a note as our note, its last line intact", async () => {
      const { conversationId } = world.customerWrites(null, "Hello");
      const mark = "ref: part=123 outcome=in-review card=C1:17000.5";

      const written = await world.inbox.note(conversationId, `A **draft** waits.\n\n${mark}`);

      const last = (await read(conversationId)).parts.at(-1);
      expect(written).toEqual({ result: "done", partId: last?.id });
      expect(last).toMatchObject({ kind: "note", author: { role: "us" } });
      expect(last?.text.endsWith(mark)).toBe(true);
    });

    it("refuses to write to a conversation that is not there", async () => {
      expect(await world.inbox.reply("4711", "Hello")).toMatchObject({ result: "refused" });
      expect(await world.inbox.note("4711", "Hello")).toMatchObject({ result: "refused" });
    });

    it("finds the conversations in which a customer waits", async () => {
      const soon = Date.now() + 5 * secondMs;
      const before = Date.now() - 5 * secondMs;
      const waiting = world.customerWrites(null, "Still there?").conversationId;
      const answered = world.customerWrites(null, "Hello").conversationId;
      world.teammateWrites(answered, "Hi");
      const closed = world.customerWrites(null, "Never mind").conversationId;
      world.close(closed);

      const found = await world.inbox.waiting({ waitingBefore: soon, updatedAfter: before });

      expect(found.map(({ id }) => id)).toEqual([waiting]);
      expect(found[0]?.updatedAt).toBe((await read(waiting)).updatedAt);
      expect(await world.inbox.countWaiting(soon)).toBe(1);
    });

    it("finds nobody who began to wait later, or where nothing happened since", async () => {
      const soon = Date.now() + 5 * secondMs;
      const before = Date.now() - 5 * secondMs;
      world.customerWrites(null, "Hello");

      expect(await world.inbox.waiting({ waitingBefore: before, updatedAfter: before })).toEqual(
        [],
      );
      expect(await world.inbox.waiting({ waitingBefore: soon, updatedAfter: soon })).toEqual([]);
      expect(await world.inbox.countWaiting(before)).toBe(0);
    });

    it("goes on waiting after a note, and not after a reply", async () => {
      const range = { waitingBefore: Date.now() + 5 * secondMs, updatedAfter: 0 };
      const { conversationId } = world.customerWrites(null, "Hello");

      await world.inbox.note(conversationId, "A draft waits");
      expect(await world.inbox.waiting(range)).toHaveLength(1);

      await world.inbox.reply(conversationId, "Hello you");
      expect(await world.inbox.waiting(range)).toEqual([]);
    });

    it("lists the open conversations in which something happened", async () => {
      const before = Date.now() - 5 * secondMs;
      const answered = world.customerWrites(null, "Hello").conversationId;
      world.teammateWrites(answered, "Hi");
      world.close(world.customerWrites(null, "Bye").conversationId);

      expect((await world.inbox.updated(before)).map(({ id }) => id)).toEqual([answered]);
      expect(await world.inbox.updated(Date.now() + 5 * secondMs)).toEqual([]);
    });

    it("shows a closed conversation as closed until the customer writes again", async () => {
      const { conversationId } = world.customerWrites(null, "Hello");
      world.close(conversationId);
      expect((await read(conversationId)).state).toBe("closed");

      world.customerWrites(conversationId, "One more thing");

      const { state, parts } = await read(conversationId);
      expect(state).toBe("open");
      expect(parts.at(-1)).toMatchObject({ kind: "comment", opens: true, text: "One more thing" });
    });
  });
}
