/**
 * Makes an element. Children are elements or text, and text stays text: nothing here ever reads
 * a string as markup.
 *
 * @param {string} name for example "button"
 * @param {Record<string, unknown>} properties DOM properties (`className`, `type`, `onclick`),
 *   or attributes where the name has a hyphen or is `role`, `for`; `null` and `false` are left out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElement}
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (value === null || value === false) continue;
    if (property.includes("-") || property === "role" || property === "for") {
      made.setAttribute(property, String(value));
    } else {
      made[property] = value;
    }
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The element with this id; the page was written together with its scripts. */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}`);
  return found;
}

/** A link that opens beside the page, or plain text where the address is none of the web. */
export function link(url, text) {
  if (!/^https?:\/\//i.test(url)) return element("span", {}, text);
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text);
}

/** The title of a source, which leads to its own address or to this service's page about it. */
export function sourceLink({ title, url, page = null }) {
  if (url !== null) return link(url, title);
  return page === null
    ? element("span", {}, title)
    : link(new URL(page, location.href).href, title);
}
