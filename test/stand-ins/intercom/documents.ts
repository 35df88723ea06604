/** A conversation as `GET /conversations/{id}` shows it, reduced to the fields somebody uses. */
export type ConversationDocument = {
  type: "conversation";
  id: string;
  created_at: number;
  updated_at: number;
  waiting_since: number | null;
  snoozed_until: number | null;
  open: boolean;
  state: "open" | "closed" | "snoozed";
  read: boolean;
  priority: string;
  admin_assignee_id: number;
  team_assignee_id: number;
  /** Intercom also gives `null`; a test can import such a conversation as it is. */
  source: SourceDocument;
  contacts: { type: "contact.list"; contacts: { type: "contact"; id: string }[] };
  tags: { type: "tag.list"; tags: TagDocument[] };
  custom_attributes?: Record<string, unknown>;
  ai_agent_participated: boolean;
  ai_agent: { resolution_state: string | null } | null;
  conversation_parts: {
    type: "conversation_part.list";
    conversation_parts: PartDocument[];
    total_count: number;
  };
};

export type TagDocument = {
  type: "tag";
  id: string;
  name: string;
  applied_at?: number;
};

export type AuthorDocument = { type: string; id: string; name: string | null; email: string };

type SourceDocument = {
  type: string;
  id: string;
  delivered_as: string;
  subject: string;
  body: string;
  author: AuthorDocument;
  attachments: object[];
  url: string | null;
  redacted: boolean;
};

export type PartDocument = {
  type: "conversation_part";
  id: string;
  part_type: string;
  body: string | null;
  created_at: number;
  updated_at: number;
  notified_at: number;
  assigned_to: { type: string; id: string } | null;
  author: AuthorDocument;
  attachments: object[];
  external_id: null;
  redacted: boolean;
  state: string;
  tags: TagDocument[];
  app_package_code: string | null;
};

export type AdminDocument = {
  type: "admin";
  id: string;
  name: string;
  email: string;
  has_inbox_seat: boolean;
  team_ids: number[];
};
