import type { ConversationDocument, PartDocument } from "../stand-ins/intercom/documents.ts";
import { toHtml } from "../stand-ins/intercom/workspace.ts";

/** 2025-01-01: everything generated lies in the year from there. */
const begin = Date.UTC(2025, 0, 1) / 1000;
const year = 365 * 24 * 3600;

const topics = "invoice,refund,password,export,domain,coupon,calendar,import,address,plan".split(
  ",",
);
const verbs = "change,find,cancel,download,share,delete,connect,print,move,restore".split(",");
const replies = [
  "Open Settings, choose the page and press the button at the top. It takes effect at once.",
  "You can do that under Billing. Please note that only owners of the account see this page.",
  "That is not possible yet; as a workaround export it, edit the file and import it again.",
];
const teammate = { type: "admin", id: "9608801", name: "Tessa Teammate", email: "t@example.com" };
const us = { type: "admin", id: "9608799", name: "Answering Machine", email: "a@example.com" };
const bot = { type: "bot", id: "9608808", name: "Fin", email: "operator+x@intercom.io" };

/** Past conversations as support teams have them, the same for the same seed. */
export function generateConversations(count: number, seed = 42): ConversationDocument[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) => generate(index, random));
}

function generate(index: number, random: () => number): ConversationDocument {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const id = String(10_000_000 + index);
  const openedAt = begin + Math.floor(random() * year);
  const customer = { type: "user", id: `c${index % 3_000}`, name: "Ada", email: "" };
  const parts: PartDocument[] = [];
  let at = openedAt;
  const say = (author: typeof customer, text: string | null, part_type = "comment") => {
    at += 1 + Math.floor(random() * 600);
    parts.push(
      partOf(`${id}${String(parts.length).padStart(3, "0")}`, author, text, part_type, at),
    );
  };
  const question = () =>
    `How do I ${pick(verbs)} the ${pick(topics)} number ${Math.floor(random() * 1000)}?`;

  const exchanges = 1 + Math.floor(random() * 4);
  for (let exchange = 0; exchange < exchanges; exchange += 1) {
    if (exchange > 0) say(customer, question());
    if (random() < 0.3) say(customer, "It is urgent, and my card is 4111 1111 1111 1111.");
    if (random() < 0.3) say(bot, "Have you looked into our help center?");
    if (random() < 0.3) say(teammate, null, "assignment");
    if (random() < 0.3) say(teammate, "Looks like a usual case", "note");
    if (random() < 0.3) say(teammate, "Let me check.");
    if (random() < 0.2) say(us, pick(replies));
    else say(teammate, pick(replies));
    if (random() < 0.3) say(teammate, `See https://help.example.com/${pick(topics)} for more.`);
    if (random() < 0.5) say(customer, "Thank you so much!");
  }
  return {
    type: "conversation",
    id,
    created_at: openedAt,
    updated_at: at,
    waiting_since: null,
    snoozed_until: null,
    open: false,
    state: "closed",
    read: true,
    priority: "none",
    admin_assignee_id: 0,
    team_assignee_id: 0,
    source: {
      type: "conversation",
      id: `9${id}`,
      delivered_as: "customer_initiated",
      subject: "",
      body: toHtml(question()),
      author: customer,
      attachments: [],
      url: null,
      redacted: false,
    },
    contacts: { type: "contact.list", contacts: [{ type: "contact", id: customer.id }] },
    tags: { type: "tag.list", tags: [] },
    ai_agent_participated: false,
    ai_agent: null,
    conversation_parts: {
      type: "conversation_part.list",
      conversation_parts: parts,
      total_count: parts.length,
    },
  };
}

function partOf(
  id: string,
  author: PartDocument["author"],
  text: string | null,
  part_type: string,
  at: number,
): PartDocument {
  return {
    type: "conversation_part",
    id,
    part_type,
    body: text === null ? null : toHtml(text),
    created_at: at,
    updated_at: at,
    notified_at: at,
    assigned_to: null,
    author,
    attachments: [],
    external_id: null,
    redacted: false,
    state: "closed",
    tags: [],
    app_package_code: null,
  };
}

/** mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
