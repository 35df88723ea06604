import type { Router } from "express";
import type { Inbox } from "../../core/ports.ts";
import type { Access } from "../pages/access.ts";
import { type AnsweringOptions, createAnswering } from "./answering.ts";
import type { ChatKnowledge } from "./knowledge-routes.ts";
import type { PastRuns } from "./past-routes.ts";
import type { Example } from "./protocol.ts";
import { createChatRoutes } from "./routes.ts";
import { createSessions } from "./sessions.ts";
import { type ChatSocket, createChatSocket } from "./socket.ts";
import { createUploads } from "./uploads.ts";

export type ChatOptions = AnsweringOptions & {
  access: Access;
  /** Reads a real conversation to try the responder on; `null` where none may be read. */
  readConversation: Inbox["read"] | null;
  /** What the page offers, as of now, to somebody who does not know what to ask. */
  examples(): Example[];
  /** What is answered from, where that may be changed on the page; `null` where it may not. */
  knowledge: ChatKnowledge | null;
  /** Sets of prompts that may be compared with those in use, by name. */
  promptSets: () => string[];
  /** What can be tried on past conversations; loaded by the first who asks. */
  loadPast(): Promise<PastRuns>;
};

export type Chat = ChatSocket & { routes: Router };

/** The page at `/chat`: a customer's side of the conversation, and a look behind the answer. */
export function createChat(options: ChatOptions): Chat {
  const { inbox, readConversation, remembersAll, examples, hasModel, access, clock, log } = options;
  const uploads = createUploads();
  const answering = createAnswering(options, uploads);
  const sessions = createSessions({ inbox, answering, readConversation, uploads, clock });
  const canReadIntercom = readConversation !== null;
  return {
    routes: createChatRoutes({
      sessions,
      uploads,
      access,
      about: () => ({
        canReadIntercom,
        remembersAll,
        examples: examples(),
        hasModel,
        promptSets: options.promptSets(),
        canTakeKnowledge: options.knowledge !== null,
      }),
      knowledge: options.knowledge,
      loadPast: options.loadPast,
      log,
    }),
    ...createChatSocket({ sessions, answering, access, log }),
  };
}
