import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";

/**
 * Lets only requests pass that carry `Authorization: Bearer <ADMIN_TOKEN>`.
 *
 * @param adminToken `null`: no token is configured, so nobody passes
 */
export function createAdminGuard(adminToken: string | null): RequestHandler {
  return (request, response, next) => {
    if (adminToken !== null && hasToken(request.headers.authorization, adminToken)) {
      next();
      return;
    }
    const error =
      adminToken === null
        ? "This address needs a token: set ADMIN_TOKEN, start again, and send it as 'Authorization: Bearer <ADMIN_TOKEN>'."
        : "Send the value of ADMIN_TOKEN as 'Authorization: Bearer <ADMIN_TOKEN>'.";
    response.status(401).set("WWW-Authenticate", "Bearer").json({ error });
  };
}

/** Whether it is `Bearer <token>`; compares in constant time, whatever the lengths. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  const digest = (value: string) => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(authorization ?? ""), digest(`Bearer ${token}`));
}
