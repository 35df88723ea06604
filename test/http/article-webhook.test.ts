import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { createIntercomWebhook } from "../../src/http/intercom-webhook.ts";
import { sign } from "../../src/lib/intercom-signature.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

it("has the articles read again on every article topic of our workspace, and on no other", async () => {
  let refreshes = 0;
  const webhook = createIntercomWebhook({
    secrets: ["secret"],
    queue: { add: () => {} },
    isOtherWorkspace: (appId) => appId !== "ours",
    onArticlesChanged: () => {
      refreshes += 1;
    },
    log: createRecordingLog(),
  });
  const server = createServer(webhook);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const post = async (topic: string, app_id = "ours") => {
    const body = Buffer.from(JSON.stringify({ topic, app_id, data: { item: { id: "39" } } }));
    const headers = { "X-Hub-Signature": sign("secret", body) };
    const { status } = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      headers,
      body,
    });
    return status;
  };

  for (const change of ["created", "updated", "published", "unpublished", "deleted"]) {
    expect(await post(`article.${change}`)).toBe(200);
  }
  expect(refreshes).toBe(5);
  expect(await post("article.published", "somebody-else")).toBe(200);
  expect(await post("conversation.read")).toBe(200);
  expect(refreshes).toBe(5);
  server.close();
});
