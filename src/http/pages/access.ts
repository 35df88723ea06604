import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../core/ports.ts";
import { hasToken } from "../admin-guard.ts";
import { sentences } from "./wording.ts";

const cookieName = "login";
const loginMs = 12 * 60 * 60_000;
const maxWrongLogins = 10;
const wrongLoginWindowMs = 60_000;
/** Addresses remembered for their wrong logins; the one used longest ago is forgotten first. */
const maxAddresses = 1_000;

/** `admin` may do everything, `reader` may look at what is remembered and suggest changes. */
export type Role = "admin" | "reader";

export type Access = {
  /** Whether somebody must log in at all. */
  needsLogin: boolean;
  /**
   * Why a request may not do what it asks for, or `null`.
   * @param role who may do it; unless said otherwise only the admin
   */
  refusal(headers: IncomingHttpHeaders, role?: Role): { status: 401 | 403; error: string } | null;
  /** Who asks, or `null` for nobody we know. */
  roleOf(headers: IncomingHttpHeaders): Role | null;
  /** Why nothing may be done for a request, whoever sends it: it is another site's. */
  foreignRefusal(headers: IncomingHttpHeaders): { status: 403; error: string } | null;
  /**
   * Where a form with this token leads: in, or back with a sentence. The right token always enters:
   * nobody can lock anybody out by guessing.
   * @param address whose wrong tokens are counted
   * @param isEncrypted the browser came over TLS, so the cookie need never go without
   */
  logIn(
    token: string,
    address: string,
    isEncrypted: boolean,
  ): { cookie: string } | { problem: "wrong-token" | "too-many-logins" };
  /** The header that logs out. */
  logOutCookie: string;
};

/**
 * Who may use the pages.
 *
 * @param options.isOpen everybody who can connect, as in mock mode, where only this machine can
 * @param options.isLocalOnly only under this machine's own names: a site whose name leads here
 *   (DNS rebinding) must not reach the page through its visitor's browser
 * @param options.readerToken opens what a reader may do; `null`: there are no readers
 */
export function createAccess(options: {
  isOpen: boolean;
  isLocalOnly: boolean;
  adminToken: string | null;
  readerToken: string | null;
  clock: Clock;
}): Access {
  const { isOpen, isLocalOnly, adminToken, readerToken, clock } = options;
  const tokens: Record<Role, string | null> = { admin: adminToken, reader: readerToken };
  const wrongLogins = new LRUCache<string, number[]>({ max: maxAddresses });

  const foreignRefusal: Access["foreignRefusal"] = (headers) => {
    if (isLocalOnly && !isLocalName(headers.host)) {
      return { status: 403, error: sentences.otherHost };
    }
    return isSameOrigin(headers) ? null : { status: 403, error: sentences.otherOrigin };
  };

  const roleOf: Access["roleOf"] = ({ authorization, cookie: cookies }) => {
    if (isOpen) return "admin";
    const bearer = roles.find((role) => isTokenOf(role, authorization));
    return bearer ?? roleLoggedIn(cookies ?? "");
  };

  return {
    needsLogin: !isOpen,
    foreignRefusal,
    roleOf,
    refusal(headers, wanted = "admin") {
      const foreign = foreignRefusal(headers);
      if (foreign !== null) return foreign;
      const role = roleOf(headers);
      if (role === "admin" || role === wanted) return null;
      if (role !== null) return { status: 403, error: sentences.readersMayNot };
      const error = adminToken === null ? sentences.noToken : sentences.loginNeeded;
      return { status: 401, error };
    },
    logIn(token, address, isEncrypted) {
      const now = clock();
      const role = roles.find((one) => isTokenOf(one, `Bearer ${token}`));
      if (role === undefined) {
        const recent = (wrongLogins.get(address) ?? []).filter(
          (at) => at > now - wrongLoginWindowMs,
        );
        if (recent.length >= maxWrongLogins) return { problem: "too-many-logins" };
        wrongLogins.set(address, [...recent, now]);
        return { problem: "wrong-token" };
      }
      const until = now + loginMs;
      const signature = signatureOf(role, until, tokens[role] ?? "");
      const login = cookie(`${until}.${role}.${signature}`, loginMs / 1000);
      return { cookie: isEncrypted ? `${login}; Secure` : login };
    },
    logOutCookie: cookie("", 0),
  };

  function isTokenOf(role: Role, authorization: string | undefined): boolean {
    const token = tokens[role];
    return token !== null && hasToken(authorization, token);
  }

  function roleLoggedIn(cookies: string): Role | null {
    const [until = "", named = "", signature = ""] = readCookie(cookies).split(".");
    if (!(Number(until) > clock())) return null;
    const role = roles.find((one) => one === named);
    const token = role === undefined ? null : tokens[role];
    if (role === undefined || token === null) return null;
    return areEqual(signature, signatureOf(role, Number(until), token)) ? role : null;
  }
}

const roles: readonly Role[] = ["admin", "reader"];

/**
 * A login is a role and a time limit signed with its token, so it survives a restart and ends with the token.
 * Strict: no other site can make the browser send it.
 */
function signatureOf(role: Role, until: number, token: string): string {
  return createHmac("sha256", token).update(`${role} login until ${until}`).digest("base64url");
}

function cookie(value: string, maxAgeSeconds: number): string {
  return `${cookieName}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`;
}

function readCookie(cookies: string): string {
  const prefix = `${cookieName}=`;
  const found = cookies.split(/;\s*/).find((entry) => entry.startsWith(prefix));
  return found?.slice(prefix.length) ?? "";
}

/** Browsers name the page's origin on everything that changes something, and on sockets. */
function isSameOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function isLocalName(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? "");
}

function areEqual(one: string, other: string): boolean {
  const digest = (value: string) => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(one), digest(other));
}
