import type { Config } from "../config.ts";
import { type Access, createAccess } from "../http/pages/access.ts";

/** Who may use the pages: in mock mode everybody on this machine, else who has a token. */
export function createPageAccess({ isMock, host, adminToken, suggestToken }: Config): Access {
  return createAccess({
    isOpen: isMock,
    isLocalOnly: isMock && isLoopback(host),
    adminToken,
    readerToken: suggestToken,
    clock: Date.now,
  });
}

function isLoopback(host: string): boolean {
  return ["127.0.0.1", "::1", "localhost"].includes(host);
}
