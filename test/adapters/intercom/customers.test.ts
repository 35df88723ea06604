import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIntercom } from "../../../src/adapters/intercom/intercom.ts";
import { unknown } from "../../../src/core/unknown.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../../stand-ins/intercom.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

let standIn: IntercomStandIn;

beforeEach(async () => {
  standIn = await startIntercomStandIn();
});
afterEach(() => standIn.stop());

const everything = { tags: true, segments: true, companies: true, conversations: false };
const nothingMore = { tags: false, segments: false, companies: false, conversations: false };

function intercom() {
  return createIntercom({
    baseUrl: standIn.baseUrl,
    appUrl: "https://app.intercom.com",
    accessToken: standIn.accessToken,
    version: "2.16",
    adminId: standIn.adminId,
    log: createRecordingLog(),
  });
}

const read = (id: string, needs = everything) =>
  intercom().customers.read(id, needs, AbortSignal.timeout(5_000));
const paths = () => standIn.requests.map(({ path }) => path).sort();

describe("a customer, by Intercom's API", () => {
  it("has their attributes, lists and companies, empty fields left out", async () => {
    standIn.contacts.known.set("c1", {
      fields: {
        role: "lead",
        email: "",
        browser_language: "en",
        language_override: "no",
        last_seen_at: 1_772_409_600,
        location: { country: "Norway", region: null, city: "Oslo" },
        custom_attributes: { Seats: 12, "Fin: plan": "Pro", list: ["a"], empty: null },
      },
      segments: ["Active"],
      tags: ["VIP"],
      companies: [
        { name: "Blue Sun", plan: { name: "Pro" }, size: 250, custom_attributes: { Tier: "A" } },
        { name: "Serenity", plan: {} },
      ],
    });
    expect(await read("c1")).toEqual({
      attributes: {
        role: "lead",
        language: "no",
        country: "Norway",
        city: "Oslo",
        last_seen: "2026-03-02",
        Seats: 12,
        "Fin: plan": "Pro",
      },
      tags: ["VIP"],
      segments: ["Active"],
      conversations: unknown,
      companies: [
        { name: "Blue Sun", plan: "Pro", attributes: { size: 250, Tier: "A" } },
        { name: "Serenity", plan: null, attributes: {} },
      ],
    });
  });

  it("is read with the calls that are needed and no others", async () => {
    const customer = await read("c1", { ...nothingMore, segments: true });
    expect(paths()).toEqual(["/contacts/c1", "/contacts/c1/segments"]);
    expect(customer).toMatchObject({ tags: unknown, companies: unknown, segments: [] });
  });

  it("has more than the ten tags that stand in the contact", async () => {
    const tags = Array.from({ length: 14 }, (_, index) => `tag ${index}`);
    standIn.contacts.known.set("c1", { tags });
    expect((await read("c1"))?.tags).toEqual(tags);
  });

  it("is not known by their companies when there are more than one page of them", async () => {
    standIn.contacts.known.set("c1", { companies: [{ name: "Blue Sun" }], companyPages: 2 });
    expect((await read("c1"))?.companies).toBe(unknown);
  });

  it("has their last conversations, by one search, with what became of them", async () => {
    const hour = 3_600_000;
    const now = Date.UTC(2026, 2, 2, 12);
    const write = (text: string, at: number) =>
      standIn.customerWrites(null, text, { contactId: "c1", at }).conversationId;
    const rated = write("<b>Where</b> is my invoice?", now - 50 * hour);
    const titled = write("Hello", now - 40 * hour);
    const gone = write("My card number is 4111", now - 30 * hour);
    const long = write("word ".repeat(60), now - 20 * hour);
    const open = write("Still waiting", now - hour);
    standIn.customerWrites(null, "Somebody else", { contactId: "c2", at: now });
    standIn.close(rated, { at: now - 49 * hour });
    Object.assign(standIn.conversation(rated), {
      conversation_rating: { rating: 2, remark: "Hm." },
    });
    Object.assign(standIn.conversation(titled), { title: "Two-factor codes" });
    standIn.snooze(titled, now / 1000 + 9999, { at: now - 39 * hour });
    Object.assign(standIn.conversation(gone).source, { redacted: true });

    const found = await read("c1", { ...nothingMore, conversations: true });
    expect(paths()).toEqual(["/contacts/c1", "/conversations/search"]);
    expect(found?.conversations).toEqual([
      { id: open, at: now - hour, about: "Still waiting", state: "open", rating: null },
      {
        id: long,
        at: now - 20 * hour,
        about: expect.stringMatching(/^word .{70,74}…$/),
        state: "open",
        rating: null,
      },
      { id: gone, at: now - 30 * hour, about: "", state: "open", rating: null },
      {
        id: titled,
        at: now - 40 * hour,
        about: "Two-factor codes",
        state: "snoozed",
        rating: null,
      },
      {
        id: rated,
        at: now - 50 * hour,
        about: "<b>Where</b> is my invoice?",
        state: "closed",
        rating: 2,
      },
    ]);
  });

  it("is known although their conversations cannot be searched", async () => {
    standIn.setFault(({ path }) =>
      path === "/conversations/search" ? { kind: "status", status: 403, when: "before" } : null,
    );
    expect(await read("c1", { ...nothingMore, conversations: true })).toMatchObject({
      conversations: unknown,
    });
  });

  it("who was merged is the one they became", async () => {
    standIn.contacts.known.set("old", { mergedInto: "new" });
    standIn.contacts.known.set("new", {
      fields: { custom_attributes: { Seats: 3 } },
      segments: ["Active"],
    });
    expect(await read("old")).toMatchObject({ attributes: { Seats: 3 }, segments: ["Active"] });
  });

  it("who is gone, or was merged into themselves, is nobody", async () => {
    standIn.contacts.known.set("gone", { isDeleted: true });
    standIn.contacts.known.set("loop", { mergedInto: "loop" });
    expect(await read("gone")).toBeNull();
    expect(await read("loop")).toBeNull();
  });

  it("is known although one of the lists cannot be read", async () => {
    standIn.contacts.known.set("c1", { fields: { custom_attributes: { Seats: 3 } } });
    standIn.setFault(({ path }) =>
      path.endsWith("/segments") ? { kind: "status", status: 403, when: "before" } : null,
    );
    const customer = await read("c1");
    expect(customer).toMatchObject({ attributes: { Seats: 3 }, segments: unknown, tags: [] });
  });

  it("is never asked for under something that is no id", async () => {
    expect(await read("../conversations/42")).toBeNull();
    expect(paths()).toEqual([]);
  });

  it("fails when they cannot be read in time", async () => {
    standIn.setFault(() => ({ kind: "hang", ms: 500, when: "before" }));
    const late = intercom().customers.read("c1", nothingMore, AbortSignal.timeout(50));
    await expect(late).rejects.toThrow();
  });
});

it("the workspace's names are those of its own attributes, with what everybody has", async () => {
  standIn.contacts.attributes.contact = ["Seats"];
  standIn.contacts.attributes.company = ["Tier"];
  standIn.contacts.segments = ["Active"];
  const names = await intercom().customerNames();
  expect(names.contact).toEqual(expect.arrayContaining(["Seats", "country", "last_seen"]));
  expect(names.company).toEqual(expect.arrayContaining(["Tier", "monthly_spend"]));
  expect(names.segments).toEqual(["Active"]);
});
