import { isUtf8 } from "node:buffer";
import { once } from "node:events";
import fc from "fast-check";
import { WebSocket } from "ws";
import type { Log } from "../../src/core/ports.ts";
import { startChatService } from "../fixtures/chat-service.ts";
import { mutatedBytes, mutatedJson } from "./mutations.ts";
import { countIn, must, type Target } from "./target.ts";

const frames = [
  { type: "message", text: "How do I reset my password?", clientId: "one" },
  { type: "mode", mode: "manual" },
  { type: "verdict", draftId: "1", verdict: "edit", text: "No.", remember: true },
  { type: "retry" },
];
const frame = fc.oneof(
  mutatedJson(frames).map((json) => Buffer.from(JSON.stringify(json) ?? "")),
  fc.constantFrom(...frames).chain((json) => mutatedBytes(Buffer.from(JSON.stringify(json)))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const request = fc.record({
  method: fc.constantFrom("POST", "PUT", "PATCH", "GET", "DELETE"),
  path: fc.constantFrom("/chat/sessions", "/chat/sessions/ID", "/chat/sessions/%00", "/chat/../x"),
  body: mutatedJson([
    { name: "One", customerName: "Ada", mode: "manual" },
    { name: "", customerName: "", mode: "automatic", messages: [{ id: "1", role: "customer" }] },
  ]),
});

/** The chat's socket and routes: several frames and one request a session. */
export async function fuzzChat(): Promise<Target> {
  const seen = new Map<string, number>();
  const failed: string[] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error: (_, event) => void failed.push(event),
  };
  const service = await startChatService({ log });

  const property = fc.asyncProperty(
    fc.array(fc.tuple(frame, fc.boolean()), { minLength: 1, maxLength: 8 }),
    request,
    async (sent, { method, path, body }) => {
      const { id } = await service.newSession();
      const socket = new WebSocket(`ws://${service.host}/chat/ws/${id}`);
      await once(socket, "open");
      // A text that is none ends a connection by the protocol's own rule.
      for (const [bytes, binary] of sent) socket.send(bytes, { binary: binary || !isUtf8(bytes) });
      // Frames are taken in order: when this is answered, the others have been read.
      socket.ping();
      await Promise.race([once(socket, "pong"), once(socket, "close")]);
      must(socket.readyState === WebSocket.OPEN, "a frame ended the connection");
      const answer = await service.call(
        method,
        path.replace("ID", id),
        ["POST", "PUT", "PATCH"].includes(method) ? (body ?? null) : undefined,
      );
      await answer.arrayBuffer();
      countIn(seen, String(answer.status));
      must(answer.status < 500, `${method} ${path} was answered ${answer.status}`);
      socket.terminate();
      await service.call("DELETE", `/chat/sessions/${id}`);
      must(failed.length === 0, `logged as an error: ${failed.join()}`);
    },
  );
  return { name: "chat", everyOf: 50, property, seen, stop: service.stop };
}
