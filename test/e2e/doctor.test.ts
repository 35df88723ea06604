import { afterEach, expect, it } from "vitest";
import { examine } from "../../src/doctor/examine.ts";
import { eventually } from "../adapters/slack/slack-world.ts";
import { startWorld, type World } from "./world.ts";

let world: World | null = null;
afterEach(() => world?.stop());

it("the doctor beside the running service: what it says of itself, and a sample that it recognises", async () => {
  const started = await startWorld();
  world = started;
  const { baseUrl } = started.service();
  const settings = {
    ...started.settings,
    HOST: "127.0.0.1",
    PORT: new URL(baseUrl).port,
    PUBLIC_URL: baseUrl,
  };
  const look = async () => {
    const checks = await examine(settings);
    return (name: string) => checks.find((check) => check.name === name);
  };

  await eventually(() => expect(started.service().logged("sweep").length).toBeGreaterThan(0));
  const before = await look();
  expect(before("service.runs")?.status).toBe("ok");
  expect(before("machine.port")?.status).toBe("ok");
  expect(before("public.sample")?.status).toBe("ok");
  expect(before("model.draft")?.detail).toMatch(/drafts in the form that is needed/);
  // The sample is no webhook of Intercom's.
  expect((await look())("service.webhooks")?.status).toBe("unproved");

  const { conversationId } = await started.ask("How do I reset my password?");
  await eventually(() => expect(started.replies(conversationId)).toHaveLength(1));
  expect((await look())("service.webhooks")).toMatchObject({
    status: "ok",
    detail: "the last one came just now",
  });

  started.intercom.setFault(({ method }) =>
    method === "POST" ? { kind: "status", status: 403, when: "before" } : null,
  );
  await started.ask("And how do I change my e-mail address?");
  await eventually(async () => {
    const failing = (await look())("service.writing-in-intercom");
    expect(failing).toMatchObject({ status: "failed", hint: expect.stringMatching(/\.$/) });
  });
});
