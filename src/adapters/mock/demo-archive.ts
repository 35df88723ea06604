import { readFileSync } from "node:fs";
import { z } from "zod";
import type { ConversationArchive } from "../../core/learning/backfill-run.ts";
import type { Clock } from "../../core/ports.ts";
import type { Author, Conversation, Part } from "../../core/types.ts";

const file = new URL("./demo/conversations.json", import.meta.url);
const dayMs = 24 * 60 * 60_000;
const teammateAnswersAfterMs = 20 * 60_000;

const form = z.array(
  z.strictObject({
    customer: z.string(),
    daysAgo: z.number(),
    question: z.string(),
    answer: z.string(),
  }),
);

/** The demo's past conversations, each answered by a teammate and closed, the newest hours ago. */
export function createDemoArchive(clock: Clock): Pick<ConversationArchive, "list" | "read"> {
  const now = clock();
  const conversations = form
    .parse(JSON.parse(readFileSync(file, "utf8")))
    .map((one, index) => conversationOf(one, index + 1, now));
  return {
    async list({ after, until }) {
      const listed = conversations.filter(
        ({ updatedAt }) => updatedAt > after && updatedAt <= until,
      );
      return { total: listed.length, conversations: listed, next: null };
    },
    async read(conversationId) {
      const conversation = conversations.find(({ id }) => id === conversationId);
      return conversation === undefined ? null : { conversation, isCut: false };
    },
  };
}

function conversationOf(
  { customer: name, daysAgo, question, answer }: z.output<typeof form>[number],
  number: number,
  now: number,
): Conversation {
  const id = `demo-past-${number}`;
  const askedAt = now - Math.round(daysAgo * dayMs);
  const answeredAt = askedAt + teammateAnswersAfterMs;
  const customer: Author = { role: "customer", id: `${id}-contact`, name, email: null };
  const teammate: Author = { role: "teammate", id: "demo-teammate", name: "Mara", email: null };
  const said = { kind: "comment" as const, attachments: [], assignedTo: null, assigns: null };
  const no = { isAiAnswer: false, isOutOfSight: false, isOfUnknownType: false, opens: false };
  const parts: Part[] = [
    { ...said, ...no, id: `${id}-1`, author: customer, text: question, at: askedAt, closes: false },
    { ...said, ...no, id: `${id}-2`, author: teammate, text: answer, at: answeredAt, closes: true },
  ];
  return {
    id,
    state: "closed",
    contact: { id: customer.id, name },
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
    parts,
    isCut: false,
    lastTeammateReplyAt: answeredAt,
    url: "",
    updatedAt: answeredAt,
    readAt: now,
  };
}
