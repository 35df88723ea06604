import { afterEach, describe, expect, it, vi } from "vitest";
import type { DraftRequest } from "../../../src/core/ports.ts";
import { type ChatService, startChatService } from "../../fixtures/chat-service.ts";
import { draft, policy } from "../../fixtures/conversations.ts";
import { png } from "../../fixtures/images.ts";

let service: ChatService;
const asked: DraftRequest[] = [];
afterEach(() => service.stop());

async function start(seesImages = true) {
  asked.length = 0;
  service = await startChatService({
    policy: () => ({ ...policy, quietPeriodMs: 0 }),
    attachments: {
      opener: { open: async (all) => all.map(() => null) },
      sight: { seesImages: async () => seesImages },
    },
    drafter: {
      async draft(request) {
        asked.push(request);
        const seen = (request.attachments ?? []).map(({ key }) => key);
        return { draft: draft({ reply: "I see.", confidence: 0.99, usedSources: [], seen }) };
      },
    },
  });
}

async function upload(sessionId: string, name: string, contentType: string, bytes: Buffer) {
  const path = `/chat/sessions/${sessionId}/attachments?name=${encodeURIComponent(name)}`;
  return fetch(`http://${service.host}${path}`, {
    method: "POST",
    headers: { "content-type": contentType },
    body: new Uint8Array(bytes),
  });
}

/** Sends that with these files, and waits for the answer. */
async function send(text: string, files: [name: string, type: string, bytes: Buffer][]) {
  const { id } = await service.newSession();
  const attachments: string[] = [];
  for (const file of files) {
    const response = await upload(id, ...file);
    expect(response.status).toBe(201);
    attachments.push(((await response.json()) as { id: string }).id);
  }
  const socket = await service.connect(id);
  socket.send({ type: "message", text, attachments });
  await vi.waitFor(() => expect(socket.said("assistant")).toHaveLength(1), { timeout: 30_000 });
  const entry = socket.entries().find((one) => "draft" in one && one.draft !== null);
  socket.close();
  const decision = entry !== undefined && "draft" in entry ? entry.draft?.decision : undefined;
  return { id, attachments, said: socket.said("customer"), rule: decision?.rule };
}

const picture: [string, string, Buffer] = ["shot.png", "image/png", png];
const log: [string, string, Buffer] = ["error.log", "text/plain", Buffer.from("Error 403")];

describe("files that are given to the page", () => {
  it("come with the message, as images and as words", async () => {
    await start();
    const { said, rule } = await send("What is this?", [picture, log]);
    expect(said).toEqual(["What is this?\n\n[image]\n[attachment: error.log]"]);
    expect(asked[0]?.attachments).toMatchObject([
      { kind: "image", contentType: "image/png", base64: png.toString("base64"), messageNumber: 1 },
      { kind: "text", text: "Error 403", name: "error.log" },
    ]);
    expect(rule).toBe("confident");
  });

  it("may be all that a message is", async () => {
    await start();
    expect((await send("", [picture])).said).toEqual(["[image]"]);
  });

  it("are left to people where the model does not see them", async () => {
    await start(false);
    expect((await send("What is this?", [picture])).rule).toBe("unseen-image");
    expect(asked[0]?.attachments).toEqual([]);
  });

  it("are there again where the same question is asked again, and missed where they are gone", async () => {
    await start();
    const { attachments } = await send("What is this?", [log]);
    const text = "What is this?\n\n[attachment: error.log]";
    const message = { id: "1", role: "customer", text, at: Date.now(), attachments };
    await service.newSession({ messages: [message] });
    await vi.waitFor(() => expect(asked).toHaveLength(2), { timeout: 30_000 });
    expect(asked[1]?.attachments).toMatchObject([{ kind: "text", text: "Error 403" }]);
    await service.newSession({ messages: [{ ...message, attachments: [crypto.randomUUID()] }] });
    await vi.waitFor(() => expect(asked).toHaveLength(3), { timeout: 30_000 });
    expect(asked[2]?.attachments).toEqual([]);
    expect(asked[2]?.turn.messages[0]?.attachments).toHaveLength(1);
  });

  it("are refused without a session, a name or bytes, and an empty message without files", async () => {
    await start();
    const { id } = await service.newSession();
    expect((await upload(crypto.randomUUID(), ...log)).status).toBe(404);
    expect((await upload(id, "", "text/plain", log[2])).status).toBe(400);
    expect((await upload(id, "empty.txt", "text/plain", Buffer.alloc(0))).status).toBe(400);
    const large = Buffer.alloc(20 * 1024 * 1024 + 1);
    const refused = await upload(id, "large.png", "image/png", large);
    expect([refused.status, await refused.json()]).toEqual([
      413,
      { error: "The body is larger than 20 MB." },
    ]);
    const socket = await service.connect(id);
    socket.send({ type: "message", text: "  " });
    await vi.waitFor(() => expect(socket.heard.at(-1)?.type).toBe("refused"), { timeout: 30_000 });
    socket.close();
  });
});
