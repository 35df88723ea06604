import { byId } from "../../pages/files/elements.js";

/** Prefixes under which attributes stand that are not the customer's own. */
const scopes = { company: "companyAttributes", conversation: "conversationAttributes" };
const roles = { lead: "lead", visitor: "visitor" };
/** Rules ask for it by this tag. */
const vip = "VIP";

/**
 * The form that says who writes in a session, from where and when, and the button that opens it.
 *
 * @param {object} options
 * @param {(session: object, situation: object | null) => Promise<void>} options.onSet
 */
export function createSituation({ onSet }) {
  const dialog = byId("situation");
  const form = byId("situation-form");
  const opener = byId("open-situation");
  let shown = null;

  opener.onclick = () => {
    fill(form, shown.view.situation ?? {});
    dialog.showModal();
  };
  byId("close-situation").onclick = () => dialog.close();
  byId("clear-situation").onclick = () => set(null);
  form.onsubmit = (event) => {
    event.preventDefault();
    set(read(form));
  };

  return {
    show(session) {
      shown = session;
      const words = summary(session.view.situation);
      byId("situation-summary").textContent = words;
      opener.title = words;
    },
  };

  function set(situation) {
    dialog.close();
    void onSet(shown, situation);
  }
}

/** @returns {string} "nobody in particular", or "VIP, lead, Pro" */
function summary(situation) {
  if (situation === null) return "nobody in particular";
  const { role, plan, company, language, country, segments, tags, at, channel } = situation;
  const said = [
    ...(tags ?? []),
    roles[role],
    plan,
    company,
    ...(segments ?? []),
    country,
    language,
    channel === "email" ? "by e-mail" : null,
    at === undefined ? null : new Date(at).toLocaleString(undefined, timeForm),
  ].filter(Boolean);
  return said.length === 0 ? "a customer" : said.join(", ");
}

const timeForm = { weekday: "short", hour: "2-digit", minute: "2-digit" };

function fill(form, situation) {
  const { elements } = form;
  const { tags = [], segments = [], contactTags = [], at } = situation;
  elements.role.value = situation.role ?? "user";
  elements.vip.checked = tags.includes(vip);
  for (const name of ["plan", "company", "language", "country", "pageUrl"]) {
    elements[name].value = situation[name] ?? "";
  }
  elements.tags.value = tags.filter((tag) => tag !== vip).join(", ");
  elements.segments.value = segments.join(", ");
  elements.contactTags.value = contactTags.join(", ");
  elements.channel.value = situation.channel ?? "conversation";
  elements.at.value = at === undefined ? "" : localTime(at);
  elements.attributes.value = attributeLines(situation).join("\n");
}

function read(form) {
  const { elements } = form;
  const text = (name) => elements[name].value.trim();
  const list = (name) =>
    text(name)
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "");
  const tags = [...(elements.vip.checked ? [vip] : []), ...list("tags")];
  const at = text("at") === "" ? undefined : new Date(text("at")).getTime();
  const situation = {
    role: text("role"),
    plan: text("plan"),
    company: text("company"),
    language: text("language"),
    country: text("country"),
    pageUrl: text("pageUrl"),
    channel: text("channel"),
    segments: list("segments"),
    contactTags: list("contactTags"),
    tags,
    at,
    ...attributesIn(text("attributes")),
  };
  // What is left empty is not said, rather than said to be empty.
  return Object.fromEntries(
    Object.entries(situation).filter(([, value]) => value !== undefined && value.length !== 0),
  );
}

/** "Seats: 50", "company.size: 200", "conversation.Topic: Billing", one a line. */
function attributesIn(text) {
  const read = {};
  for (const line of text.split("\n")) {
    const [, name, value] = /^\s*(.+?)\s*:\s+(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, scope, own] = /^(company|conversation)\.(.+)$/.exec(name) ?? [];
    const key = scopes[scope] ?? "attributes";
    read[key] = { ...read[key], [own ?? name]: value };
  }
  return read;
}

function attributeLines({ attributes, companyAttributes, conversationAttributes }) {
  const lines = (prefix, values = {}) =>
    Object.entries(values).map(([name, value]) => `${prefix}${name}: ${value}`);
  return [
    ...lines("", attributes),
    ...lines("company.", companyAttributes),
    ...lines("conversation.", conversationAttributes),
  ];
}

/** As a field for a local time wants it: 2026-03-02T09:30. */
function localTime(at) {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
