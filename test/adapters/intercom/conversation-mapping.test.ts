import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toConversation } from "../../../src/adapters/intercom/conversation-mapping.ts";
import { conversationSchema } from "../../../src/adapters/intercom/conversation-schema.ts";
import type { Conversation, Part } from "../../../src/core/types.ts";

const customer = { type: "user", id: "c1", name: "Zoë", email: "zoe@example.com" };
const us = { type: "admin", id: "1", name: "Answers", email: "answers@example.com" };
const teammate = { type: "admin", id: "2", name: "Tessa", email: "tessa@example.com" };
const bot = { type: "bot", id: "9", name: "Fin", email: "operator+abc@intercom.io" };

function map(body: object): Conversation {
  return toConversation(conversationSchema.parse(body), {
    adminId: "1",
    readAt: 5_000,
    pageOf: (id) => `https://inbox.example/${id}`,
  });
}

function conversation(changes: object = {}): object {
  return {
    type: "conversation",
    id: "42",
    created_at: 1_000,
    updated_at: 2_000,
    open: true,
    state: "open",
    source: {
      type: "conversation",
      id: "s1",
      body: "<p>Hello</p>",
      subject: "",
      author: customer,
      attachments: [],
    },
    contacts: { type: "contact.list", contacts: [{ type: "contact", id: "c1" }] },
    tags: { type: "tag.list", tags: [] },
    ai_agent_participated: false,
    ai_agent: null,
    ...changes,
  };
}

function withParts(...parts: object[]): object {
  const whole = parts.map((part, index) => ({
    id: `p${index + 1}`,
    part_type: "comment",
    body: "<p>Words</p>",
    created_at: 1_100 + index * 10,
    author: customer,
    ...part,
  }));
  return conversation({ conversation_parts: { conversation_parts: whole } });
}

/** The first part after the opener. */
function partOf(part: object): Part {
  const [, first] = map(withParts(part)).parts;
  if (first === undefined) throw new Error("The part is missing");
  return first;
}

describe("a conversation of Intercom", () => {
  it("keeps what rules ask about: page, team, teammate and plain attributes", () => {
    const asked = conversation({
      admin_assignee_id: 501,
      team_assignee_id: "12",
      source: {
        type: "conversation",
        id: "s1",
        url: "https://app.example.com/billing",
        author: { type: "user", id: "c1" },
      },
      custom_attributes: { "Fin AI Agent: Preview": true, Seats: 100, Files: [{ id: 1 }] },
    });
    expect(map(asked)).toMatchObject({
      pageUrl: "https://app.example.com/billing",
      teamId: "12",
      assigneeId: "501",
      attributes: { "Fin AI Agent: Preview": true, Seats: 100 },
    });
    const nobody = conversation({ admin_assignee_id: 0, team_assignee_id: null });
    expect(map(nobody)).toMatchObject({ teamId: null, assigneeId: null, attributes: {} });
  });

  it("is put into the service's words", () => {
    expect(map(conversation({ tags: { tags: [{ id: "7", name: "vip" }] } }))).toEqual({
      id: "42",
      state: "open",
      contact: { id: "c1", name: "Zoë" },
      channel: "conversation",
      ticket: null,
      subject: null,
      tags: ["vip"],
      pageUrl: null,
      teamId: null,
      assigneeId: null,
      attributes: {},
      taggedAt: new Map([["vip", 0]]),
      customer: null,
      shownFacts: [],
      fin: "absent",
      parts: [
        {
          id: "s1",
          kind: "comment",
          author: { role: "customer", id: "c1", name: "Zoë", email: "zoe@example.com" },
          text: "Hello",
          attachments: [],
          isAiAnswer: false,
          isOutOfSight: false,
          isOfUnknownType: false,
          at: 1_000_000,
          opens: false,
          closes: false,
          assignedTo: null,
          assigns: null,
        },
      ],
      isCut: false,
      lastTeammateReplyAt: null,
      rating: null,
      url: "https://inbox.example/42",
      updatedAt: 2_000_000,
      readAt: 5_000,
    });
  });

  it("is read in every shape in which ids, dates and lists arrive", () => {
    const mapped = map(
      conversation({
        id: 42,
        created_at: "2026-01-10T07:56:29.000Z",
        updated_at: "1768031789",
        tags: [{ name: "vip" }],
        admin_assignee_id: 0,
        team_assignee_id: null,
        source: { id: "s1", body: "Hello", author: { ...customer, id: 77 } },
        conversation_parts: [{ id: 5, part_type: "comment", created_at: 1_768_031_800 }],
      }),
    );

    expect(mapped).toMatchObject({
      id: "42",
      contact: { id: "77", name: "Zoë" },
      tags: ["vip"],
      updatedAt: 1_768_031_789_000,
    });
    expect(mapped.parts.map(({ id, at }) => [id, at])).toEqual([
      ["s1", 1_768_031_789_000],
      ["5", 1_768_031_800_000],
    ]);
  });

  it("shows its parts in the order of time", () => {
    const { parts } = map(withParts({ created_at: 1_300 }, { created_at: 1_200 }));

    expect(parts.map(({ id }) => id)).toEqual(["s1", "p2", "p1"]);
  });

  it("shows an opener only once, also where a tag event wraps it as a part", () => {
    const { parts } = map(withParts({ id: "s1", body: "<p>Hello</p>" }));

    expect(parts.map(({ id }) => id)).toEqual(["s1"]);
  });

  it("holds of a customer's mail what they wrote, not what their program quoted below", () => {
    const quoted = `<p>It still fails.</p><div class="gmail_quote">On Fri, Jan 5, 2024 at 10:02 AM Tessa &lt;tessa@example.com&gt; wrote:<blockquote>Try again.</blockquote></div>`;
    const source = { id: "s1", type: "email", author: customer, body: quoted, subject: "Export" };
    expect(map(conversation({ source })).parts[0]?.text).toBe("Export\n\nIt still fails.");

    const byMail = { body: quoted, email_message_metadata: { subject: "Re: Export" } };
    expect(partOf(byMail).text).toBe("It still fails.");
    // In the messenger a pasted mail is what the question is about.
    expect(partOf({ body: quoted }).text).toContain("Try again.");
    // A teammate's mail is what the customer read: all of it.
    expect(partOf({ ...byMail, author: teammate }).text).toContain("Try again.");
  });

  it("has an e-mail's subject as text", () => {
    const source = { id: "s1", author: customer, body: "<p>x</p>", subject: "<p>A &amp; B</p>" };

    expect(map(conversation({ source })).subject).toBe("A & B");
  });

  it.each([
    [{ state: "snoozed", open: true }, "snoozed"],
    [{ state: "closed", open: false }, "closed"],
    [{ state: undefined, open: false }, "closed"],
    [{ state: undefined, open: true }, "open"],
  ])("%j is %s", (changes, state) => {
    expect(map(conversation(changes)).state).toBe(state);
  });

  it.each([
    [{ ai_agent_participated: false, ai_agent: null }, "absent"],
    [{ ai_agent_participated: true, ai_agent: null }, "active"],
    [{ ai_agent_participated: true, ai_agent: { resolution_state: null } }, "active"],
    [
      { ai_agent_participated: true, ai_agent: { resolution_state: "negative_feedback" } },
      "active",
    ],
    [{ ai_agent_participated: true, ai_agent: { resolution_state: "escalated" } }, "handed-over"],
    [
      { ai_agent_participated: true, ai_agent: { resolution_state: "routed_to_team" } },
      "handed-over",
    ],
    [
      { ai_agent_participated: true, ai_agent: { resolution_state: "procedure_handoff" } },
      "handed-over",
    ],
  ])("with %j, Fin is %s", (changes, fin) => {
    expect(map(conversation(changes)).fin).toBe(fin);
  });
});

describe("whom a reply is for", () => {
  const ada = { ...customer, id: "c2", name: "Ada" };
  const both = { contacts: { contacts: [{ id: "c1" }, { id: "c2" }] } };
  const contactOf = (parts: object[], changes: object = {}) =>
    map({ ...conversation(both), ...withParts(...parts), ...changes }).contact;

  it.each([
    ["who opened it", [], { id: "c1", name: "Zoë" }],
    ["who wrote last, not the first of those who take part", [{ author: ada }], ada],
    ["still them when a teammate wrote after it", [{ author: ada }, { author: teammate }], ada],
    ["still them when somebody else was only added", [{ author: ada }, { body: null }], ada],
    [
      "them, whatever name another one has",
      [{ author: { ...ada, name: null } }],
      { ...ada, name: null },
    ],
    [
      "them, by the name they gave before",
      [{ author: ada }, { author: { ...ada, name: null } }],
      ada,
    ],
  ])("is %s", (_case, parts, { id, name }) => {
    expect(contactOf(parts)).toEqual({ id, name });
  });

  it("is nobody's who could be recalled, where the author has no id", () => {
    const visitor = { type: "visitor", id: "", name: null, email: "" };
    const lead = { type: "lead", id: null, name: "Bo", email: null };
    expect(contactOf([{ author: visitor }])).toEqual({ id: null, name: null });
    expect(contactOf([{ author: visitor }, { author: lead }])).toEqual({ id: null, name: "Bo" });
  });

  it("is nobody while no customer has written", () => {
    const source = { id: "s1", body: "<p>News!</p>", author: teammate };
    expect(map(conversation({ source, ...both })).contact).toEqual({ id: null, name: null });
  });
});

describe("the author of a part", () => {
  it.each([
    ["user", customer, "customer"],
    ["lead without a name", { type: "lead", id: "c1", name: null, email: "" }, "customer"],
    ["contact", { ...customer, type: "contact" }, "customer"],
    ["visitor", { ...customer, type: "visitor" }, "customer"],
    ["our own admin", us, "us"],
    ["our own admin by a number", { ...us, id: 1 }, "us"],
    ["another admin", teammate, "teammate"],
    ["Operator in an admin's guise", { ...bot, type: "admin" }, "bot"],
    ["bot", bot, "bot"],
    ["team", { type: "team", id: "3", name: "Support", email: "" }, "bot"],
    ["type nobody has heard of", { ...teammate, type: "workflow" }, "bot"],
    ["nobody", null, "bot"],
  ])("%s", (_name, author, role) => {
    expect(partOf({ author }).author.role).toBe(role);
  });

  it("of an outbound message is the teammate or bot who sent it", () => {
    const source = { id: "s1", body: "<p>News!</p>", delivered_as: "admin_initiated" };

    expect(map(conversation({ source: { ...source, author: teammate } })).parts[0]).toMatchObject({
      kind: "comment",
      author: { role: "teammate" },
    });
    expect(map(conversation({ source: { ...source, author: bot } })).parts[0]).toMatchObject({
      kind: "comment",
      author: { role: "bot" },
    });
  });
});

describe("a customer's part", () => {
  it.each(["comment", "open", "assignment", "quick_reply"])(
    "with words is a comment on %s",
    (part_type) => {
      expect(partOf({ part_type })).toMatchObject({ kind: "comment", text: "Words" });
    },
  );

  it("is an event without words", () => {
    expect(partOf({ body: null }).kind).toBe("event");
    expect(partOf({ body: "<p></p>" }).kind).toBe("event");
  });

  it("counts when it only holds an image or a file", () => {
    const files = [
      { type: "upload", name: "invoice.pdf", content_type: "application/pdf" },
      { type: "upload", name: "shot.png", content_type: "image/png" },
    ];

    expect(partOf({ body: '<p><img src="https://x/y.png"></p>' })).toMatchObject({
      kind: "comment",
      text: "[image]",
    });
    expect(partOf({ body: null, attachments: files })).toMatchObject({
      kind: "comment",
      text: "[attachment: invoice.pdf]\n[image]",
    });
    expect(partOf({ attachments: files.slice(0, 1) }).text).toBe(
      "Words\n\n[attachment: invoice.pdf]",
    );
  });

  it("is an event without text once it was redacted", () => {
    expect(partOf({ redacted: true })).toMatchObject({ kind: "event", text: "" });
    const source = { id: "s1", body: "<p>Secret</p>", author: customer, redacted: true };
    expect(map(conversation({ source })).parts[0]).toMatchObject({ kind: "event", text: "" });
  });

  it("keeps what was typed, also in plain text", () => {
    expect(partOf({ body: "if a < b use <foo>" }).text).toBe("if a < b use <foo>");
    expect(partOf({ body: "<p>if a &lt; b use &lt;foo&gt;</p>" }).text).toBe("if a < b use <foo>");
  });
});

describe("a teammate's part", () => {
  it.each(["comment", "quick_reply", "open", "close", "assignment", "assign_and_reopen"])(
    "with words is a comment on %s",
    (part_type) => {
      expect(partOf({ part_type, author: teammate }).kind).toBe("comment");
      expect(partOf({ part_type, author: us }).kind).toBe("comment");
    },
  );

  it.each(["note", "note_and_reopen"])("is a note on %s", (part_type) => {
    expect(partOf({ part_type, author: teammate }).kind).toBe("note");
  });

  it.each(["close", "assignment", "snoozed", "participant_added", "something_new"])(
    "is an event on %s without words",
    (part_type) => {
      expect(partOf({ part_type, author: teammate, body: null }).kind).toBe("event");
    },
  );

  it("is an event where the words are a system's", () => {
    expect(partOf({ part_type: "away_mode_assignment", author: teammate }).kind).toBe("event");
  });

  it("is a comment where the customer was given buttons or a file", () => {
    expect(partOf({ part_type: "quick_reply", author: teammate, body: null }).kind).toBe("comment");
  });
});

describe("a bot's part", () => {
  it("is a comment when it says something", () => {
    expect(partOf({ author: bot }).kind).toBe("comment");
    expect(partOf({ author: bot, part_type: "quick_reply" }).kind).toBe("comment");
  });

  it.each(["channel_and_reply_time_expectation", "close", "assignment", "something_new"])(
    "is an event on %s",
    (part_type) => {
      expect(partOf({ author: bot, part_type }).kind).toBe("event");
    },
  );

  it("is an event when it asks for the contact's data", () => {
    const collector = { author: bot, part_type: "attribute_collector", body: null };
    const kinds = (...parts: object[]) => map(withParts(...parts)).parts.map(({ kind }) => kind)[1];

    expect(kinds({ author: bot }, { ...collector, created_at: 1_102 })).toBe("event");
    expect(kinds({ author: bot }, { ...collector, created_at: 1_103 })).toBe("comment");
    expect(
      kinds({ author: bot }, { ...collector, author: { ...bot, id: "8" }, created_at: 1_100 }),
    ).toBe("comment");
    expect(
      kinds({ author: { ...bot, is_ai_answer: true } }, { ...collector, created_at: 1_100 }),
    ).toBe("comment");
  });
});

describe("what a part does", () => {
  it.each([
    ["open", true],
    ["assign_and_reopen", true],
    ["note_and_reopen", true],
    ["comment", false],
    ["unsnoozed", false],
  ])("%s opens again: %s", (part_type, opens) => {
    expect(partOf({ part_type, author: teammate }).opens).toBe(opens);
  });

  it.each(["assignment", "assign_and_reopen", "assign_and_unsnooze"])(
    "%s by a person assigns",
    (part_type) => {
      const assigned_to = { type: "admin", id: 2 };
      expect(partOf({ part_type, author: teammate, assigned_to }).assignedTo).toBe("2");
      expect(partOf({ part_type, author: us, assigned_to }).assignedTo).toBe("2");
    },
  );

  it.each(["default_assignment", "away_mode_assignment", "message_strategy_assignment"])(
    "%s is automatic and assigns to nobody",
    (part_type) => {
      const assigned_to = { type: "admin", id: "2" };
      expect(partOf({ part_type, author: teammate, assigned_to }).assignedTo).toBeNull();
    },
  );

  it("does not count a bot's assignment, a team's or none", () => {
    const assigned = (assigned_to: object | null, author: object = teammate) =>
      partOf({ part_type: "assignment", author, assigned_to }).assignedTo;

    expect(assigned({ type: "admin", id: "2" }, bot)).toBeNull();
    expect(assigned({ type: "team", id: "3" })).toBeNull();
    expect(assigned({ type: "nobody_admin", id: null })).toBeNull();
    expect(assigned(null)).toBeNull();
  });
});

const payloads = new URL("../../../../shared/intercom/payloads/", import.meta.url);
const hasPayloads = existsSync(payloads);
const title = `captured webhooks${hasPayloads ? "" : " (skipped: they are not at hand)"}`;

describe.skipIf(!hasPayloads)(title, () => {
  const files = hasPayloads ? readdirSync(payloads).filter((name) => name.endsWith(".json")) : [];
  const item = (file: string) =>
    (JSON.parse(readFileSync(new URL(file, payloads), "utf8")) as { data: { item: object } }).data
      .item;
  const conversations = files.filter((file) => {
    const { type, id } = item(file) as { type?: string; id?: unknown };
    return type === "conversation" && id !== undefined;
  });

  it.each(conversations)("%s is read without a crash", (file) => {
    const mapped = map(item(file));
    expect(mapped.id).toMatch(/^\d+$/);
    expect(mapped.parts.every(({ at }) => at > 0)).toBe(true);
  });

  it("a bot that asks for contact data has not answered", () => {
    const { parts } = map(item("2026-conversation.read.multi-part.json"));
    expect(parts.map(({ kind }) => kind)).toEqual(["comment", "event", "event", "event", "event"]);
  });

  it("a teammate's words on an assignment are a comment", () => {
    const file = "2026-conversation.admin.open.assigned.reply-body-on-assignment.json";
    expect(map(item(file)).parts.at(-1)).toMatchObject({
      kind: "comment",
      text: "aMSIJJO",
      author: { role: "teammate" },
      assignedTo: "9608799",
    });
  });

  it("an e-mail keeps its subject, links and attachments", () => {
    const mapped = map(item("SYNTHETIC-v2.14-conversation.user.created.email-attachment.json"));
    expect(mapped.subject).toBe("Invoice #4711 — wrong VAT 😕");
    expect(mapped.contact.name).toBe("Zoë Example");
    expect(mapped.parts[0]?.text).toContain("the order (https://example.com/i/4711)");
    expect(mapped.parts[0]?.text).toContain("[attachment: invoice-4711.pdf]");
  });
});

describe("what Intercom leaves out", () => {
  const answered = (type: string, id: string) =>
    map(
      conversation({
        conversation_parts: {
          conversation_parts: [
            {
              id: "90",
              part_type: "comment",
              body: null,
              redacted: true,
              created_at: 2_000_000_000,
              author: { type, id },
            },
          ],
        },
      }),
    ).parts.at(-1);

  it.each([
    ["admin", "9608799"],
    ["admin", "501"],
    ["bot", "9"],
  ])("an answer by %s %s stays an answer when it was redacted", (type, id) => {
    expect(answered(type, id)).toMatchObject({ kind: "comment", text: "" });
  });

  it("a part without a date stays behind the one before it", () => {
    const part = (id: string, created_at: number | null) => ({
      id,
      part_type: "comment",
      body: id,
      created_at,
      author: { type: "admin", id: "501" },
    });
    const parts = [part("90", 2_000_000_000), part("91", null), part("92", 2_000_000_060)];
    const read = map(conversation({ conversation_parts: { conversation_parts: parts } }));
    expect(read.parts.slice(-3).map(({ id }) => id)).toEqual(["90", "91", "92"]);
  });
});
