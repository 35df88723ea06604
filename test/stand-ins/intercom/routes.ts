import { attributesAnswer, contactAnswer, contactSearch, segmentsAnswer } from "./contacts.ts";
import type { ConversationDocument, PartDocument } from "./documents.ts";
import { linkedPage, listPage, macroPage } from "./help-center.ts";
import { officeHoursAnswer } from "./office-hours.ts";
import { matcher, pageOf, type Query, SearchRefused } from "./search.ts";
import { toHtml, type Workspace } from "./workspace.ts";

export type Call = { method: string; path: string; query: URLSearchParams; body: unknown };
export type Answer = { status: number; body: object; headers?: Record<string, string> };

type Body = Record<string, unknown>;

/** Intercom returns no more than the newest 500 parts of a conversation. */
const maximumParts = 500;
const maximumPerPage = 150;

/** Carries out one API call the way the documentation describes it. */
export function carryOut(call: Call, workspace: Workspace, appId: string): Answer {
  const body = (call.body ?? {}) as Body;
  const [collection, id, action] = call.path.split("/").slice(1);
  const route = `${call.method} /${[collection, id && ":id", action].filter(Boolean).join("/")}`;

  if (route === "GET /me") return done(me());
  if (route === "GET /admins") return done({ type: "admin.list", admins: workspace.admins });
  if (route === "GET /admins/:id") {
    const admin = workspace.admins.find((one) => one.id === id);
    return admin ? done(admin) : failed(404, "admin_not_found");
  }
  const { articles, internalArticles, collections, macros } = workspace.helpCenter;
  const { externalPages, importSources } = workspace.helpCenter;
  if (call.method === "GET" && call.path.startsWith("/macros/")) {
    const found = macros.find(({ id }) => call.path === `/macros/${id}`);
    return found ? done({ ...found, ...Object(found.whole) }) : failed(404, "not_found");
  }
  if (route === "GET /macros") return done(macroPage(macros, call.query));
  if (call.path === "/ai/external_pages") {
    return done(linkedPage(externalPages, call.query, call.path));
  }
  if (call.path === "/ai/content_import_sources") {
    return done(linkedPage(importSources, call.query, call.path));
  }
  if (route === "GET /articles") return done(listPage(articles, call.query));
  if (route === "POST /articles") return done({ type: "article", id: "9001", state: body.state });
  if (route === "GET /internal_articles") return done(listPage(internalArticles, call.query));
  if (call.path === "/help_center/collections") return done(listPage(collections, call.query));
  if (call.path === "/conversations/deleted") return done(deletedPage());
  if (call.path === "/conversations/attributes") {
    const names = workspace.contacts.attributes.conversation;
    const data = names.map((name, index) => ({ type: "conversation_attribute", id: index, name }));
    return done({ type: "list", data });
  }
  if (route === "GET /conversations") return paged(() => true, call.query, workspace.all());
  if (call.method === "POST" && call.path === "/conversations/search") return search(body);

  if (call.method === "POST" && call.path === "/contacts/search") {
    return contactSearch(workspace.contacts, body);
  }
  if (call.method === "GET" && collection === "contacts" && id !== undefined) {
    return contactAnswer(workspace.contacts, id, action);
  }
  if (route === "GET /data_attributes") {
    return attributesAnswer(workspace.contacts, call.query.get("model"));
  }
  if (route === "GET /teams") {
    const teams = [{ type: "team", id: "12", name: "Billing", admin_ids: [] }];
    return done({ type: "team.list", teams });
  }
  if (call.method === "GET" && collection === "office_hours_schedules") {
    return officeHoursAnswer(workspace.officeHours, id, action);
  }
  if (route === "GET /tags") return done({ type: "list", data: workspace.allTags() });
  if (route === "GET /segments") return segmentsAnswer(workspace.contacts);
  if (collection !== "conversations" || id === undefined) return failed(404, "not_found");
  const conversation = workspace.find(id);
  if (conversation === null) return failed(404, "conversation_not_found");
  if (route === "GET /conversations/:id") return done(shown(conversation));
  if (route === "POST /conversations/:id/reply") return reply(conversation, body);
  if (route === "POST /conversations/:id/parts") return manage(conversation, body);
  if (route === "PUT /conversations/:id") {
    return labelled(conversation, Object(body.custom_attributes));
  }
  const [, , , , tagId] = call.path.split("/");
  if (route === "DELETE /conversations/:id/tags" && tagId !== undefined) {
    const { tags } = conversation.tags;
    const tag = tags.find((one) => one.id === tagId);
    conversation.tags.tags = tags.filter((one) => one !== tag);
    return tag ? done(tag) : failed(404, "tag_not_found");
  }
  if (route === "POST /conversations/:id/tags") {
    const tag = workspace.tagById(conversation.id, String(body.id));
    return tag ? done(tag) : failed(404, "tag_not_found");
  }
  return failed(404, "not_found");

  /** Attributes that the workspace does not have are refused, all of them together. */
  function labelled(conversation: ConversationDocument, attributes: object): Answer {
    const known = workspace.contacts.attributes.conversation;
    if (Object.keys(attributes).some((name) => !known.includes(name))) {
      return failed(400, "parameter_invalid");
    }
    conversation.custom_attributes = { ...conversation.custom_attributes, ...attributes };
    return done(shown(conversation));
  }

  function me(): object {
    const app = { type: "app", id_code: appId, name: "Example", region: "US" };
    return { ...workspace.admins[0], app };
  }

  /** Newest first, at most 60 a page; `pages.next` is an address, unlike that of searches. */
  function deletedPage(): object {
    const page = Number(call.query.get("page") ?? 1);
    const per_page = Math.min(60, Number(call.query.get("per_page") ?? 20));
    const total_pages = Math.ceil(workspace.deleted.length / per_page);
    const rows = workspace.deleted.slice((page - 1) * per_page, page * per_page);
    return {
      type: "conversations.list",
      total_count: workspace.deleted.length,
      pages: { type: "pages", page, per_page, total_pages },
      conversations: rows.map(({ id: deletedId, at }) => ({
        type: "conversation",
        id: deletedId,
        metrics_retained: false,
        deleted_at: at,
      })),
    };
  }

  function search(request: Body): Answer {
    const pagination = (request.pagination ?? {}) as Body;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(pagination)) query.set(name, String(value));
    try {
      const matches = matcher((request.query ?? {}) as Query);
      return paged(matches, query, workspace.allIndexed());
    } catch (error) {
      if (error instanceof SearchRefused) return failed(400, "parameter_invalid", error.message);
      throw error;
    }
  }

  function reply(conversation: ConversationDocument, request: Body): Answer {
    const type = request.message_type;
    const text = request.body;
    const adminId = String(request.admin_id ?? "");
    if (request.type !== "admin" || (type !== "comment" && type !== "note")) {
      return failed(400, "parameter_invalid");
    }
    if (typeof text !== "string" || text === "") return failed(400, "parameter_missing");
    if (!isAdmin(adminId)) return failed(404, "admin_not_found");
    const html = text.includes("<") ? text : toHtml(text);
    return written(conversation, workspace.reply(conversation.id, type, html, adminId).partId);
  }

  function manage(conversation: ConversationDocument, request: Body): Answer {
    const adminId = String(request.admin_id ?? "");
    if (!isAdmin(adminId)) return failed(404, "admin_not_found");
    const by = typeof request.body === "string" ? { adminId, body: request.body } : { adminId };
    switch (request.message_type) {
      case "assignment": {
        const assignee = String(request.assignee_id ?? "");
        const type = String(request.type);
        if (type === "admin" && assignee !== "0" && !isAdmin(assignee)) {
          return failed(404, "assignee_not_found");
        }
        const to = { type, id: assignee };
        return written(conversation, workspace.assign(conversation.id, to, by).partId);
      }
      case "close":
        return written(conversation, workspace.close(conversation.id, by).partId);
      case "open":
        return written(conversation, workspace.open(conversation.id, by).partId);
      case "snoozed": {
        const until = Number(request.snoozed_until);
        return written(conversation, workspace.snooze(conversation.id, until, by).partId);
      }
      default:
        return failed(400, "parameter_invalid");
    }
  }

  function isAdmin(adminId: string): boolean {
    return workspace.admins.some(({ id: known }) => known === adminId);
  }
}

export function failed(status: number, code: string, message = code): Answer {
  return { status, body: { type: "error.list", request_id: null, errors: [{ code, message }] } };
}

function done(body: object): Answer {
  return { status: 200, body };
}

function paged(
  matches: (conversation: ConversationDocument) => boolean,
  query: URLSearchParams,
  all: ConversationDocument[],
): Answer {
  const perPage = Number(query.get("per_page") ?? 20);
  const after = query.get("starting_after");
  if (!(perPage >= 1 && perPage <= maximumPerPage)) return failed(400, "parameter_invalid");
  // Seen in the wild: an empty cursor is not "from the start".
  if (after === "") return failed(500, "server_error");
  try {
    const page = pageOf(all.filter(matches), perPage, after);
    const next = page.next && { per_page: perPage, starting_after: page.next };
    return done({
      type: "conversation.list",
      total_count: page.total,
      pages: { type: "pages", per_page: perPage, ...(next && { next }) },
      conversations: page.rows.map(({ conversation_parts: _parts, ...row }) => row),
    });
  } catch (error) {
    if (error instanceof SearchRefused) return failed(400, "client_error", error.message);
    throw error;
  }
}

function shown(conversation: ConversationDocument): object {
  return withParts(conversation, (parts) => parts.slice(-maximumParts));
}

/** The answer to a write carries the conversation with the new part alone. */
function written(conversation: ConversationDocument, partId: string): Answer {
  return done(withParts(conversation, (parts) => parts.filter(({ id }) => id === partId), 1));
}

function withParts(
  conversation: ConversationDocument,
  pick: (parts: PartDocument[]) => PartDocument[],
  total = conversation.conversation_parts.total_count,
): object {
  const parts = pick(conversation.conversation_parts.conversation_parts);
  return {
    ...conversation,
    conversation_parts: {
      ...conversation.conversation_parts,
      conversation_parts: parts,
      total_count: total,
    },
  };
}
