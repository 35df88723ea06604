/**
 * Whether an address is the team's own and must never be a link that a customer gets: a page of
 * Intercom's inbox or of Slack, a host that only the company's network knows, or an address that
 * lets in whoever has it (credentials, a signed query, a token). What is no address is not private.
 *
 * @param address an http(s) URL, or one without its scheme (`app.intercom.com/a/inbox`)
 */
export function isPrivateAddress(address: string): boolean {
  const url = parse(address.trim());
  if (url === null) return false;
  if (teamSchemes.has(url.protocol)) return true;
  if (!/^(?:https?|wss?|ftp):$/.test(url.protocol)) return false;
  const host = url.hostname.replace(/\.$/, "");
  return (
    url.username !== "" ||
    url.password !== "" ||
    isPrivateHost(host) ||
    isInbox(host) ||
    isSlack(host, url.pathname) ||
    [...url.searchParams.keys()].some((name) => signingNames.test(name))
  );
}

const teamSchemes = new Set(["slack:", "intercom:", "file:"]);

function parse(address: string): URL | null {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  if (!hasScheme && !withoutScheme.test(address)) return null;
  // The browser takes `//host/path` for a link as well.
  const whole = hasScheme ? address : `https://${address.replace(/^[/\\]{2}/, "")}`;
  return URL.canParse(whole) ? new URL(whole) : null;
}

/** A domain with a path or alone, `localhost` with a port, `//host`; not `12:30`, not `mailto:`. */
const withoutScheme = /^(?:[/\\]{2}|(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]|$)|localhost:\d)/i;

/** `URL` has written every notation of an IPv4 address (decimal, octal, hexadecimal) as four numbers. */
function isPrivateHost(host: string): boolean {
  if (host.startsWith("[")) return isPrivateIPv6(host.slice(1, -1));
  const four = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host);
  if (four !== null) return isPrivateIPv4(Number(four[1]), Number(four[2]));
  return !host.includes(".") || privateSuffixes.test(host);
}

/**
 * Suffixes that no public name server knows: RFC 6762 (`local`), RFC 8375 (`home.arpa`), RFC 6761
 * (`localhost`), ICANN's `internal`, and those that RFC 6762, appendix G, names as used privately.
 */
const privateSuffixes =
  /\.(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa)$/;

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
function isPrivateIPv4(first: number, second: number): boolean {
  return (
    first === 0 ||
    first === 10 ||
    first === 127 ||
    (first === 100 && second >= 64 && second <= 127) ||
    (first === 169 && second === 254) ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168) ||
    first >= 224
  );
}

/** https://www.iana.org/assignments/iana-ipv6-special-registry */
function isPrivateIPv6(address: string): boolean {
  const mapped = /^::ffff:([0-9a-f]+):[0-9a-f]+$/.exec(address);
  if (mapped !== null) {
    const upper = Number.parseInt(mapped[1] ?? "0", 16);
    return isPrivateIPv4(upper >> 8, upper & 0xff);
  }
  return address === "::" || address === "::1" || /^(?:f[cd]|fe[89ab])[0-9a-f]*:/.test(address);
}

/** `app.intercom.com`, `app.eu.intercom.com`, `app.intercom.io` …; help centers live elsewhere. */
function isInbox(host: string): boolean {
  return /^app\.(?:[a-z]+\.)?intercom\.(?:com|io)$/.test(host);
}

/** Slack's own public pages stay links, and so does an invitation to a community. */
function isSlack(host: string, path: string): boolean {
  if (host === "slack-files.com" || host.endsWith(".slack-files.com")) return true;
  if (host === "slack.com")
    return /^\/(?:archives|client|app_redirect|files|messages)\b/.test(path);
  if (!host.endsWith(".slack.com")) return false;
  return !/^(?:www|api|docs|status|join)\.slack\.com$/.test(host);
}

/** What signs a query at the storage services (S3, CloudFront, Google, Azure, Intercom's own files), or lets in. */
const signingNames =
  /^(?:x-(?:amz|goog)-(?:signature|credential|security-token)|awsaccesskeyid|googleaccessid|signature|sig|hmac|key-pair-id|(?:access|auth|id|refresh|session|reset|login)?[_-]?token|jwt|api[_-]?key|apikey|password|passwd|secret|client[_-]secret|session(?:id|[_-]id))$/i;

const removed = "\uE000";
/** What ends an address in a text. */
const edges = /([\s()<>[\]"'|]+)/;

/** A text without the addresses in it that are the team's own; the words of a Markdown link stay. */
export function withoutPrivateAddresses(text: string): string {
  if (!/:\/\/|\/|localhost:/i.test(text)) return text;
  let isChanged = false;
  const pieces = text.split(edges).map((piece) => {
    const start = startOfAddress(piece);
    if (start === -1) return piece;
    const end = piece.length - trailingMarks(piece);
    if (!isPrivateAddress(piece.slice(start, end))) return piece;
    isChanged = true;
    return `${piece.slice(0, start)}${removed}${piece.slice(end)}`;
  });
  if (!isChanged) return text;
  return pieces
    .join("")
    .replace(/\[([^[\]]*)\]\(\uE000(?: "[^"\n]*")?\)/g, "$1")
    .replace(/<\uE000\|([^<>|]*)>/g, "$1")
    .replace(/[ \t]?(?:<\uE000>|\(\uE000\)|\uE000)/g, "");
}

/** Where an address begins in a piece without white space; -1 where there is none. */
function startOfAddress(piece: string): number {
  const colon = piece.indexOf("://");
  if (colon > 0) {
    let start = colon;
    while (start > 0 && /[a-z0-9+.-]/i.test(piece.charAt(start - 1))) start -= 1;
    return start;
  }
  const isBare = /^(?:\/\/)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?\//i.test(piece);
  return isBare || /^localhost:\d/i.test(piece) ? 0 : -1;
}

function trailingMarks(piece: string): number {
  let count = 0;
  while (count < piece.length && ".,;:!?".includes(piece.charAt(piece.length - 1 - count)))
    count += 1;
  return count;
}
