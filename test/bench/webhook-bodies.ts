import { webhookRequest } from "./webhook-load.ts";

export const webhookSecret = "bench-secret";
const bodyBytes = 6 * 1024;

/**
 * Signed notifications of exactly 6 KB, each about a conversation of its own; what the fields of a
 * conversation leave of it is the customer's text, as in a long e-mail.
 */
export function webhookRequests(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const empty = JSON.stringify(notification(index, ""));
    const text = sentences.repeat(Math.ceil(bodyBytes / sentences.length));
    const body = JSON.stringify(notification(index, text.slice(0, bodyBytes - empty.length)));
    return webhookRequest(webhookSecret, body);
  });
}

const sentences = "The export from last Tuesday still shows the old address for half of our team. ";

function notification(index: number, text: string) {
  const at = 1_750_000_000 + index;
  const author = { type: "user", id: `5${index}`, name: "Ada Lovelace", email: "ada@example.com" };
  const conversationId = String(100_000_000 + index);
  const source = {
    type: "conversation",
    id: `4${index}`,
    delivered_as: "customer_initiated",
    subject: "",
    body: "Good morning",
    author,
    attachments: [],
    url: "https://app.example.com/settings/team",
    redacted: false,
  };
  const part = {
    type: "conversation_part",
    id: `3${index}`,
    part_type: "comment",
    body: text,
    created_at: at,
    updated_at: at,
    notified_at: at,
    assigned_to: null,
    author,
    attachments: [],
    external_id: null,
    redacted: false,
    state: "open",
    tags: [],
    app_package_code: null,
  };
  return {
    type: "notification_event",
    app_id: "abc123def",
    data: {
      type: "notification_event_data",
      item: {
        type: "conversation",
        id: conversationId,
        created_at: at,
        updated_at: at,
        waiting_since: at,
        snoozed_until: null,
        open: true,
        state: "open",
        read: false,
        priority: "none",
        admin_assignee_id: null,
        team_assignee_id: null,
        source,
        contacts: {
          type: "contact.list",
          contacts: [{ type: "contact", id: author.id, external_id: `customer-${index}` }],
        },
        tags: { type: "tag.list", tags: [] },
        teammates: { type: "admin.list", admins: [] },
        custom_attributes: { plan: "Team", seats: 12, source: "in-app" },
        ai_agent_participated: false,
        ai_agent: null,
        conversation_parts: {
          type: "conversation_part.list",
          conversation_parts: [part],
          total_count: 1,
        },
      },
    },
    links: {},
    id: `notif_${conversationId}`,
    topic: "conversation.user.replied",
    delivery_status: "pending",
    delivery_attempts: 1,
    delivered_at: 0,
    first_sent_at: at,
    created_at: at,
    self: null,
  };
}
