/** Addresses that differ in their numbers only, such as the days of a calendar. */
export const sameShape = 200;
/** Addresses of one path with different queries, such as the orders of a list. */
const sameBare = 10;
const sameSegment = 3;

/**
 * Whether a link is followed, or why not: `one-of-many` are pages that may be worth it, by their
 * numbers alone; `no-end` leads in circles, or to the same in another order.
 */
type Followed = "followed" | "too-deep" | "one-of-many" | "no-end";

/** Says of each new address once whether it is to be followed, so that no crawl goes on for ever. */
export function createCrawlLimits(
  maximumDepth: number,
): (address: string, depth: number) => Followed {
  const counts = new Map<string, number>();
  const count = (key: string) => {
    const counted = (counts.get(key) ?? 0) + 1;
    counts.set(key, counted);
    return counted;
  };
  return (address, depth) => {
    if (depth > maximumDepth) return "too-deep";
    const { pathname, search, searchParams } = new URL(address);
    const segments = pathname.split("/").filter(Boolean);
    const isRepeating = segments.some(
      (segment) => segments.filter((other) => other === segment).length > sameSegment,
    );
    if (isRepeating) return "no-end";
    if (search !== "" && count(`? ${pathname}`) > sameBare) return "no-end";
    const names = [...searchParams.keys()].sort().join("&");
    const shape = `${pathname.replace(/\d+/g, "0")}?${names}`;
    const hasNumbers = /\d/.test(pathname) || search !== "";
    if (!hasNumbers || count(`/ ${shape}`) <= sameShape) return "followed";
    return search === "" ? "one-of-many" : "no-end";
  };
}
