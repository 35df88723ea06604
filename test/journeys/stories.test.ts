import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { secrets, startWorld, type World } from "../e2e/world.ts";
import type { PartDocument } from "../stand-ins/intercom/documents.ts";
import { articleDocument } from "../stand-ins/intercom/help-center.ts";
import { answerObject } from "../stand-ins/openai.ts";
import { type Asked, type Done, type Said, type Story, stories } from "./stories.ts";

// Each story through the real service, from a signed webhook to what then stands in Intercom. The
// policy file is edited in between, as a lead would do it.

const directory = mkdtempSync(join(tmpdir(), "stories-"));
const path = join(directory, "policy.yaml");
let world: World;

beforeAll(async () => {
  writeFileSync(path, "mode: note");
  world = await startWorld({ POLICY_FILE: path, REPLY_MODE: "note" });
  world.intercom.officeHours.push(...workspaceHours);
  world.intercom.contacts.attributes.conversation.push("AI topic", "AI mood");
  for (const tag of ["AI replied", "AI noted", "AI handed over"]) world.intercom.makeTag(tag);
  const articles = stories.flatMap(({ article }) => article ?? []);
  world.intercom.helpCenter.articles.push(
    ...articles.map(({ title, text }, index) =>
      articleDocument(`${800 + index}`, title, `<p>${text}</p>`),
    ),
  );
  await learnArticles();
});
afterAll(async () => {
  await world.stop();
  rmSync(directory, { recursive: true });
});

async function learnArticles(): Promise<void> {
  const sync = `${world.service().baseUrl}/sync`;
  const headers = {
    authorization: `Bearer ${secrets.ADMIN_TOKEN}`,
    "content-type": "application/json",
  };
  await fetch(sync, { method: "POST", headers, body: JSON.stringify({ since: "2026-01-01" }) });
  await vi.waitFor(
    async () => {
      expect(await (await fetch(sync, { headers })).json()).toMatchObject({ state: "done" });
    },
    { timeout: 20_000, interval: 50 },
  );
}

const outcomes = ["replied", "noted", "in-review", "no-answer-needed", "handed-over", "offered"];

/** The workspace's schedules, which every story may name. */
const workspaceHours = [
  { name: "Around the clock", time_zone_name: "Europe/Berlin", twenty_four_seven: true },
  { name: "Never", time_zone_name: "Europe/Berlin", time_intervals: [] },
  {
    name: "A minute a day",
    time_zone_name: "Pacific/Kiritimati",
    time_intervals: [0, 1440, 2880, 4320, 5760, 7200, 8640].map((start_minute) => ({
      start_minute,
      end_minute: start_minute + 1,
    })),
  },
  { name: "Of another planet", time_zone_name: "Mars/Olympus", twenty_four_seven: true },
].map((fields, index) => ({ id: String(index + 1), fields }));

describe("stories under a policy", () => {
  it.each(stories)("$name", async (story) => {
    writeFileSync(path, story.policy);
    const contactId = introduce(story);
    let conversationId: string | null = null;
    for (const step of story.steps) {
      if ("ends" in step) conversationId = await play(step, conversationId, contactId);
      else happen(step, conversationId ?? "");
    }
  });
});

/** Tells Intercom who the customer is. @returns the id under which they write */
function introduce({ name, customer }: Story): string {
  const { known } = world.intercom.contacts;
  const id = `contact-${name}`;
  const { merged, deleted, unreadable, asked: _asked, ...state } = customer ?? {};
  for (const { text, rating } of customer?.asked ?? []) {
    const { conversationId } = world.intercom.customerWrites(null, text, { contactId: id });
    world.intercom.close(conversationId);
    Object.assign(world.intercom.conversation(conversationId), { conversation_rating: { rating } });
  }
  const survivor = `${id}-survivor`;
  known.set(merged ? survivor : id, { ...state, isDeleted: deleted === true });
  if (merged) known.set(id, { mergedInto: survivor });
  world.intercom.setFault((request) =>
    unreadable && request.path.startsWith(`/contacts/${id}`)
      ? { kind: "status", status: 503, when: "before" }
      : null,
  );
  return id;
}

function happen(step: Done, conversationId: string): void {
  const { intercom } = world;
  if ("teammate" in step) intercom.teammateWrites(conversationId, step.teammate);
  else if ("closed" in step) intercom.close(conversationId);
  else if ("tagged" in step) intercom.tag(conversationId, step.tagged);
  else if ("given_back" in step) {
    intercom.assign(conversationId, { type: "admin", id: intercom.adminId });
  } else intercom.conversation(conversationId).admin_assignee_id = 9608801;
}

async function play(
  step: Said | Asked,
  existing: string | null,
  contactId: string,
): Promise<string> {
  let seen = "";
  world.openai.answers((request) => {
    seen = request.messages.map(({ content }) => content).join("\n");
    return answerObject({ reply: "Here is how.", confidence: 0.95, ...step.model });
  });
  const { conversationId, deliver } = write(step, existing, contactId);
  const before = partsOf(conversationId).length;
  const endsBefore = endsOf(conversationId).length;
  expect(await deliver()).toBe(200);
  const end = await vi.waitFor(
    () => {
      const found = endsOf(conversationId)[endsBefore];
      if (found === undefined) throw new Error("No end yet");
      return found;
    },
    { timeout: 15_000, interval: 20 },
  );

  const ours = partsOf(conversationId).slice(before);
  const bodies = (kind: "note" | "words") =>
    ours
      .filter(({ part_type }) => (part_type === "note") === (kind === "note"))
      .map(({ body }) => body ?? "")
      .join("\n");
  expect({ ends: end, heard: bodies("words"), noted: bodies("note") }).toMatchObject({
    ends: step.ends,
  });
  if (step.hears.length === 0) expect(bodies("words")).toBe("");
  for (const text of step.hears) expect(bodies("words")).toContain(text);
  if (step.ends === "shadow-mode") expect(ours).toEqual([]);
  for (const text of step.note) expect(bodies("note")).toContain(text);
  for (const text of step.model_sees) expect(seen).toContain(text);
  for (const text of step.model_does_not_see) expect(seen).not.toContain(text);
  await isLabelled(step, conversationId);
  if (step.owner !== undefined) expect(ownerOf(conversationId)).toBe(step.owner);
  if (step.rule !== undefined) expect(rulesOf(conversationId)).toContain(step.rule);
  return conversationId;
}

/** Puts into Intercom what the step begins with. @returns where, and how the service hears of it */
function write(step: Said | Asked, conversationId: string | null, contactId: string) {
  const { intercom } = world;
  if ("tags" in step) {
    const id = conversationId ?? "";
    intercom.tag(id, step.tags);
    const notification = JSON.stringify(intercom.tagWebhookFor(id, step.tags));
    return { conversationId: id, deliver: () => world.post(notification) };
  }
  const written =
    "notes" in step
      ? intercom.teammateNotes(conversationId ?? "", step.notes)
      : intercom.customerWrites(conversationId, step.customer, {
          contactId,
          name: "Ada Lovelace",
        });
  const document = intercom.conversation(written.conversationId);
  if ("team" in step && step.team !== undefined) document.team_assignee_id = step.team;
  return { ...written, deliver: () => world.deliver(written.partId) };
}

/** Nobody waits for what is written back, so a test has to. */
async function isLabelled(
  { attributes, ends_tagged: tags }: Said | Asked,
  conversationId: string,
): Promise<void> {
  await vi.waitFor(
    () => {
      const conversation = world.intercom.conversation(conversationId);
      expect(conversation.custom_attributes ?? {}).toMatchObject(attributes);
      if (tags !== undefined) {
        expect(conversation.tags.tags.map(({ name }) => name)).toEqual(tags);
      }
    },
    { timeout: 15_000, interval: 20 },
  );
}

function partsOf(conversationId: string): PartDocument[] {
  return world.intercom.conversation(conversationId).conversation_parts.conversation_parts;
}

function ownerOf(conversationId: string): string {
  const { team_assignee_id, admin_assignee_id } = world.intercom.conversation(conversationId);
  const owners = [
    team_assignee_id === 0 ? "" : `team ${team_assignee_id}`,
    admin_assignee_id === 0 ? "" : `teammate ${admin_assignee_id}`,
  ].filter(Boolean);
  return owners.join(", ") || "nobody";
}

/** What the conversation's turns ended in so far, in the order of the log. */
function endsOf(conversationId: string): string[] {
  return linesAbout(conversationId).flatMap(({ msg, reason }) => {
    if (msg === "stayed quiet") return [String(reason)];
    return outcomes.includes(String(msg)) ? [String(msg)] : [];
  });
}

function rulesOf(conversationId: string): unknown[] {
  return linesAbout(conversationId).map(({ rule }) => rule);
}

function linesAbout(conversationId: string): Record<string, unknown>[] {
  return world
    .service()
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{") && line.includes(`"${conversationId}"`))
    .map((line) => JSON.parse(line));
}
