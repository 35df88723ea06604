import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { secrets, startWorld, type World } from "./world.ts";

// What many do at once, or somebody who is after our files, to the real service.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const port = () => Number(new URL(world.service().baseUrl).port);
const authorization = `Bearer ${secrets.ADMIN_TOKEN}`;

it("300 who dribble their requests hold nobody up, and are cut off", {
  timeout: 90_000,
}, async () => {
  let open = 0;
  const slow: Socket[] = Array.from({ length: 300 }, (_, index) => {
    const socket = connect(port(), "127.0.0.1");
    socket.on("error", () => {});
    socket.once("connect", () => {
      open += 1;
      // Half of them never end their headers, half never end their body.
      const head =
        "POST /webhooks/intercom HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
      socket.write(index % 2 === 0 ? head : `${head}Content-Length: 1000\r\n\r\n{`);
    });
    socket.once("close", () => {
      open -= 1;
    });
    return socket;
  });
  await eventually(() => expect(open).toBe(300), 20_000);
  const dribble = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write("x");
  }, 500);
  try {
    const { conversationId } = await world.ask("How do I reset my password?");
    expect(open).toBe(300);
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1), 30_000);
    await eventually(() => expect(open).toBe(0), 40_000);
  } finally {
    clearInterval(dribble);
    for (const socket of slow) socket.destroy();
  }
  expect((await fetch(`${world.service().baseUrl}/livez`)).status).toBe(200);
});

it("a flood of sessions and of wrong tokens stays bounded, and shuts out nobody who has the token", async () => {
  const sessions = `${world.service().baseUrl}/chat/sessions`;
  const create = (headers: Record<string, string>) =>
    fetch(sessions, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: "{}",
    }).then(({ status }) => status);
  const without = await Promise.all(Array.from({ length: 200 }, () => create({})));
  expect(new Set(without)).toEqual(new Set([401]));
  const within = await Promise.all(Array.from({ length: 200 }, () => create({ authorization })));
  expect(within.every((status) => status < 500)).toBe(true);
  const listed = (await (await fetch(sessions, { headers: { authorization } })).json()) as {
    sessions: unknown[];
  };
  expect(listed.sessions.length).toBeLessThanOrEqual(30);

  const logIn = (token: string) =>
    fetch(`${world.service().baseUrl}/chat/login`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ token }),
    });
  const wrong = await Promise.all(
    Array.from({ length: 100 }, (_, index) => logIn(`guess-${index}`)),
  );
  expect(wrong.some((response) => response.headers.has("set-cookie"))).toBe(false);
  expect((await logIn(secrets.ADMIN_TOKEN)).headers.get("set-cookie")).toMatch(/login=\S/);
});

const up = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "....//", "..%252f", "..;/"];
const doors = ["/chat/page/", "/chat/past-page/", "/chat/sessions/", "/memory/", "/why/", "/"];

it.each(doors)("nobody gets from %s to our files, with the token or without", async (door) => {
  for (const step of up) {
    for (const target of ["package.json", ".env", "src/main.ts", "etc/passwd"]) {
      for (const headers of [{}, { authorization }]) {
        const { status, text } = await asWritten(`${door}${step.repeat(6)}${target}`, headers);
        expect(text).not.toMatch(/root:x|"devDependencies"|composeOrExit|INTERCOM_ACCESS_TOKEN=/);
        expect(status, `${door}${step}…${target}`).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }
    }
  }
});

/** Sends the path as it is written, which `fetch` would put in order first. */
async function asWritten(path: string, headers: Record<string, string>) {
  const call = request({ host: "127.0.0.1", port: port(), path, headers, agent: false }).end();
  const [response] = await once(call, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode as number, text: Buffer.concat(chunks).toString() };
}
