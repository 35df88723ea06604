/** Which hosts pages may be read from. */
export type AllowedHosts = {
  mayRead(url: URL): boolean;
  /** Whether it may lie in the operator's own network. */
  mayBePrivate(url: URL): boolean;
};

/**
 * What the operator named, and nothing else: the hosts of the sites, with and without `www.`, and
 * further ones.
 *
 * @param addresses of the sites
 * @param named `cdn.example.com` is a further public host on its usual port; with its port
 *   (`wiki.internal:8080`, `[::1]:8080`) also one of the operator's own network
 */
export function allowedHosts(addresses: readonly string[], named: readonly string[]): AllowedHosts {
  const hosts = new Set(named.map((host) => host.toLowerCase()));
  for (const address of addresses) {
    const url = new URL(address);
    for (const hostname of twins(url.hostname)) {
      hosts.add(url.port === "" ? hostname : `${hostname}:${url.port}`);
    }
  }
  const withPort = new Set(named.filter((host) => /:\d+$/.test(host)));
  return {
    mayRead: (url) =>
      // A usual port need not be said.
      (url.port === "" && hosts.has(hostOf(url))) || hosts.has(`${hostOf(url)}:${portOf(url)}`),
    mayBePrivate: (url) => withPort.has(`${hostOf(url)}:${portOf(url)}`),
  };
}

/** `CDN.example.com` or `wiki.internal:80`, as `URL` writes a host; `null` where it is none. */
export function hostIn(written: string): string | null {
  const url = URL.parse(`http://${written}`);
  if (url === null || !/^[^/@?#\s]+$/.test(written)) return null;
  const port = /:(\d+)$/.exec(written)?.[1];
  return port === undefined ? url.hostname : `${url.hostname}:${port}`;
}

function twins(hostname: string): string[] {
  return hostname.startsWith("www.")
    ? [hostname, hostname.slice("www.".length)]
    : [hostname, `www.${hostname}`];
}

function hostOf(url: URL): string {
  return url.hostname.replace(/\.$/, "");
}

function portOf({ port, protocol }: URL): string {
  if (port !== "") return port;
  return protocol === "https:" ? "443" : "80";
}
