import MarkdownIt, { type Token } from "markdown-it";
import { linkKey, webLink } from "./link-key.ts";
import { attribute, parsedReply } from "./reply-html.ts";

/**
 * Every link, bare domain and e-mail address that a customer would see in the reply, each place
 * once (`linkKey`): addresses in lower case without `mailto:`, links as `https://…`.
 */
export function linksIn(markdown: string): string[] {
  const found = parsedReply(markdown).flatMap((block) => [
    ...targetsIn(block.children ?? []).flatMap(readable),
    ...shownIn(visibleText(block)).flatMap(readable),
  ]);
  return [...new Map(found.reverse().map((link) => [linkKey(link), link])).values()].reverse();
}

/**
 * The links of a reply that stand in none of the texts.
 *
 * @param texts Markdown or plain addresses, such as a source's text and its own address
 * @returns as `linksIn` writes them
 */
export function unknownLinks(reply: string, texts: readonly string[]): string[] {
  const links = linksIn(reply);
  if (links.length === 0) return [];
  const known = new Set(texts.flatMap(linksIn).map(linkKey));
  return links.filter((link) => !known.has(linkKey(link)));
}

/** Also sees `example.com`, which many mail programs make clickable by themselves. */
const finder = new MarkdownIt().linkify.set({ fuzzyLink: true, fuzzyEmail: true }).tlds(
  [
    "academy account agency ai app art bank best beauty bid bio blog bot build business buzz capital",
    "care casa center chat cheap church city claims click cloud club codes coffee community company",
    "computer consulting cool country coupons credit cricket cyou date dating deals delivery design",
    "dev digital direct directory download education email energy engineering enterprises events",
    "exchange expert express faith farm fashion finance financial fit foundation fun fund fyi gallery",
    "games gift gives global gmbh gold graphics green group guide guru health help homes host hosting",
    "house icu immo insure international investments kim land lat law legal life limited link live",
    "llc loan loans ltd market marketing media men money monster mov mx network news ninja nyc one",
    "online ooo page partners parts pay photography photos pics pictures plus press pro productions",
    "properties pub quest racing realty recipes rent repair rest review reviews rip rocks run",
    "sale sbs school science security services sex sexy shop shopping show site skin social",
    "software solutions space store stream studio style supplies supply support surf systems tax",
    "team tech technology tips today tokyo tools top toys trade trading training travel university",
    "uno vacations ventures vin vip vision watch webcam website wiki win wine work works world wtf",
    "xin xyz yachts zip zone",
  ].flatMap((line) => line.split(" ")),
  true,
);

function targetsIn(tokens: Token[]): string[] {
  return tokens
    .map((token) => attribute(token, "href") || attribute(token, "src"))
    .filter((target) => target !== "");
}

/** What the block shows, with its formatting gone: `exam**ple.com**` reads as one address. */
function visibleText(block: Token): string {
  if (block.children === null) return block.content;
  return block.children
    .map((token) => (token.type.endsWith("break") ? "\n" : token.content))
    .join("");
}

/**
 * What in a text may be taken for an address by a reader, a mail program or Messenger: whatever the
 * finder knows, IPv4 addresses, and every `name.name` whose last label has two letters or more,
 * also with a port, path or query. Taken for words are file names and two sentences without a blank
 * between them. Rather one too many, which costs a look by a person, than one that reaches a
 * customer unseen.
 */
function shownIn(text: string): string[] {
  // Invisible characters end an address for us, but not for whoever makes it clickable.
  const visible = text.replace(/[\p{Cf}\p{DI}]/gu, "").replace(/[\u3002\uff0e\uff61]/g, ".");
  const linked = finder.match(visible) ?? [];
  const bare = [...visible.matchAll(bareAddress)]
    .map((match) => ({ index: match.index, address: match[0].replace(/[.,;:!?'"”’»…]+$/, "") }))
    .filter(({ address }) => !isFileOrSentence(address))
    // A link's own path and query may name others: `https://acme.com/?next=example.com`.
    .filter(
      ({ index, address }) =>
        !linked.some((link) => link.index <= index && index + address.length <= link.lastIndex),
    );
  return [...linked.map(({ url }) => url), ...bare.map(({ address }) => `https://${address}`)];
}

/** A host name or an IPv4 address, with port, path and query where there are any. */
const bareAddress =
  /(?<![\p{L}\p{N}_-]|[\p{L}\p{N}_-]\.)(?:(?:[\p{L}\p{N}_-]+\.)+\p{L}{2,}|\d{1,3}(?:\.\d{1,3}){3})(?![\p{L}\p{N}_])(?::\d+)?(?:[/?#][^\s<>()]*)?/gu;

/** None of these is a top-level domain; `zip`, `py` and `md` are. */
const fileEnding =
  /\.(?:apk|bat|conf|cpp|css|csv|dmg|docx?|eml|env|exe|gif|heic|html?|ics|ini|java|jpe?g|jsx?|json|log|msi|pdf|php|png|pptx?|rb|rtf|sql|svg|tar|toml|tsx?|txt|wav|webp|xlsx?|xml|ya?ml)(?![^/:?#])/i;

/** `notes.txt`, `Next.js/React`, and two sentences without a blank between them: `Done.Then`. */
function isFileOrSentence(address: string): boolean {
  if (/^www\./i.test(address)) return false;
  return (
    fileEnding.test(address.split(/[/?#]/, 1)[0] ?? "") ||
    /^[^/:?#]+\.\p{Lu}\p{Ll}+$/u.test(address)
  );
}

/** A link as people read it; `mailto:a@x?bcc=b@y` names two addresses. */
function readable(target: string): string[] {
  if (!/^mailto:/i.test(target)) return [webLink(target) ?? URL.parse(target)?.href ?? target];
  const pieces = decoded(target.slice("mailto:".length))
    .split(/[?&=,;]/)
    .join("\n");
  const addresses = finder.match(pieces) ?? [];
  return addresses.map((match) => match.url.replace(/^mailto:/i, "").toLowerCase());
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
