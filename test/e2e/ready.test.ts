import { afterEach, describe, expect, it } from "vitest";
import { sign } from "../../src/lib/intercom-signature.ts";
import { eventually } from "../adapters/slack/slack-world.ts";
import { signedRequest, startSlackStandIn } from "../stand-ins/slack.ts";
import { secrets, startWorld, type World } from "./world.ts";

type Ready = {
  dependencies: Record<string, { state: string; detail?: string }>;
  signatures: Record<
    string,
    {
      lastAcceptedAt: string | null;
      refusedSince: number;
      advice?: string;
      lastAcceptedOfEach?: (string | null)[];
    }
  >;
};

let world: World | null = null;
afterEach(() => world?.stop());

async function ready(of: World) {
  const response = await of.ready();
  const { dependencies, signatures } = (await response.json()) as Ready;
  return { status: response.status, dependencies, signatures };
}

describe("GET /ready", () => {
  it("counts as tried what was looked at on starting", async () => {
    const started = await startWorld();
    world = started;
    await eventually(async () => {
      const { status, dependencies } = await ready(started);
      expect(status).toBe(200);
      expect(dependencies).toMatchObject({
        intercom: { state: "ok" },
        model: { state: "ok" },
        memory: { state: "ok" },
      });
    });
  });

  it("says more than a word only to whoever has the token", async () => {
    const started = await startWorld();
    world = started;
    const address = `${started.service().baseUrl}/ready`;
    for (const authorization of ["", "Bearer wrong", `bearer ${secrets.ADMIN_TOKEN}`]) {
      const response = await fetch(address, { headers: { authorization } });
      expect(response.status).toBe(200);
      expect(Object.keys((await response.json()) as object)).toEqual(["status", "details"]);
    }
    expect(await (await started.ready()).json()).toMatchObject({
      status: "ready",
      queued: expect.any(Number),
      failed: [],
    });
  });

  it("says it to this machine where no token is set, and to nobody through a proxy", async () => {
    const started = await startWorld({ ADMIN_TOKEN: "" });
    world = started;
    const address = `${started.service().baseUrl}/ready`;
    expect(await (await fetch(address)).json()).toHaveProperty("dependencies");
    const headers = { "x-forwarded-for": "127.0.0.1" };
    expect(await (await fetch(address, { headers })).json()).not.toHaveProperty("dependencies");
  });

  it("names what failed with its reason, and for how long what is under way has waited", {
    timeout: 60_000,
  }, async () => {
    const started = await startWorld();
    world = started;
    started.intercom.setFault(({ method, path }) =>
      method === "GET" && /conversations\/\d+$/.test(path)
        ? { kind: "status", status: 401, when: "before" }
        : null,
    );
    const { conversationId } = await started.ask("How do I reset my password?");
    await eventually(async () =>
      expect(await (await started.ready()).json()).toMatchObject({
        failed: [{ conversationId, at: expect.any(String), why: expect.stringMatching(/401/) }],
        oldestWaitingSeconds: null,
        dependencies: { intercom: { state: "failing", ageSeconds: expect.any(Number) } },
      }),
    );
    started.intercom.setFault(({ method, path }) =>
      method === "GET" && /conversations\/\d+$/.test(path) ? { kind: "slow", ms: 3_000 } : null,
    );
    await started.ask("And where are my invoices?");
    await eventually(async () =>
      expect(await (await started.ready()).json()).toMatchObject({
        oldestWaitingSeconds: expect.any(Number),
      }),
    );
  });

  it("answers 503 with the seats by name where INTERCOM_ADMIN_ID is nobody's, whatever reading shows", async () => {
    const started = await startWorld({ INTERCOM_ADMIN_ID: "404" });
    world = started;
    await eventually(async () => {
      const { status, dependencies } = await ready(started);
      expect(status).toBe(503);
      expect(dependencies.intercom?.state).toBe("failing");
      expect(dependencies.intercom?.detail).toMatch(
        /INTERCOM_ADMIN_ID=404 is nobody.*the seats are: \w+.* \(\d+\)/,
      );
    });
    await eventually(() => expect(started.service().logged("sweep").length).toBeGreaterThan(0));
    expect((await ready(started)).status).toBe(503);
  });

  it("says of two secrets when each signed last, so that the old one can go", async () => {
    const { INTERCOM_WEBHOOK_SECRET: old } = secrets;
    const started = await startWorld({ INTERCOM_WEBHOOK_SECRET: `${old},coming-secret` });
    world = started;
    const body = JSON.stringify({ topic: "ping" });
    const signed = (secret: string) => ({ "X-Hub-Signature": sign(secret, Buffer.from(body)) });
    expect(await started.post(body, signed(old))).toBe(200);
    const before = (await ready(started)).signatures.webhooks;
    expect(before?.lastAcceptedOfEach).toEqual([expect.stringMatching(/^20/), null]);
    expect(await started.post(body, signed("coming-secret"))).toBe(200);
    const after = (await ready(started)).signatures.webhooks;
    expect(after?.lastAcceptedOfEach?.[1]).toMatch(/^20/);
    expect(started.service().output()).not.toContain("coming-secret");
  });

  it("says when a webhook was accepted last and how many were refused since", async () => {
    const started = await startWorld();
    world = started;
    const body = JSON.stringify({ topic: "ping" });
    const wrong = { "X-Hub-Signature": sign("another secret", Buffer.from(body)) };
    expect(await started.post(body, {})).toBe(401);
    expect((await ready(started)).signatures.webhooks).toMatchObject({ refusedSince: 0 });
    expect(await started.post(body, wrong)).toBe(401);
    expect(await started.post(body, wrong)).toBe(401);
    expect((await ready(started)).signatures.webhooks).toMatchObject({
      lastAcceptedAt: null,
      refusedSince: 2,
      advice: expect.stringMatching(/INTERCOM_WEBHOOK_SECRET.*Client secret/),
    });
    expect(started.service().output()).toContain("INTERCOM_WEBHOOK_SECRET is not this app's");
    await started.ask("How do I reset my password?");
    const { webhooks } = (await ready(started)).signatures;
    expect(webhooks?.refusedSince).toBe(0);
    expect(webhooks?.lastAcceptedAt).toMatch(/^20/);
    expect(webhooks?.advice).toBeUndefined();
  });

  it("says the same of Slack's clicks", async () => {
    const slack = await startSlackStandIn();
    const started = await startWorld({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_CHANNEL_ID: slack.channelId,
      SLACK_API_URL: slack.apiUrl,
    });
    world = started;
    const click = async (secret: string) => {
      const { headers, body } = signedRequest(secret, { type: "block_actions", actions: [] });
      const url = `${started.service().baseUrl}/slack/events`;
      return (await fetch(url, { method: "POST", headers, body })).status;
    };
    expect(await click("another secret")).toBe(401);
    await eventually(async () =>
      expect((await ready(started)).signatures.clicks).toMatchObject({
        refusedSince: 1,
        advice: expect.stringContaining("SLACK_SIGNING_SECRET"),
      }),
    );
    expect(await click(slack.signingSecret)).not.toBe(401);
    await eventually(async () =>
      expect((await ready(started)).signatures.clicks).toMatchObject({ refusedSince: 0 }),
    );
    await slack.stop();
  });
});
