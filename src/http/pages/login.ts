import { readFileSync } from "node:fs";
import { join } from "node:path";
import express, { type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { escapeHtml } from "../../lib/escape-html.ts";
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
  /** Where on the page whoever logs in goes on, such as `#passage`. */
  lands?: string;
};

/**
 * `POST <page>/login` and `POST <page>/logout`; a login counts for every page that its role may see,
 * and leads back to what was asked for.
 */
export function createLoginRoutes(
  access: Access,
  { page, lands = "" }: Pick<LoginOptions, "page" | "lands">,
): Router {
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
      const at = "cookie" in result ? lands : `#${result.problem}`;
      response.redirect(303, page + searchOf(request.originalUrl) + at);
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
    .replaceAll("{{about}}", login.about)
    .replaceAll("{{tokens}}", login.tokens);
  return (request, response, next) => {
    const refusal = access.refusal(request.headers, role);
    response.set("Cache-Control", "no-store");
    if (refusal === null) show(request, response, next);
    else if (access.foreignRefusal(request.headers) !== null) refuse(response, refusal);
    else {
      const search = searchOf(request.originalUrl);
      // No browser sends the login along where a link on another site, such as Slack's, leads here;
      // asked once more from here, it does. The address must be another one: a browser that is at
      // `#passage` already goes nowhere.
      const isFromElsewhere = request.headers["sec-fetch-site"] === "cross-site";
      if (isFromElsewhere && login.lands !== undefined && !search.includes(again)) {
        const separator = search === "" ? "?" : "&";
        response.set("Refresh", `0; url=${login.page}${search}${separator}${again}${login.lands}`);
      }
      const action = escapeHtml(`${login.page}/login${search}`);
      response
        .status(401)
        .type("html")
        .send(form.replace("{{login}}", () => action));
    }
  };
}

const again = "again=1";

/** What follows the path of an address, from its question mark on; "" where there is nothing. */
function searchOf(address: string): string {
  const at = address.indexOf("?");
  return at === -1 ? "" : address.slice(at);
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
