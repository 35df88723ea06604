import { afterEach, beforeEach, expect, it } from "vitest";
import { createIntercom } from "../../../src/adapters/intercom/intercom.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../../stand-ins/intercom.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

let standIn: IntercomStandIn;

beforeEach(async () => {
  standIn = await startIntercomStandIn();
});
afterEach(() => standIn.stop());

const contacts = () =>
  createIntercom({
    baseUrl: standIn.baseUrl,
    appUrl: "https://app.intercom.com",
    accessToken: standIn.accessToken,
    version: "2.16",
    adminId: standIn.adminId,
    log: createRecordingLog(),
  }).contacts;

it("finds the conversations of one contact, and of nobody else", async () => {
  const one = standIn.customerWrites(null, "Hello", { contactId: "ada" });
  const two = standIn.customerWrites(null, "Again", { contactId: "ada" });
  standIn.customerWrites(null, "Hello", { contactId: "grace" });
  expect((await contacts().conversationsOf("ada")).sort()).toEqual(
    [one.conversationId, two.conversationId].sort(),
  );
  expect(await contacts().conversationsOf("nobody")).toEqual([]);
});

it("knows into whom a contact was merged", async () => {
  standIn.contacts.known.set("lead", { mergedInto: "user" });
  standIn.contacts.known.set("gone", { isDeleted: true });
  expect(await contacts().mergedInto("lead")).toBe("user");
  expect(await contacts().mergedInto("user")).toBeNull();
  expect(await contacts().mergedInto("gone")).toBeNull();
  expect(await contacts().mergedInto("../admins")).toBeNull();
});

it("finds everybody who has an address", async () => {
  const email = "ada@example.com";
  standIn.contacts.known.set("lead", { fields: { email } });
  standIn.contacts.known.set("user", { fields: { email } });
  standIn.contacts.known.set("other", { fields: { email: "grace@example.com" } });
  expect((await contacts().findByEmail(email)).sort()).toEqual(["lead", "user"]);
  expect(await contacts().findByEmail("nobody@example.com")).toEqual([]);
});
