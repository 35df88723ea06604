import { readFileSync } from "node:fs";
import { join } from "node:path";
import express, { type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import type { Access, Role } from "./access.ts";
import { sharedFiles } from "./page-files.ts";

/** A page behind a login. */
export type LoginOptions = {
  /** For example "/chat"; the forms go to `/chat/login` and `/chat/logout`. */
  page: string;
  /** What the page is for, in a sentence. */
  about: string;
  /** The settings whose value opens it. */
  tokens: string;
};

/** `POST <page>/login` and `POST <page>/logout`; a login counts for every page that its role may see. */
export function createLoginRoutes(access: Access, { page }: Pick<LoginOptions, "page">): Router {
  const routes = Router();
  const ownFormsOnly: RequestHandler = (request, response, next) => {
    const refusal = access.foreignRefusal(request.headers);
    if (refusal === null) next();
    else response.status(refusal.status).json({ error: refusal.error });
  };
  routes.post(
    `${page}/login`,
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
      response.redirect(303, "cookie" in result ? page : `${page}#${result.problem}`);
    },
  );
  routes.post(`${page}/logout`, ownFormsOnly, (_request, response) => {
    response.set("Set-Cookie", access.logOutCookie).redirect(303, page);
  });
  return routes;
}

/**
 * Answers a page's address: with the page for whoever may see it, else with the login form.
 *
 * @param folder where its `index.html` is
 * @param role who may see it; unless said otherwise only the admin
 */
export function createPage(
  access: Access,
  folder: string,
  login: LoginOptions & { role?: Role },
): RequestHandler {
  return guardedPage(access, login, (_request, response) => {
    response.sendFile("index.html", { root: folder });
  });
}

/** The same for a page that is made for each who asks. */
export function guardedPage(
  access: Access,
  { role = "admin", ...login }: LoginOptions & { role?: Role },
  show: RequestHandler,
): RequestHandler {
  const form = readFileSync(join(sharedFiles, "login.html"), "utf8")
    .replaceAll("{{login}}", `${login.page}/login`)
    .replaceAll("{{about}}", login.about)
    .replaceAll("{{tokens}}", login.tokens);
  return (request, response, next) => {
    const refusal = access.refusal(request.headers, role);
    response.set("Cache-Control", "no-store");
    if (refusal === null) show(request, response, next);
    else if (access.foreignRefusal(request.headers) !== null) refuse(response, refusal);
    else response.status(401).type("html").send(form);
  };
}

/** Lets only those pass who have that role; everybody else is told why not. */
export function createGuard(access: Access, role: Role = "admin"): RequestHandler {
  return (request, response, next) => {
    const refusal = access.refusal(request.headers, role);
    if (refusal === null) next();
    else refuse(response, refusal);
  };
}

function refuse(response: Response, { status, error }: { status: number; error: string }): void {
  response.status(status).json({ error });
}
