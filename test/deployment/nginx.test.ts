import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http, { type IncomingMessage, type Server } from "node:http";
import https from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

const configuration = readFileSync(new URL("../../nginx/nginx.conf", import.meta.url), "utf8");
// Debian puts nginx into /usr/sbin, which is not on everybody's PATH.
const nginx = installed("nginx", "/usr/sbin/nginx");
const openssl = installed("openssl");
const missing = [...(nginx ? [] : ["nginx"]), ...(openssl ? [] : ["openssl"])].join(" and ");
if (missing !== "") process.stderr.write(`nginx.conf is not tested: install ${missing}.\n`);

describe.skipIf(missing !== "")("nginx.conf", () => {
  const folder = mkdtempSync(join(tmpdir(), "nginx-test-"));
  // nginx's workers, which are another user where its master is root, read and write in there.
  chmodSync(folder, 0o755);
  let upstream: Server;
  let sockets: WebSocketServer;
  let proxy: ReturnType<typeof spawn>;
  let plainPort: number;
  let tlsPort: number;

  beforeAll(async () => {
    upstream = http.createServer(echo).listen(0, "127.0.0.1");
    sockets = new WebSocketServer({ server: upstream, path: "/chat/ws/one" });
    sockets.on("connection", (socket) => {
      socket.on("message", (data) => socket.send(`heard ${data}`));
    });
    await once(upstream, "listening");
    plainPort = await freePort();
    tlsPort = await freePort();
    proxy = startNginx(folder, { plainPort, tlsPort, servicePort: portOf(upstream) });
    await vi.waitFor(() => fetchPlain("/"), { timeout: 30_000, interval: 20 });
  });

  afterAll(async () => {
    sockets?.close();
    upstream?.close();
    if (proxy?.exitCode === null) {
      proxy.kill("SIGTERM");
      await once(proxy, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it("sends everybody who comes without TLS to HTTPS, path and query included", async () => {
    const response = await fetchPlain("/chat?session=1");
    expect(response.status).toBe(301);
    expect(response.headers.get("location")).toBe("https://127.0.0.1/chat?session=1");
  });

  it("leaves certbot's challenge to certbot, without TLS", async () => {
    const challenges = join(folder, "acme/.well-known/acme-challenge");
    mkdirSync(challenges, { recursive: true });
    writeFileSync(join(challenges, "token"), "the proof");
    const response = await fetchPlain("/.well-known/acme-challenge/token");
    expect(await response.text()).toBe("the proof");
  });

  it("hands a webhook's body and signature on, byte for byte", async () => {
    const body = Buffer.concat([
      Buffer.from('{ "text":"größe\\u00df \\r\\n" }\n'),
      randomBytes(50_000),
    ]);
    const signature = `sha1=${createHmac("sha1", "secret").update(body).digest("hex")}`;
    for (const path of ["/webhooks/intercom?a=1&b=%2F", "/intercom/webhook"]) {
      const { seen } = await send("POST", path, body, { "x-hub-signature": signature });
      expect(seen.url).toBe(path);
      expect(seen.headers["x-hub-signature"]).toBe(signature);
      expect(seen.body).toBe(body.toString("base64"));
    }
  });

  it("tells the service who asked, for which host, and that it was over TLS", async () => {
    const { seen } = await send("GET", "/chat", undefined, { "x-forwarded-for": "192.0.2.7" });
    expect(seen.headers).toMatchObject({
      host: `127.0.0.1:${tlsPort}`,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
    });
  });

  it("lets a body that is too large for the service reach it, which answers 413 itself", async () => {
    const { status } = await send("POST", "/webhooks/intercom", Buffer.alloc(1_500_000, "x"));
    expect(status).toBe(200);
  });

  it("stops a flood before the service", async () => {
    const { status } = await send("POST", "/webhooks/intercom", Buffer.alloc(2_200_000, "x"));
    expect(status).toBe(413);
  });

  it("passes HEAD on, with which Intercom checks the address", async () => {
    const { status } = await send("HEAD", "/webhooks/intercom");
    expect(status).toBe(200);
  });

  it("upgrades the socket of the chat page", async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${tlsPort}/chat/ws/one`, {
      rejectUnauthorized: false,
    });
    await once(socket, "open");
    socket.send("hello");
    const [answer] = await once(socket, "message");
    expect(String(answer)).toBe("heard hello");
    socket.close();
    await once(socket, "close");
  });

  it.each(["/ready", "/metrics"])("keeps %s from the outside", async (path) => {
    const { status } = await send("GET", path);
    expect(status).toBe(404);
  });

  it("slows down who guesses tokens", async () => {
    const paths = ["/sync", "/memory/42", "/why/42"];
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, index) => send("GET", paths[index % 3] ?? "/")),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.slice(0, 3)).toEqual([200, 200, 200]);
    expect(statuses.slice(-3)).toEqual([429, 429, 429]);
  });

  it("slows down who guesses at the chat's login, and the page itself only in a flood", async () => {
    const flood = async (path: string, times = 90) => {
      const answers = await Promise.all(Array.from({ length: times }, () => send("POST", path)));
      return new Set(answers.map(({ status }) => status));
    };
    expect(await flood("/chat/login")).toContain(429);
    expect(await flood("/chat/sessions")).toEqual(new Set([200]));
    expect(await flood("/chat/sessions", 200)).toContain(429);
  });

  it("never answers 429 to Intercom, which would throttle the whole subscription", async () => {
    const body = Buffer.from("{}");
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => send("POST", "/webhooks/intercom", body)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  function fetchPlain(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${plainPort}${path}`, { redirect: "manual" });
  }

  async function send(
    method: string,
    path: string,
    body: Buffer = Buffer.alloc(0),
    headers: Record<string, string> = {},
  ): Promise<{ status: number | undefined; seen: Seen }> {
    const request = https.request({
      host: "127.0.0.1",
      port: tlsPort,
      path,
      method,
      headers: { "content-length": body.length, ...headers },
      rejectUnauthorized: false,
      agent: false,
    });
    request.end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const text = (await bytesOf(response)).toString();
    const isEcho = response.headers["content-type"] === "application/json";
    return {
      status: response.statusCode,
      seen: isEcho && text !== "" ? JSON.parse(text) : nothing,
    };
  }
});

type Seen = { url: string | undefined; headers: http.IncomingHttpHeaders; body: string };
const nothing: Seen = { url: undefined, headers: {}, body: "" };

/** The service's stand-in: answers with what arrived. */
async function echo(request: IncomingMessage, response: http.ServerResponse): Promise<void> {
  const body = await bytesOf(request);
  const seen: Seen = { url: request.url, headers: request.headers, body: body.toString("base64") };
  response.setHeader("content-type", "application/json").end(JSON.stringify(seen));
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The real configuration, with nothing changed but ports and places. */
function startNginx(
  folder: string,
  ports: { plainPort: number; tlsPort: number; servicePort: number },
): ReturnType<typeof spawn> {
  const key = join(folder, "key.pem");
  const certificate = join(folder, "cert.pem");
  execFileSync(
    openssl ?? "",
    // biome-ignore format: one option and its value a line
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
      "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", certificate],
    { stdio: "ignore" },
  );
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join(" ");
  const replacements: [string, string][] = [
    ["http {", `http { ${temporary}`],
    ["listen 80 ", `listen 127.0.0.1:${ports.plainPort} `],
    ["listen 443 ", `listen 127.0.0.1:${ports.tlsPort} `],
    ["app-production:8000", `127.0.0.1:${ports.servicePort}`],
    ["app-chat:8000", `127.0.0.1:${ports.servicePort}`],
    ["/etc/nginx/ssl/cert.pem", certificate],
    ["/etc/nginx/ssl/key.pem", key],
    ["/var/www/acme", join(folder, "acme")],
    ["/dev/stdout", join(folder, "access.log")],
  ];
  const adapted = replacements.reduce((text, [from, to]) => {
    expect(text, "nginx.conf").toContain(from);
    return text.replace(from, to);
  }, configuration);
  const file = join(folder, "nginx.conf");
  writeFileSync(file, adapted);
  const globals = `daemon off; pid ${join(folder, "pid")}; error_log ${join(folder, "error.log")};`;
  return spawn(nginx ?? "", ["-p", folder, "-c", file, "-g", globals], { stdio: "ignore" });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

function portOf(server: { address(): string | AddressInfo | null }): number {
  return (server.address() as AddressInfo).port;
}

/** The first of these programs that can be started. */
function installed(...programs: string[]): string | undefined {
  return programs.find((program) => spawnSync(program, ["-v"]).error === undefined);
}
