import { BlockList, isIP, isIPv6 } from "node:net";

/** `never`: no name leads there rightly, not even one that the operator allowed to be private. */
export type AddressKind = "public" | "private" | "never";

/**
 * Whether an address is one of the open internet.
 *
 * @param address an IPv4 or IPv6 address as a name server gives it; anything else is `never`
 */
export function kindOfAddress(address: string): AddressKind {
  const plain = address.replace(/%.*$/, "");
  const four = embeddedIPv4(plain);
  if (four !== null) return kindOfAddress(four);
  const family = isIPv6(plain) ? "ipv6" : "ipv4";
  // A list says of what is no address that it does not stand there.
  if (isIP(plain) === 0 || never.check(plain, family)) return "never";
  return ownNetwork.check(plain, family) ? "private" : "public";
}

/**
 * Link-local addresses, where clouds keep the keys of a machine (169.254.169.254, fd00:ec2::254),
 * and what belongs to no single machine: https://www.iana.org/assignments/iana-ipv4-special-registry,
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const never = blockList([
  "0.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  // Alibaba's and Oracle's keepers of keys lie among the shared and the reserved addresses.
  "100.100.100.200/32",
  "::/128",
  "100::/64",
  // Tunnels: what they lead to is written in them, and nobody serves a page there.
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fd00:ec2::254/128",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
]);

const ownNetwork = blockList([
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1/128",
  "fc00::/7",
]);

function blockList(networks: string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    list.addSubnet(address, Number(prefix), isIPv6(address) ? "ipv6" : "ipv4");
  }
  return list;
}

/** Mapped (`::ffff:7f00:1`), compatible (`::127.0.0.1`) and translated (`64:ff9b::7f00:1`, RFC 6052). */
function embeddedIPv4(address: string): string | null {
  if (!isIPv6(address)) return null;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  const before = groups.slice(0, 6).join(":");
  const isEmbedded =
    before === "0:0:0:0:0:65535" ||
    before === "100:65435:0:0:0:0" ||
    (before === "0:0:0:0:0:0" && high > 0);
  return isEmbedded ? [high >> 8, high & 255, low >> 8, low & 255].join(".") : null;
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  // `URL` writes every notation in one way, a dotted end included.
  const written = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1) ?? "::";
  const [start = "", end] = written.split("::");
  const numbers = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(start), numbers(end ?? "")];
  const zeros = new Array<number>(Math.max(0, 8 - first.length - last.length)).fill(0);
  return [...first, ...zeros, ...last];
}
