import type { ConversationDocument } from "./documents.ts";

export type Query = {
  operator?: string;
  field?: string;
  value?: unknown;
};

/** Why a search is refused, as Intercom words it. */
export class SearchRefused extends Error {}

type Comparison = (actual: unknown, wanted: unknown) => boolean;

const comparisons: Record<string, Comparison> = {
  "=": (actual, wanted) => includes(actual, wanted),
  "!=": (actual, wanted) => !includes(actual, wanted),
  IN: (actual, wanted) => asList(wanted).some((one) => includes(actual, one)),
  NIN: (actual, wanted) => !asList(wanted).some((one) => includes(actual, one)),
  // Documented as "greater (or equal)" and "lower (or equal)"; nothing is neither.
  ">": (actual, wanted) => isNumber(actual) && Number(actual) >= Number(wanted),
  "<": (actual, wanted) => isNumber(actual) && Number(actual) <= Number(wanted),
  "~": (actual, wanted) => String(actual).includes(String(wanted)),
  "!~": (actual, wanted) => !String(actual).includes(String(wanted)),
  "^": (actual, wanted) => String(actual).startsWith(String(wanted)),
  $: (actual, wanted) => String(actual).endsWith(String(wanted)),
};

const fields: Record<string, (conversation: ConversationDocument) => unknown> = {
  id: ({ id }) => id,
  created_at: ({ created_at }) => created_at,
  updated_at: ({ updated_at }) => updated_at,
  waiting_since: ({ waiting_since }) => waiting_since,
  snoozed_until: ({ snoozed_until }) => snoozed_until,
  open: ({ open }) => open,
  read: ({ read }) => read,
  state: ({ state }) => state,
  priority: ({ priority }) => priority,
  admin_assignee_id: ({ admin_assignee_id }) => admin_assignee_id,
  team_assignee_id: ({ team_assignee_id }) => team_assignee_id,
  contact_ids: ({ contacts }) => contacts.contacts.map(({ id }) => id),
  tag_ids: ({ tags }) => tags.tags.map(({ id }) => id),
  ai_agent_participated: ({ ai_agent_participated }) => ai_agent_participated,
  "source.id": ({ source }) => source.id,
  "source.type": ({ source }) => source.type,
  "source.delivered_as": ({ source }) => source.delivered_as,
  "source.author.id": ({ source }) => source.author.id,
};

const dates = ["created_at", "updated_at", "waiting_since", "snoozed_until"];

/** Turns a search query into a test for conversations. @throws SearchRefused */
export function matcher(query: Query, depth = 0): (conversation: ConversationDocument) => boolean {
  if (query.operator === "AND" || query.operator === "OR") {
    if (depth > 2) throw new SearchRefused("At most 2 nested filters");
    const filters = query.value;
    if (!Array.isArray(filters) || filters.length > 15) {
      throw new SearchRefused("A group takes up to 15 filters");
    }
    const tests = filters.map((filter: Query) => matcher(filter, depth + 1));
    const isAll = query.operator === "AND";
    return (conversation) =>
      isAll ? tests.every((test) => test(conversation)) : tests.some((test) => test(conversation));
  }
  const field = query.field ?? "";
  const read = fields[field];
  const compare = comparisons[query.operator ?? ""];
  if (read === undefined) throw new SearchRefused(`Unknown field ${field}`);
  if (compare === undefined) throw new SearchRefused(`Unknown operator ${query.operator}`);
  if (dates.includes(field) && !["=", "<", ">"].includes(query.operator ?? "")) {
    throw new SearchRefused(`Dates know no ${query.operator}`);
  }
  return (conversation) => compare(read(conversation), query.value);
}

export type Page = { rows: ConversationDocument[]; total: number; next: string | null };

/**
 * One page, most recently updated first; the cursor names the last row of the page before, so rows
 * that move between two requests shift, as they do in Intercom.
 * @throws SearchRefused on a cursor that is none.
 */
export function pageOf(found: ConversationDocument[], perPage: number, after: string | null): Page {
  const sorted = found.toSorted(
    (one, other) => other.updated_at - one.updated_at || Number(other.id) - Number(one.id),
  );
  const start = after === null ? 0 : sorted.findIndex((row) => isAfter(row, readCursor(after)));
  const from = start === -1 ? sorted.length : start;
  const rows = sorted.slice(from, from + perPage);
  const last = rows.at(-1);
  const hasMore = from + perPage < sorted.length;
  return { rows, total: sorted.length, next: hasMore && last ? cursorOf(last) : null };
}

function cursorOf({ updated_at, id }: ConversationDocument): string {
  return Buffer.from(JSON.stringify([updated_at, id])).toString("base64url");
}

function readCursor(cursor: string): [number, string] {
  try {
    const [updatedAt, id] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    return [Number(updatedAt), String(id)];
  } catch (cause) {
    throw new SearchRefused("Invalid cursor", { cause });
  }
}

function isAfter(row: ConversationDocument, [updatedAt, id]: [number, string]): boolean {
  if (row.updated_at !== updatedAt) return row.updated_at < updatedAt;
  return Number(row.id) < Number(id);
}

function includes(actual: unknown, wanted: unknown): boolean {
  return asList(actual).some((one) => String(one) === String(wanted));
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}
