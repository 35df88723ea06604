import { fileURLToPath } from "node:url";
import express, { type Response, Router } from "express";
import { z } from "zod";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import type { Access } from "../pages/access.ts";
import { createGuard, createLoginRoutes, createPage } from "../pages/login.ts";
import { filesIn } from "../pages/page-files.ts";
import { securityHeaders } from "../pages/security-headers.ts";
import { type ChatKnowledge, createKnowledgeRoutes } from "./knowledge-routes.ts";
import { createPastRoutes, type PastRuns } from "./past-routes.ts";
import { changesForm, type Example, forgottenForm, newSessionForm } from "./protocol.ts";
import { refuse } from "./refuse.ts";
import type { Sessions } from "./sessions.ts";
import type { Uploads } from "./uploads.ts";
import { sentences } from "./wording.ts";

const pageDirectory = fileURLToPath(new URL("./page", import.meta.url));
const pastPageDirectory = fileURLToPath(new URL("./past-page", import.meta.url));
const sessionId = z.uuid();
const fileName = z.string().trim().min(1).max(200);

export type ChatRoutesOptions = {
  sessions: Sessions;
  uploads: Uploads;
  access: Access;
  /** What the page must know before it begins. */
  about: () => {
    canReadIntercom: boolean;
    remembersAll: boolean;
    examples: Example[];
    hasModel: boolean;
    promptSets: string[];
    canTakeKnowledge: boolean;
  };
  knowledge: ChatKnowledge | null;
  /** What can be tried on past conversations; loaded by the first who asks. */
  loadPast(): Promise<PastRuns>;
  log: Log;
};

/** `GET /chat`, what it is made of, `/chat/sessions`, and the login in front of them. */
export function createChatRoutes(options: ChatRoutesOptions): Router {
  const { access } = options;
  const routes = Router();
  routes.use("/chat", securityHeaders);
  routes.get("/chat", createPage(access, pageDirectory, login));
  routes.get("/chat/try-past", createPage(access, pastPageDirectory, login));
  // The pages' own files hold no secrets.
  routes.use("/chat/page", filesIn(pageDirectory));
  routes.use("/chat/past-page", filesIn(pastPageDirectory));
  routes.use(createLoginRoutes(access, login));
  routes.use("/chat/sessions", createGuard(access), createSessionRoutes(options));
  routes.use("/chat/knowledge", createGuard(access), createKnowledgeRoutes(options.knowledge));
  routes.use("/chat/past", createGuard(access), createPastRoutes(options.loadPast));
  return routes;
}

const login = {
  page: "/chat",
  about:
    "This page shows what the responder would answer. It opens with the service’s ADMIN_TOKEN.",
  tokens: "ADMIN_TOKEN",
};

function createSessionRoutes(options: ChatRoutesOptions): Router {
  const { sessions, uploads, about, access, log } = options;
  const routes = Router();
  const json = express.json({ limit: "2mb" });
  // Its form is what its sender says; what is in it is looked at when it is opened.
  const file = express.raw({ limit: "20mb", type: () => true });

  routes.get("/", (_request, response) => {
    const views = sessions.list().map((session) => session.view());
    response.json({ sessions: views, ...about(), canLogOut: access.needsLogin });
  });

  routes.post("/", json, async (request, response) => {
    const wanted = newSessionForm.safeParse(request.body ?? {});
    if (!wanted.success) return refuse(response, 400, sentenceAbout(wanted.error));
    try {
      answerWith(response, await sessions.create(wanted.data));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      log.warn({ error }, "chat could not read the conversation");
      refuse(response, 502, sentences.intercomDown);
    }
  });

  routes.post("/:id/attachments", file, (request, response) => {
    if (sessions.find(request.params.id ?? "") === null) {
      return refuse(response, 404, sentences.noSuchSession);
    }
    const name = fileName.safeParse(request.query.name);
    const bytes: unknown = request.body;
    if (!name.success || !Buffer.isBuffer(bytes) || bytes.length === 0) {
      return refuse(response, 400, sentences.noFile);
    }
    const contentType = request.get("content-type") ?? "application/octet-stream";
    const id = uploads.keep({ bytes, name: name.data, contentType });
    response.status(201).json({ id, name: name.data });
  });

  routes.get("/:id", (request, response) => {
    const session = sessions.find(request.params.id ?? "");
    if (session === null) return refuse(response, 404, sentences.noSuchSession);
    const shared = { session: session.view(), entries: session.entries() };
    response.type("json").send(JSON.stringify(shared, null, 2));
  });

  routes.get("/:id/story", async (request, response) => {
    const session = sessions.find(request.params.id ?? "");
    if (session === null) return refuse(response, 404, sentences.noSuchSession);
    const { storyOf } = await import("./story.ts");
    const story = storyOf(session.view(), session.isFromIntercom, session.entries());
    response.type("text/yaml").attachment("story.yaml").send(story);
  });

  routes.put("/:id", json, (request, response) => {
    const id = sessionId.safeParse(request.params.id);
    const shown = forgottenForm.safeParse(request.body);
    if (!id.success) return refuse(response, 400, "The id of a session is a UUID.");
    if (!shown.success) return refuse(response, 400, sentenceAbout(shown.error));
    answerWith(response, sessions.restore(id.data, shown.data));
  });

  routes.patch("/:id", json, (request, response) => {
    const session = sessions.find(request.params.id ?? "");
    const changes = changesForm.safeParse(request.body);
    if (session === null) return refuse(response, 404, sentences.noSuchSession);
    if (!changes.success) return refuse(response, 400, sentenceAbout(changes.error));
    sessions.change(session, changes.data);
    response.json(session.view());
  });

  routes.delete("/:id", (request, response) => {
    const session = sessions.find(request.params.id ?? "");
    if (session === null) return refuse(response, 404, sentences.noSuchSession);
    sessions.remove(session);
    response.status(204).end();
  });

  return routes;
}

function answerWith(response: Response, result: Awaited<ReturnType<Sessions["create"]>>): void {
  if (typeof result === "object") response.status(201).json(result.view());
  else refuse(response, refusals[result].status, refusals[result].error);
}

const refusals = {
  "too-many": { status: 409, error: sentences.tooManySessions },
  "no-intercom": { status: 409, error: sentences.noIntercom },
  "no-such-conversation": { status: 404, error: sentences.noSuchConversation },
};

function sentenceAbout({ issues }: z.ZodError): string {
  const wrong = issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  return `The body is not as it should be. ${wrong.join("; ")}. See docs/chat-protocol.md.`;
}
