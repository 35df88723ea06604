import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../core/ports.ts";
import { isAdmin } from "../admin-guard.ts";
import { sentences } from "./wording.ts";

const cookieName = "chat_login";
const loginMs = 12 * 60 * 60_000;
const maxWrongLogins = 10;
const wrongLoginWindowMs = 60_000;
/** Addresses remembered for their wrong logins; the one used longest ago is forgotten first. */
const maxAddresses = 1_000;

export type Access = {
  /** Whether somebody must log in at all. */
  needsLogin: boolean;
  /** Why a request may not do what it asks for, or `null`. */
  refusal(headers: IncomingHttpHeaders): { status: 401 | 403; error: string } | null;
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
 * Who may use the page.
 *
 * @param options.isOpen everybody who can connect, as in mock mode, where only this machine can
 * @param options.isLocalOnly only under this machine's own names: a site whose name leads here
 *   (DNS rebinding) must not reach the page through its visitor's browser
 */
export function createAccess(options: {
  isOpen: boolean;
  isLocalOnly: boolean;
  adminToken: string | null;
  clock: Clock;
}): Access {
  const { isOpen, isLocalOnly, adminToken, clock } = options;
  const wrongLogins = new LRUCache<string, number[]>({ max: maxAddresses });

  const foreignRefusal: Access["foreignRefusal"] = (headers) => {
    if (isLocalOnly && !isLocalName(headers.host)) {
      return { status: 403, error: sentences.otherHost };
    }
    return isSameOrigin(headers) ? null : { status: 403, error: sentences.otherOrigin };
  };

  return {
    needsLogin: !isOpen,
    foreignRefusal,
    refusal(headers) {
      const foreign = foreignRefusal(headers);
      if (foreign !== null) return foreign;
      if (isOpen || isLoggedIn(headers)) return null;
      const error = adminToken === null ? sentences.noToken : sentences.loginNeeded;
      return { status: 401, error };
    },
    logIn(token, address, isEncrypted) {
      const now = clock();
      if (adminToken === null || !isAdmin(`Bearer ${token}`, adminToken)) {
        const recent = (wrongLogins.get(address) ?? []).filter(
          (at) => at > now - wrongLoginWindowMs,
        );
        if (recent.length >= maxWrongLogins) return { problem: "too-many-logins" };
        wrongLogins.set(address, [...recent, now]);
        return { problem: "wrong-token" };
      }
      const until = now + loginMs;
      const login = cookie(`${until}.${signatureOf(until, adminToken)}`, loginMs / 1000);
      return { cookie: isEncrypted ? `${login}; Secure` : login };
    },
    logOutCookie: cookie("", 0),
  };

  function isLoggedIn({ authorization, cookie: cookies }: IncomingHttpHeaders): boolean {
    if (adminToken === null) return false;
    if (isAdmin(authorization, adminToken)) return true;
    const [until = "", signature = ""] = readCookie(cookies ?? "").split(".");
    if (!(Number(until) > clock())) return false;
    return areEqual(signature, signatureOf(Number(until), adminToken));
  }
}

/**
 * A login is a time limit signed with ADMIN_TOKEN, so it survives a restart and ends with the token.
 * Strict: no other site can make the browser send it.
 */
function signatureOf(until: number, adminToken: string): string {
  return createHmac("sha256", adminToken).update(`chat login until ${until}`).digest("base64url");
}

function cookie(value: string, maxAgeSeconds: number): string {
  return `${cookieName}=${value}; Path=/chat; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`;
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
