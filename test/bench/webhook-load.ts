import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { sign } from "../../src/lib/intercom-signature.ts";

/** A keep-alive connection; `post` sends a finished request. @returns milliseconds to the answer */
export type Connection = {
  post(request: Buffer): Promise<number>;
  /** A server closes what has been idle for some seconds. */
  isOpen(): boolean;
  close(): void;
};

/** The bytes of a signed webhook, made beforehand so that sending costs next to nothing. */
export function webhookRequest(secret: string, json: string): Buffer {
  const body = Buffer.from(json);
  const head = [
    "POST /webhooks/intercom HTTP/1.1",
    "Host: 127.0.0.1",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    `X-Hub-Signature: ${sign(secret, body)}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

/**
 * Knows just enough of HTTP for answers without a body, so that the load generator is never the
 * bottleneck. Anything but an empty 200 ends the benchmark.
 */
export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  let received = "";
  let sentAt = 0;
  let answered: { resolve(ms: number): void; reject(error: Error): void } | null = null;
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received += chunk;
    if (!received.endsWith("\r\n\r\n")) return;
    const answer = received;
    received = "";
    if (isEmptySuccess(answer)) answered?.resolve(performance.now() - sentAt);
    else answered?.reject(new Error(`The server answered ${answer.split("\r\n")[0]}`));
  });
  socket.on("error", (error) => answered?.reject(error));
  socket.on("close", () => answered?.reject(new Error("The server closed a connection")));

  return {
    post: (request) =>
      new Promise((resolve, reject) => {
        answered = { resolve, reject };
        sentAt = performance.now();
        socket.write(request);
      }),
    isOpen: () => !socket.destroyed && socket.readable,
    close() {
      answered = null;
      socket.destroy();
    },
  };
}

function isEmptySuccess(answer: string): boolean {
  return answer.startsWith("HTTP/1.1 200 ") && /^content-length: 0$/im.test(answer);
}

/** Closed loop: each connection sends its next request as soon as the last one is answered. */
export async function saturate(
  port: number,
  requests: Buffer[],
  load: { connections: number; until: (sent: number) => boolean },
): Promise<{ latenciesMs: number[]; perSecond: number }> {
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => openConnection(port)),
  );
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  let sent = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (!load.until(sent)) {
        const request = requests[sent++ % requests.length];
        if (request !== undefined) latenciesMs.push(await connection.post(request));
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  return { latenciesMs, perSecond: latenciesMs.length / seconds };
}

/**
 * Open loop: sends at a fixed rate, whether or not the answers keep up, each request on a
 * connection that is free just then.
 *
 * @param next makes the next request, which is sent at once
 */
export async function sendAtRate(
  port: number,
  next: () => Buffer,
  load: { perSecond: number; seconds: number },
): Promise<{ latenciesMs: number[] }> {
  const free: Connection[] = [];
  const all: Connection[] = [];
  const latenciesMs: number[] = [];
  const sending: Promise<void>[] = [];
  const total = load.perSecond * load.seconds;
  const startedAt = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * load.perSecond) + 1;
    for (; sent < Math.min(due, total); sent++) sending.push(send());
    await pause(1);
  }
  await Promise.all(sending);
  for (const connection of all) connection.close();
  return { latenciesMs };

  async function send(): Promise<void> {
    const connection = takeFree() ?? (await another());
    latenciesMs.push(await connection.post(next()));
    free.push(connection);
  }

  function takeFree(): Connection | null {
    for (let taken = free.pop(); taken !== undefined; taken = free.pop()) {
      if (taken.isOpen()) return taken;
    }
    return null;
  }

  async function another(): Promise<Connection> {
    const connection = await openConnection(port);
    all.push(connection);
    return connection;
  }
}
