import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config.ts";
import type { Hint } from "../../src/core/types.ts";
import { checkPublicAddress } from "../../src/doctor/public-address.ts";
import { createIntercomWebhook } from "../../src/http/intercom-webhook.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const running: { stop(): void }[] = [];
const program = "openssl";
const hints: Hint[] = [];
let signed = 0;
afterEach(() => {
  for (const server of running.splice(0)) server.stop();
  hints.length = 0;
  signed = 0;
});

async function listen(handler: RequestListener, tls: { key: string; cert: string } | null = null) {
  const server = tls === null ? createServer(handler) : createTlsServer(tls, handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  running.push({
    stop() {
      server.close();
      server.closeAllConnections();
    },
  });
  return (server.address() as AddressInfo).port;
}

/** The real edge, without what lies behind it. */
const edge = (secret = "secret") =>
  createIntercomWebhook({
    secrets: [secret],
    queue: { add: (hint) => void hints.push(hint) },
    isOtherWorkspace: () => false,
    onSigned: () => {
      signed += 1;
    },
    log: createRecordingLog(),
  });

async function checked(publicUrl: string, port = 0) {
  const config = loadConfig({
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    INTERCOM_ACCESS_TOKEN: "token",
    INTERCOM_WEBHOOK_SECRET: "secret",
    INTERCOM_ADMIN_ID: "1",
    OPENAI_API_KEY: "key",
  });
  const checks = await checkPublicAddress(config);
  expect(JSON.stringify(checks)).not.toContain('"secret"');
  const of = (name: string) => checks.find((check) => check.name === `public.${name}`);
  return { sample: of("sample"), certificate: of("certificate"), address: of("address") };
}

describe("the sample that the doctor posts to PUBLIC_URL", () => {
  it("comes back recognised, and nothing is done about it", async () => {
    const port = await listen(edge());
    const { sample, address } = await checked(`http://127.0.0.1:${port}/`);
    expect(sample).toMatchObject({
      status: "ok",
      detail: expect.stringMatching(/recognised.* ms/),
    });
    expect(address).toMatchObject({ status: "warning", setting: "PUBLIC_URL" });
    expect(hints).toEqual([]);
    // It tells nothing of whether Intercom knows the secret.
    expect(signed).toBe(0);
  });

  it("tells a service with another secret from a proxy that changes the body", async () => {
    const stranger = await listen(edge("another secret"));
    expect((await checked(`http://127.0.0.1:${stranger}`)).sample).toMatchObject({
      status: "failed",
      setting: "INTERCOM_WEBHOOK_SECRET",
    });

    const service = await listen(edge());
    const proxy = await listen(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const rewritten = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()));
      const answer = await fetch(`http://127.0.0.1:${service}${request.url}`, {
        method: "POST",
        headers: { "x-hub-signature": String(request.headers["x-hub-signature"]) },
        body: rewritten,
      });
      response.writeHead(answer.status).end(await answer.text());
    });
    expect((await checked(`http://127.0.0.1:${proxy}`, service)).sample).toMatchObject({
      status: "failed",
      setting: "PUBLIC_URL",
      hint: expect.stringContaining("changes the body"),
    });
  });

  it.each<[string, RequestListener, RegExp]>([
    [
      "leads elsewhere",
      (_request, response) =>
        response.writeHead(301, { location: "https://www.example.com/webhooks/intercom" }).end(),
      /leads on to https:\/\/www\.example\.com \(301\)/,
    ],
    ["does not know it", (_request, response) => response.writeHead(404).end(), /not known.*404/],
    ["finds no service", (_request, response) => response.writeHead(502).end(), /answers with 502/],
    ["is another's", (_request, response) => response.end("Welcome"), /not as this service/],
    ["is guarded", (_request, response) => response.writeHead(403).end(), /answers with 403/],
    ["cuts it off", (request) => request.socket.destroy(), /the connection was cut/],
  ])("says so where the address %s", async (_case, handler, words) => {
    const { sample } = await checked(`http://127.0.0.1:${await listen(handler)}`);
    expect(sample).toMatchObject({ status: "failed", setting: "PUBLIC_URL" });
    expect(sample?.detail).toMatch(words);
    expect(sample?.hint).toMatch(/\w{3,}.*\.$/);
  });

  it("says so where the name is not known", async () => {
    const { sample } = await checked("https://nowhere.invalid");
    expect(sample?.detail).toMatch(/cannot be reached: .*DNS/);
  });

  it("is not posted where no address is set", async () => {
    const { sample, address } = await checked("");
    expect([sample, address]).toEqual([undefined, undefined]);
  });
});

describe("the certificate of PUBLIC_URL", () => {
  const folder = mkdtempSync(join(tmpdir(), "doctor-tls-"));
  const usual = getCACertificates("default");
  afterEach(() => setDefaultCACertificates(usual));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const hasOpenssl = (() => {
    try {
      execFileSync(program, ["version"]);
      return true;
    } catch {
      return false;
    }
  })();

  function certificate(days: number) {
    const [key, cert] = [join(folder, `${days}.key`), join(folder, `${days}.pem`)];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const form = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert];
    execFileSync(program, [...form, "-days", String(days), ...subject], { stdio: "ignore" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  }

  it.skipIf(!hasOpenssl)("that nobody trusts is named", async () => {
    const port = await listen(edge(), certificate(90));
    const { sample } = await checked(`https://localhost:${port}`);
    expect(sample).toMatchObject({ status: "failed", setting: "PUBLIC_URL" });
    expect(sample?.detail).toMatch(/its certificate/);
  });

  it.skipIf(!hasOpenssl)("that ends soon is named while it still works", async () => {
    const soon = certificate(5);
    const later = certificate(90);
    setDefaultCACertificates([...usual, soon.cert, later.cert]);
    const ending = await checked(`https://localhost:${await listen(edge(), soon)}`);
    expect(ending.sample?.status).toBe("ok");
    expect(ending.certificate).toMatchObject({
      status: "warning",
      detail: expect.stringMatching(/ends in [45] days/),
    });
    const fresh = await checked(`https://localhost:${await listen(edge(), later)}`);
    expect(fresh.certificate).toMatchObject({ status: "ok" });
    expect(fresh.address).toBeUndefined();
  });
});
