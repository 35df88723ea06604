import { fileURLToPath } from "node:url";
import express, { type RequestHandler, type Response, Router } from "express";
import helmet from "helmet";
import { z } from "zod";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import type { Access } from "./access.ts";
import { changesForm, type Example, forgottenForm, newSessionForm } from "./protocol.ts";
import type { Sessions } from "./sessions.ts";
import { sentences } from "./wording.ts";

const pageDirectory = fileURLToPath(new URL("./page", import.meta.url));
const sessionId = z.uuid();

export type ChatRoutesOptions = {
  sessions: Sessions;
  access: Access;
  /** What the page must know before it begins. */
  about: () => {
    canReadIntercom: boolean;
    remembersAll: boolean;
    examples: Example[];
    hasModel: boolean;
    promptSets: string[];
  };
  log: Log;
};

/** `GET /chat`, what it is made of, `/chat/sessions`, and the login in front of them. */
export function createChatRoutes(options: ChatRoutesOptions): Router {
  const { access } = options;
  const routes = Router();
  routes.use("/chat", securityHeaders);
  routes.get("/chat", (request, response) => {
    const refusal = access.refusal(request.headers);
    if (refusal?.status === 403) refuse(response, 403, refusal.error);
    else sendPage(response, refusal === null ? "index.html" : "login.html", refusal?.status);
  });
  // The page's own files hold no secrets, and the login form needs its style.
  routes.use("/chat/page", express.static(pageDirectory, { index: false, cacheControl: false }));
  routes.use(createLoginRoutes(access));
  routes.use("/chat/sessions", guard(access), createSessionRoutes(options));
  return routes;
}

/** Everything is served from here, nothing is written inline, nobody may frame it. */
const securityHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // Without a referrer at all, browsers would not name the origin of the login form either.
  referrerPolicy: { policy: "same-origin" },
  // nginx speaks TLS and says so; on a laptop the page is plain HTTP.
  strictTransportSecurity: false,
});

function createLoginRoutes(access: Access): Router {
  const routes = Router();
  const ownFormsOnly: RequestHandler = (request, response, next) => {
    const refusal = access.foreignRefusal(request.headers);
    if (refusal === null) next();
    else refuse(response, refusal.status, refusal.error);
  };
  routes.post(
    "/chat/login",
    ownFormsOnly,
    express.urlencoded({ extended: false, limit: "4kb" }),
    (request, response) => {
      const { token } = z
        .object({ token: z.string().catch("") })
        .catch({ token: "" })
        .parse(request.body);
      const isEncrypted = request.headers["x-forwarded-proto"] === "https";
      const result = access.logIn(token.trim(), request.ip ?? "", isEncrypted);
      if ("cookie" in result) response.set("Set-Cookie", result.cookie);
      response.redirect(303, "cookie" in result ? "/chat" : `/chat#${result.problem}`);
    },
  );
  routes.post("/chat/logout", ownFormsOnly, (_request, response) => {
    response.set("Set-Cookie", access.logOutCookie).redirect(303, "/chat");
  });
  return routes;
}

function createSessionRoutes(options: ChatRoutesOptions): Router {
  const { sessions, about, access, log } = options;
  const routes = Router();
  const json = express.json({ limit: "2mb" });

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

  routes.get("/:id", (request, response) => {
    const session = sessions.find(request.params.id ?? "");
    if (session === null) return refuse(response, 404, sentences.noSuchSession);
    const shared = { session: session.view(), entries: session.entries() };
    response.type("json").send(JSON.stringify(shared, null, 2));
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

function guard(access: Access): RequestHandler {
  return (request, response, next) => {
    const refusal = access.refusal(request.headers);
    if (refusal === null) next();
    else refuse(response, refusal.status, refusal.error);
  };
}

function sendPage(response: Response, file: string, status = 200): void {
  response.status(status).set("Cache-Control", "no-store").sendFile(file, { root: pageDirectory });
}

function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}

function sentenceAbout({ issues }: z.ZodError): string {
  const wrong = issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  return `The body is not as it should be. ${wrong.join("; ")}. See docs/chat-protocol.md.`;
}
