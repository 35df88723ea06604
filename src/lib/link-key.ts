/**
 * One way of writing a link, so that two that lead to one place compare as equal and two that do
 * not never do: everything that asks whether a link is known asks by this.
 *
 * Without difference are: http and https, the host's case and Unicode form, a default port, a dot
 * after the host, slashes at the end, the fragment, `&amp;` for `&`, the order of parameters and
 * those that only track a visit, and how harmless characters are percent-encoded. Case in a path,
 * credentials and every other parameter make a difference.
 *
 * @param link an http(s) URL, also without its scheme or as `//host`, or an e-mail address with or
 *   without `mailto:`; anything else is compared letter by letter
 */
export function linkKey(link: string): string {
  const written = link.trim().replace(/&(?:amp|#38|#x26);/gi, "&");
  const mail = /^(?:mailto:)?([^\s/:?#]+@[^\s/:?#@]+)$/i.exec(written);
  if (mail !== null) return (mail[1] ?? "").toLowerCase();
  const url = parsed(written);
  if (url === null) return written;
  if (url.protocol !== "http:" && url.protocol !== "https:") return url.href;
  const { username, password, hostname, port } = url;
  const credentials = username === "" && password === "" ? "" : `${username}:${password}@`;
  const host = hostname.replace(/\.$/, "") + (port === "" ? "" : `:${port}`);
  return credentials + host + evenly(url.pathname).replace(/\/+$/, "") + queryOf(url);
}

/**
 * A link as people may read it, spelt by one rule: `https://…`, no slash at the end.
 *
 * @returns `null` for what is no http(s) link
 */
export function webLink(link: string): string | null {
  const url = parsed(link.trim());
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return null;
  return url.href.replace(/^http:/, "https:").replace(/\/(?=$|[?#])/, "");
}

function parsed(link: string): URL | null {
  // Browsers take `//host` and `\\host` for a link as well.
  const whole = link.replace(/^[/\\]{2}/, "https://");
  return URL.parse(whole) ?? (withoutScheme.test(whole) ? URL.parse(`https://${whole}`) : null);
}

/** A domain with a path, a port or alone. */
const withoutScheme = /^(?:[\p{L}\p{N}_-]+\.)+[\p{L}\p{N}]{2,}\.?(?::\d+)?(?:[/?#]|$)/u;

/** What tells the site where its visitor comes from, and changes nothing of what they see. */
const tracking =
  /^(?:utm_\w+|gclid|gbraid|wbraid|dclid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_hs(?:enc|mi)|_ga|_gl|mkt_tok|vero_id|oly_(?:anon|enc)_id)$/i;

/** Whether a parameter only tracks a visit. */
export function isTracking(parameter: string): boolean {
  return tracking.test(parameter);
}

function queryOf({ search }: URL): string {
  const kept = search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !isTracking(pair.split("=", 1)[0] ?? ""))
    .map(evenly)
    .sort();
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** Percent-encodes in one way: what `encodeURIComponent` leaves as it is stands as it is. */
function evenly(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~!'()*-]/.test(character) ? character : code.toUpperCase();
  });
}
