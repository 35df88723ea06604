import { createHash, timingSafeEqual } from "node:crypto";
import type { Request, RequestHandler, Response, Router } from "express";
import { sendPage, wantsPage } from "./pages/small-page.ts";

/**
 * What only operators may use, all of it at one address and below. It is no Router by itself, so that
 * nobody can mount it without the guard.
 */
export type AdminRoutes = {
  /** For example "/sync". */
  at: string;
  /** Which of the guard's doors leads there. */
  door: "forPrograms" | "forReaders";
  /** Their paths begin at that address: "/" is the address itself. */
  routes: Router;
};

export type AdminGuard = {
  /** Lets only requests pass that carry `Authorization: Bearer <ADMIN_TOKEN>`. */
  forPrograms: RequestHandler;
  /**
   * The same for pages that are only read. A browser may send the token as the password of HTTP
   * Basic too, and is asked for it that way.
   */
  forReaders: RequestHandler;
  /**
   * Whether more than a word may be said about the service: to whoever has the token; where none is
   * set, to who asks from this machine itself and not through a proxy on it.
   */
  mayKnow(request: Request): boolean;
};

/** @param adminToken `null`: no token is configured, so nobody passes */
export function createAdminGuard(adminToken: string | null): AdminGuard {
  const error =
    adminToken === null
      ? "This address needs a token: set ADMIN_TOKEN, start again, and send it as 'Authorization: Bearer <ADMIN_TOKEN>'."
      : "Send the value of ADMIN_TOKEN as 'Authorization: Bearer <ADMIN_TOKEN>'.";
  const forPrograms: RequestHandler = (request, response, next) => {
    if (adminToken !== null && hasToken(request.headers.authorization, adminToken)) next();
    else response.status(401).set("WWW-Authenticate", "Bearer").json({ error });
  };
  return {
    forPrograms,
    forReaders(request, response, next) {
      if (adminToken !== null && hasToken(readersToken(request), adminToken)) next();
      else if (wantsPage(request)) askReader(response, adminToken !== null);
      else forPrograms(request, response, next);
    },
    mayKnow: ({ headers, socket }) =>
      adminToken === null
        ? headers["x-forwarded-for"] === undefined && isThisMachine(socket.remoteAddress)
        : hasToken(headers.authorization, adminToken),
  };
}

/** Whether it is `Bearer <token>`; compares in constant time, whatever the lengths. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  const digest = (value: string) => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(authorization ?? ""), digest(`Bearer ${token}`));
}

function isThisMachine(address = ""): boolean {
  return address === "::1" || /^(?:::ffff:)?127\./.test(address);
}

/** @param isOpenable whether there is a token that would open the page */
function askReader(response: Response, isOpenable: boolean): void {
  response.status(401);
  if (isOpenable) response.set("WWW-Authenticate", 'Basic realm="Why?", charset="UTF-8"');
  const words = isOpenable
    ? "Reload this page. When the browser asks, leave the name empty and give the value of ADMIN_TOKEN as the password; whoever runs this service knows it."
    : "Whoever runs this service has set no ADMIN_TOKEN, so this page is shut. Ask them to set one and to start the service again, or to run make why for you.";
  sendPage(response, "This page needs the admin token", [{ lines: [words] }]);
}

/** What a browser asked for name and password sends, as if it had sent the password as the token. */
function readersToken({ method, headers }: Request): string | undefined {
  const [, encoded] = /^Basic ([\w+/=-]+)$/i.exec(headers.authorization ?? "") ?? [];
  if (encoded === undefined || (method !== "GET" && method !== "HEAD"))
    return headers.authorization;
  const [, password] = /^[^:]*:(.*)$/.exec(Buffer.from(encoded, "base64").toString()) ?? [];
  return password === undefined ? undefined : `Bearer ${password}`;
}
