import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { mockWebhookSecret } from "../../src/compose.ts";
import type { Outgoing, SessionView } from "../../src/http/chat/protocol.ts";
import { sign } from "../../src/lib/intercom-signature.ts";
import { articleDocument } from "../stand-ins/intercom/help-center.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../stand-ins/intercom.ts";
import { startMem0StandIn } from "../stand-ins/mem0.ts";
import { type ServiceProcess, spawnScript, startService } from "./service-process.ts";

const root = new URL("../..", import.meta.url).pathname;
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "auto-responder-mock-"));
  cleanUps.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function start(environment: Record<string, string>, script?: string) {
  const service = await startService({ MOCK_MODE: "true", ...environment }, script);
  cleanUps.push(() => service.kill());
  return service;
}

async function startIntercom(): Promise<IntercomStandIn> {
  const intercom = await startIntercomStandIn();
  cleanUps.push(() => intercom.stop());
  return intercom;
}

const readingFrom = (intercom: IntercomStandIn) => ({
  MOCK_READS_INTERCOM: "true",
  INTERCOM_ACCESS_TOKEN: intercom.accessToken,
  INTERCOM_ADMIN_ID: intercom.adminId,
  INTERCOM_API_BASE_URL: intercom.baseUrl,
});

/** Begins a session, says something if there is something to say, and waits for what comes of it. */
async function chat({ baseUrl }: ServiceProcess, wanted: object, text?: string) {
  const response = await fetch(`${baseUrl}/chat/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wanted),
  });
  const session = (await response.json()) as SessionView;
  const socket = new WebSocket(`${baseUrl.replace("http", "ws")}/chat/ws/${session.id}`);
  cleanUps.push(async () => socket.terminate());
  const heard: Outgoing[] = [];
  socket.on("message", (data) => heard.push(JSON.parse(String(data))));
  await once(socket, "open");
  const say = (words: string) => socket.send(JSON.stringify({ type: "message", text: words }));
  if (text !== undefined) say(text);
  const outcome = (types = ["message", "notice", "error"]) =>
    vi.waitFor(
      () => {
        const found = heard.findLast(
          (event) =>
            types.includes(event.type) && !(event.type === "message" && event.role === "customer"),
        );
        if (found === undefined) throw new Error("nothing came of it yet");
        return found;
      },
      { timeout: 30_000, interval: 20 },
    );
  return { say, outcome, heard };
}

async function ask(environment: Record<string, string>, ...words: string[]) {
  const settings = { MOCK_MODE: "true", ...environment };
  const child = spawnScript("src/ask.ts", settings, words);
  let [output, problems] = ["", ""];
  child.stdout?.on("data", (data) => {
    output += data;
  });
  child.stderr?.on("data", (data) => {
    problems += data;
  });
  const [code] = await once(child, "exit");
  return { code, output, problems };
}

describe("mock mode", () => {
  it("ends with words on a port that is taken, although it watches for changes", {
    timeout: 60_000,
  }, async () => {
    const first = await start({ DATA_DIR: await folder() });
    const { port } = new URL(first.baseUrl);
    const settings = { MOCK_MODE: "true", HOST: "127.0.0.1", PORT: port, DATA_DIR: await folder() };
    const watching = spawn(process.execPath, ["--watch", "src/main.ts"], {
      cwd: root,
      env: { PATH: process.env.PATH, ...settings },
      stdio: ["ignore", "ignore", "pipe"],
    });
    cleanUps.push(async () => watching.kill("SIGKILL"));
    const problems: string[] = [];
    watching.stderr?.on("data", (chunk) => problems.push(String(chunk)));
    await once(watching, "exit");
    expect(problems.join("")).toContain(`PORT=${port} is in use`);
  });

  it("answers the first question of a fresh installation, and says what is mocked", async () => {
    const dataDir = await folder();
    const service = await start({ DATA_DIR: dataDir });
    const { outcome } = await chat(service, { customerName: "Ada" }, "How do I reset my password?");
    const answer = await outcome();
    expect(answer).toMatchObject({
      type: "message",
      text: expect.stringContaining("Forgot password?"),
      draft: {
        decision: { action: "reply" },
        model: "built-in",
        reasoning: expect.stringContaining("not a language model"),
        prompt: { user: expect.stringContaining("How do I reset my password?") },
      },
    });
    const table = service.output();
    for (const line of ["Intercom  mocked", "Slack     mocked", "Model     mocked", "embedded"]) {
      expect(table).toContain(line);
    }
    for (const name of ["MOCK_READS_INTERCOM", "OPENAI_API_KEY", "MEM0_API_KEY"]) {
      expect(table).toContain(name);
    }
    expect(service.logged("listening")[0]).toMatchObject({ host: "127.0.0.1" });
  });

  it("offers what a folder of knowledge is about as questions, and answers them from there", async () => {
    const knowledge = await folder();
    await writeFile(join(knowledge, "a.md"), "# What parrots eat\n\nParrots eat seeds.\n");
    await writeFile(join(knowledge, "b.md"), "# How wide is a cage?\n\nTwo metres.\n");
    const service = await start({
      DATA_DIR: await folder(),
      KNOWLEDGE_SOURCES: `birds=${knowledge}`,
    });
    const page = (await (await fetch(`${service.baseUrl}/chat/knowledge`)).json()) as {
      examples: { messages: string[] }[];
    };
    const questions = page.examples.flatMap(({ messages }) => messages);
    expect(questions).toEqual(["How wide is a cage?", "What parrots eat?"]);
    const { outcome } = await chat(service, {}, questions[1]);
    expect(await outcome()).toMatchObject({ text: expect.stringContaining("Parrots eat seeds.") });
    expect(service.output()).toContain(`birds=${knowledge}`);
  });

  it("keeps what it remembers apart from production, and finds it again", async () => {
    const dataDir = await folder();
    const first = await start({ DATA_DIR: dataDir });
    const { say, outcome, heard } = await chat(first, { mode: "manual" });
    say("Do you have a loyalty programme for parrots?");
    const draft = await outcome(["draft"]);
    expect(heard.some(({ type }) => type === "message")).toBe(true);
    expect(draft.type).toBe("draft");
    await access(join(dataDir, "mock", "memory.sqlite"));
    await expect(access(join(dataDir, "memory.sqlite"))).rejects.toThrow("ENOENT");
    await first.terminate();
    const second = await start({ DATA_DIR: dataDir });
    const { answers } = (await (await fetch(`${second.baseUrl}/memory`)).json()) as {
      answers: unknown[];
    };
    expect(answers).toHaveLength(5);
  });

  it("recalls from the real Mem0 and writes only to a namespace of its own", async () => {
    const mem0 = await startMem0StandIn("platform");
    cleanUps.push(() => mem0.close());
    const dataDir = await folder();
    const environment = { DATA_DIR: dataDir, MEM0_API_KEY: mem0.apiKey, MEM0_BASE_URL: mem0.url };
    const service = await start(environment);
    const { outcome } = await chat(service, {}, "How do I reset my password?");
    expect((await outcome()).type).toBe("message");
    expect(service.output()).toContain("Memory    real");
    const written = JSON.stringify(mem0.memories());
    expect(written).toContain("auto-responder-mock:");
    expect(written).not.toContain('"auto-responder:');
  });

  it("takes no page from another machine's name and needs no token", async () => {
    const service = await start({ DATA_DIR: await folder() });
    expect((await fetch(`${service.baseUrl}/chat`)).status).toBe(200);
    const off = await start({ DATA_DIR: await folder(), CHAT_UI_ENABLED: "false" });
    expect((await fetch(`${off.baseUrl}/chat`)).status).toBe(404);
    const socket = new WebSocket(`${off.baseUrl.replace("http", "ws")}/chat/ws/x`);
    await expect(once(socket, "open")).rejects.toThrow();
  });

  it("reads prompts again when they change, and survives an invalid one", async () => {
    const copy = await folder();
    await cp(join(root, "src"), join(copy, "src"), { recursive: true });
    await cp(join(root, "prompts"), join(copy, "prompts"), { recursive: true });
    await cp(join(root, "package.json"), join(copy, "package.json"));
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
    const service = await start({ DATA_DIR: await folder() }, join(copy, "src/main.ts"));

    const file = join(copy, "prompts", "user.md");
    await writeFile(file, "{{nmae}}");
    const broken = await chat(service, {}, "Hello there?");
    expect(await broken.outcome()).toMatchObject({
      type: "error",
      message: expect.stringMatching(/user\.md[\s\S]*nmae/),
      canRetry: true,
    });
    await cp(join(root, "prompts", "user.md"), file);
    await writeFile(file, "\nEDITED TEMPLATE\n", { flag: "a" });
    const mended = await chat(service, {}, "How do I reset my password?");
    expect(await mended.outcome()).toMatchObject({
      draft: { prompt: { user: expect.stringContaining("EDITED TEMPLATE") } },
    });
  });
});

describe("mock mode that reads the real Intercom", () => {
  it("tries a real conversation by id and sends Intercom nothing but GET", async () => {
    const intercom = await startIntercom();
    const article = articleDocument("1", "What parrots eat", "<p>Parrots eat seeds and fruit.</p>");
    intercom.helpCenter.articles.push(article);
    const asked = intercom.customerWrites(null, "What do parrots eat?", { name: "Polly Parrot" });
    const service = await start({ DATA_DIR: await folder(), ...readingFrom(intercom) });

    // By the page, on to a message typed there, and by a signed notification about the real one.
    const { outcome, say, heard } = await chat(service, {
      intercomConversationId: asked.conversationId,
    });
    await outcome();
    say("Thanks!");
    await vi.waitFor(() => expect(heard.at(-1)?.type).toMatch(/notice|message/), {
      timeout: 20_000,
    });
    const body = Buffer.from(JSON.stringify(intercom.webhookFor(asked.partId)));
    await fetch(`${service.baseUrl}/webhooks/intercom`, {
      method: "POST",
      headers: { "x-hub-signature": sign(mockWebhookSecret, body) },
      body,
    });
    await vi.waitFor(
      () => {
        const ended = ["replied", "noted", "in-review"].flatMap((event) => service.logged(event));
        expect(ended.some((line) => line.conversationId === asked.conversationId)).toBe(true);
      },
      { timeout: 30_000 },
    );
    await service.terminate();

    expect(intercom.requests.some(({ path }) => path.includes(asked.conversationId))).toBe(true);
    expect(intercom.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(service.output()).toContain("Intercom  real, read only");
  });

  it("does the same for make ask", async () => {
    const intercom = await startIntercom();
    const { conversationId } = intercom.customerWrites(null, "What do parrots eat?");
    const environment = { DATA_DIR: await folder(), ...readingFrom(intercom) };
    const { code, output } = await ask(environment, "--conversation", conversationId);
    expect(output).toContain("What do parrots eat?");
    expect(code).toBe(0);
    expect(intercom.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

describe("make ask", () => {
  it("prints decision, reason, draft, sources and times", async () => {
    const { code, output } = await ask({ DATA_DIR: await folder() }, "How do I reset my password?");
    expect(code).toBe(0);
    for (const expected of [
      "reply (confident): The confidence reaches the threshold.",
      "which reaches the threshold of 80 %",
      "Forgot password?",
      "https://help.quillbox.example/reset-your-password",
      "recall",
      "built-in",
    ]) {
      expect(output).toContain(expected);
    }
  });

  it("ends with code 1 and a sentence when there is no answer", async () => {
    const down = { DATA_DIR: await folder(), OPENAI_BASE_URL: "http://127.0.0.1:9" };
    const failed = await ask(down, "Hello there?");
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.problems).toContain("The model's server could not be reached.");

    const nothing = await ask({ DATA_DIR: await folder() }, "");
    expect(nothing.code).toBe(1);
    expect(nothing.problems).toContain('make ask Q="');

    const unread = await ask({ DATA_DIR: await folder() }, "--conversation", "4711");
    expect(unread.code).toBe(1);
    expect(unread.problems).toContain("MOCK_READS_INTERCOM=true");
  });
});
