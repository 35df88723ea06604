import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Log } from "../../core/ports.ts";
import type { Access } from "../pages/access.ts";
import type { Answering } from "./answering.ts";
import { type Incoming, incomingForm, type Outgoing } from "./protocol.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { sentences } from "./wording.ts";

const maxBytes = 64 * 1024;
const maxSocketsPerSession = 10;
const pingEveryMs = 30_000;
/** Private codes (https://www.rfc-editor.org/rfc/rfc6455#section-7.4.2); a browser sees no status. */
const closeCodes = { noSuchSession: 4404, tooManySockets: 4429, goingAway: 1001 };

export type ChatSocket = {
  /** Takes over a connection that asks for `/chat/ws/{session_id}`; ends any other. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  close(): void;
};

/** `WS /chat/ws/{session_id}`: one session, to as many tabs as look at it. */
export function createChatSocket(options: {
  sessions: Sessions;
  answering: Answering;
  access: Access;
  log: Log;
}): ChatSocket {
  const { sessions, answering, access, log } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: maxBytes });
  const alive = new WeakSet<WebSocket>();
  const pinging = setInterval(pingAll, pingEveryMs);
  pinging.unref();

  return {
    upgrade(request, connection, head) {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const id = /^\/chat\/ws\/([\w-]{1,64})$/.exec(pathname)?.[1];
      if (id === undefined) return refuseUpgrade(connection, 404, "There is no socket here.");
      const refusal = access.refusal(request.headers);
      if (refusal !== null) return refuseUpgrade(connection, refusal.status, refusal.error);
      server.handleUpgrade(request, connection, head, (socket) => attach(socket, id));
    },
    close() {
      clearInterval(pinging);
      for (const socket of server.clients) {
        // The close frame leaves before the connection ends; nobody waits for it to be answered.
        socket.close(closeCodes.goingAway, "The service is stopping.");
        setImmediate(() => socket.terminate());
      }
      server.close();
    },
  };

  function attach(socket: WebSocket, id: string): void {
    socket.on("error", (error) => log.debug({ error }, "chat socket failed"));
    const session = sessions.find(id);
    if (session === null) {
      socket.close(closeCodes.noSuchSession, sentences.noSuchSession);
    } else if (session.listenerCount() >= maxSocketsPerSession) {
      socket.close(closeCodes.tooManySockets, sentences.tooManyTabs);
    } else {
      join(socket, session);
    }
  }

  function join(socket: WebSocket, session: Session): void {
    const send = (event: Outgoing) => socket.send(JSON.stringify(event));
    const stopListening = session.listen(send);
    alive.add(socket);
    socket.on("pong", () => alive.add(socket));
    socket.on("close", stopListening);
    socket.on("message", (data) => {
      receive(session, String(data)).then(
        (refusal) => refusal !== null && send({ type: "refused", message: refusal }),
        (error) => {
          log.error({ error }, "chat message failed");
          send({ type: "refused", message: sentences.failed });
        },
      );
    });

    send({ type: "session", session: session.view() });
    for (const entry of session.entries()) send(entry);
    send({ type: "ready", isTyping: session.isTyping() });
  }

  /** @returns why it could not be done, or `null` */
  async function receive(session: Session, data: string): Promise<string | null> {
    const message = readIncoming(data);
    if (message === null) return sentences.unreadable;
    switch (message.type) {
      case "message": {
        const { text, clientId = null, attachments } = message;
        if (text === "" && attachments.length === 0) return sentences.unreadable;
        if (isKnown(session, clientId)) return null;
        if (session.isFull()) return sentences.sessionFull;
        answering.customerWrites(session, text, clientId, attachments);
        return null;
      }
      case "mode":
        session.change({ mode: message.mode });
        return null;
      case "retry":
        await answering.retry(session);
        return null;
      case "lesson":
        return answering.teach(session, message);
      case "verdict":
        return answering.settle(session, message);
    }
  }

  function pingAll(): void {
    for (const socket of server.clients) {
      if (!alive.has(socket)) socket.terminate();
      alive.delete(socket);
      socket.ping();
    }
  }
}

/** A page that lost the connection sends again what it did not see come back. */
function isKnown(session: Session, clientId: string | null): boolean {
  if (clientId === null) return false;
  return session.entries().some((entry) => "clientId" in entry && entry.clientId === clientId);
}

function readIncoming(data: string): Incoming | null {
  try {
    return incomingForm.parse(JSON.parse(data));
  } catch {
    return null;
  }
}

function refuseUpgrade(connection: Duplex, status: number, error: string): void {
  const body = JSON.stringify({ error });
  const headers = [
    `HTTP/1.1 ${status} Refused`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  connection.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
}
