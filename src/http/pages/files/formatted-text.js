import { element, link } from "./elements.js";

/**
 * Shows a reply's Markdown roughly as Intercom will: paragraphs, lists, bold words, links.
 * Everything else, HTML included, stands there as it was written.
 *
 * @param {string} markdown
 * @returns {DocumentFragment}
 */
export function formattedText(markdown) {
  const fragment = document.createDocumentFragment();
  for (const block of blocksIn(markdown)) fragment.append(block);
  return fragment;
}

const listItem = /^\s*(?:(\d+)[.)]|[-*•])\s+(.*)$/;
const heading = /^#{1,6}\s+(.*)$/;

function* blocksIn(markdown) {
  let paragraph = [];
  let list = null;
  const endParagraph = () => {
    const lines = paragraph;
    paragraph = [];
    return lines.length === 0 ? [] : [element("p", {}, ...inlineIn(lines.join("\n")))];
  };
  const endList = () => {
    const ended = list;
    list = null;
    return ended === null ? [] : [ended];
  };

  for (const line of markdown.split("\n")) {
    const item = listItem.exec(line);
    const title = heading.exec(line);
    if (item !== null) {
      yield* endParagraph();
      const name = item[1] === undefined ? "ul" : "ol";
      if (list !== null && list.localName !== name) yield* endList();
      list ??= element(name, name === "ol" ? { start: Number(item[1]) } : {});
      list.append(element("li", {}, ...inlineIn(item[2])));
    } else if (line.trim() === "") {
      yield* endParagraph();
      yield* endList();
    } else if (title !== null) {
      yield* endParagraph();
      yield* endList();
      yield element("p", {}, element("strong", {}, ...inlineIn(title[1])));
    } else {
      yield* endList();
      paragraph.push(line);
    }
  }
  yield* endParagraph();
  yield* endList();
}

const inline =
  /\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)|\*\*([^*\n]+)\*\*|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?'"])/g;

function* inlineIn(text) {
  let from = 0;
  for (const match of text.matchAll(inline)) {
    const [whole, words, target, bold, address] = match;
    if (match.index > from) yield text.slice(from, match.index);
    if (bold !== undefined) yield element("strong", {}, bold);
    else yield link(target ?? address, words ?? address);
    from = match.index + whole.length;
  }
  if (from < text.length) yield text.slice(from);
}
