import { describe, expect, it } from "vitest";
import { createIntercom } from "../../../src/adapters/intercom/intercom.ts";
import { startIntercomStandIn } from "../../stand-ins/intercom.ts";
import { createRequestChecker } from "../../stand-ins/openapi.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const checker = createRequestChecker();
const title = checker
  ? "requests, by Intercom's API description"
  : "requests, by Intercom's API description (skipped: the description is not at hand)";

describe.skipIf(checker === null)(title, () => {
  const violations = checker?.violations ?? (() => []);

  it("makes no request that the description does not allow", async () => {
    const standIn = await startIntercomStandIn();
    const {
      inbox,
      teammates,
      customers,
      schedules,
      customerNames,
      takers,
      labels,
      labelNames,
      articleDrafts,
      ...workspace
    } = createIntercom({
      baseUrl: standIn.baseUrl,
      appUrl: "https://app.intercom.com",
      accessToken: standIn.accessToken,
      version: "2.16",
      adminId: standIn.adminId,
      log: createRecordingLog(),
    });
    for (let count = 0; count < 151; count += 1) standIn.customerWrites(null, "Hello");
    const { conversationId } = standIn.customerWrites(null, "Hello");

    standIn.officeHours.push({ id: "123", fields: { time_zone_name: "UTC", time_intervals: [] } });
    await workspace.readWorkspace();
    await workspace.readAdminName();
    await inbox.read(conversationId);
    await inbox.waiting({ waitingBefore: Date.now() + 1000, updatedAfter: 0 });
    await inbox.countWaiting(Date.now());
    await inbox.updated(0);
    await inbox.reply(conversationId, "Hello **you**");
    await inbox.note(conversationId, "A note");
    const teammateId = await teammates.findTeammateByEmail("TESSA@example.com");
    await teammates.assign(conversationId, teammateId ?? "");
    await inbox.unassign(conversationId);
    await inbox.handOver(conversationId, { type: "team", id: "12" }, "A colleague takes over.");
    const needs = { tags: true, segments: true, companies: true, conversations: true };
    await customers.read("6762f0d01bb69f9f2193bb7d", needs, AbortSignal.timeout(5_000));
    await customerNames();
    await takers();
    await schedules.read(AbortSignal.timeout(5_000));
    standIn.contacts.attributes.conversation.push("Topic");
    for (const name of ["is calm", "is angry"]) standIn.makeTag(name);
    await labelNames();
    for (const feeling of ["calm", "angry"]) {
      const attributes = { Topic: "billing" };
      const tags = [{ beginning: "is ", name: `is ${feeling}` }];
      await labels.write(conversationId, { attributes, tags });
    }
    const begun = await articleDrafts.create({ title: "Norway", markdown: "We **ship** there." });
    expect(begun).toEqual({ result: "done", articleId: "9001" });
    await standIn.stop();

    // Both lists are longer than one page.
    expect(standIn.requests).toHaveLength(
      3 + 2 + 1 + 2 + 2 + 2 + 2 + 5 + 3 + 2 + 2 + 2 + 4 + 4 + 1,
    );
    const found = standIn.requests.flatMap((request) => violations(request));
    expect(found).toEqual([]);
  });

  it("finds a wrong path, method, field and type", () => {
    const reply = { message_type: "comment", type: "admin", admin_id: "1", body: "<p>Hi</p>" };
    const path = "/conversations/1/reply";

    expect(violations({ method: "POST", path, body: reply })).toEqual([]);
    expect(violations({ method: "POST", path: "/conversation/1/reply", body: reply })).toHaveLength(
      1,
    );
    expect(violations({ method: "PUT", path, body: reply })).toHaveLength(1);
    const { admin_id: _left, ...incomplete } = reply;
    expect(violations({ method: "POST", path, body: incomplete })).not.toEqual([]);
    expect(violations({ method: "POST", path, body: { ...reply, admin_id: 1 } })).not.toEqual([]);
    expect(violations({ method: "POST", path, body: { ...reply, adminid: "1" } })).not.toEqual([]);
    const search = { query: { field: "open", operator: "is", value: true } };
    expect(violations({ method: "POST", path: "/conversations/search", body: search })).not.toEqual(
      [],
    );
    expect(violations({ method: "GET", path: "/me", query: "page=1", body: null })).toHaveLength(1);
  });
});
