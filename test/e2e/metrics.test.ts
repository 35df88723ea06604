import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { parse, stringify } from "yaml";
import { eventually } from "../adapters/slack/slack-world.ts";
import { secrets, startWorld, type World } from "./world.ts";

const operations = new URL("../../docs/operations/", import.meta.url);
const hasPrometheus = spawnSync("prometheus", ["--version"]).error === undefined;
if (!hasPrometheus) process.stderr.write("No alert is seen to fire: install prometheus.\n");

let world: World;
let prometheus: ChildProcess | null = null;

afterEach(async () => {
  if (prometheus !== null && prometheus.exitCode === null) {
    prometheus.kill("SIGKILL");
    await once(prometheus, "exit");
  }
  prometheus = null;
  await world.stop();
});

const asAdmin = { headers: { authorization: `Bearer ${secrets.ADMIN_TOKEN}` } };
const metricsAt = async (address: string) => (await fetch(`${address}/metrics`)).text();

it("counts from the first request on, for whoever has the admin token", async () => {
  world = await startWorld();
  const address = `${world.service().baseUrl}/metrics`;
  expect((await fetch(address)).status).toBe(401);

  const first = await fetch(address, asAdmin);
  expect(first.status).toBe(200);
  expect(first.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await first.text()).toContain('responder_webhooks_total{result="taken"} 0');

  const { conversationId } = await world.ask("How do I reset my password?");
  await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
  await eventually(async () => {
    const text = await (await fetch(address, asAdmin)).text();
    expect(text).toContain('responder_webhooks_total{result="taken"} 1');
    expect(text).toMatch(/responder_turns_total\{outcome="replied",reason="confident",.*\} 1/);
    expect(text).toMatch(/responder_answer_seconds_count\{outcome="replied"\} 1/);
    expect(text).toMatch(/responder_dependency_up\{dependency="writing-in-intercom"\} 1/);
  });
});

it("counts from the start on a port of its own, without a token and without an id", async () => {
  world = await startWorld({ METRICS_PORT: "0" });
  const { conversationId, partId } = await world.ask("How do I reset my password?");
  await eventually(() => expect(world.replies(conversationId)).toHaveLength(1));
  const address = `http://127.0.0.1:${world.service().logged("metrics listening")[0]?.port}`;
  await eventually(async () => {
    expect(await metricsAt(address)).toMatch(/responder_turns_total\{outcome="replied",.*\} 1/);
  });
  const text = await metricsAt(address);
  const labels = [...text.matchAll(/="([^"]*)"/g)].map(([, value]) => value);
  expect(labels).not.toContain(conversationId);
  expect(labels).not.toContain(partId);
  expect(text).not.toMatch(/Ada|password|canary/);
  expect((await fetch(`${address}/memory`)).status).toBe(404);
  expect((await fetch(`${world.service().baseUrl}/metrics`, asAdmin)).status).toBe(404);
  expect(await world.service().terminate()).toBe(0);
});

it.skipIf(!hasPrometheus)("raises an alert in a real Prometheus", { timeout: 60_000 }, async () => {
  world = await startWorld({ METRICS_PORT: "0" });
  const target = `127.0.0.1:${world.service().logged("metrics listening")[0]?.port}`;
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  const { address } = await startPrometheus(folder, target);
  await vi.waitFor(
    async () => {
      const up = await query(address, 'responder_webhooks_total{result="refused-signature"}');
      expect(up.data.result).toHaveLength(1);
    },
    { timeout: 30_000, interval: 100 },
  );

  for (let time = 0; time < 50; time++) {
    await world.post("{}", { "X-Hub-Signature": `sha1=${"0".repeat(40)}` });
  }
  await vi.waitFor(
    async () => {
      const response = await fetch(`${address}/api/v1/alerts`);
      const { data } = (await response.json()) as { data: { alerts: unknown[] } };
      expect(data.alerts).toContainEqual(
        expect.objectContaining({
          state: "firing",
          labels: expect.objectContaining({ alertname: "ResponderSignaturesRefused" }),
        }),
      );
    },
    { timeout: 30_000, interval: 200 },
  );
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function query(address: string, words: string) {
  const response = await fetch(`${address}/api/v1/query?query=${encodeURIComponent(words)}`);
  return (await response.json()) as { data: { result: unknown[] } };
}

/** The shipped configuration and alerts; only the target and the pace are others. */
async function startPrometheus(folder: string, target: string): Promise<{ address: string }> {
  const shipped = parse(await readFile(new URL("prometheus.yml", operations), "utf8"));
  const [job] = shipped.scrape_configs;
  const configuration = {
    ...shipped,
    global: { scrape_interval: "500ms", evaluation_interval: "500ms" },
    scrape_configs: [{ ...job, static_configs: [{ targets: [target] }] }],
  };
  await writeFile(join(folder, "prometheus.yml"), stringify(configuration));
  await copyFile(new URL("alerts.yml", operations), join(folder, "alerts.yml"));
  const address = `127.0.0.1:${await freePort()}`;
  prometheus = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: "ignore" },
  );
  await vi.waitFor(
    async () => expect((await fetch(`http://${address}/-/ready`)).status).toBe(200),
    { timeout: 20_000, interval: 100 },
  );
  return { address: `http://${address}` };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
