import type MarkdownIt from "markdown-it";
import type { StateBlock, StateCore, StateInline, Token } from "markdown-it";

/**
 * Teaches a Markdown reader what is none: a number or date at the start of a line is no list of one,
 * `2*3*4` no emphasis, `C:\_temp_` no escape, `> 5` no quotation. A list that begins elsewhere
 * than at 1 keeps its numbers as text, since replies know no `start`.
 */
export function keepAsWritten(markdownIt: InstanceType<typeof MarkdownIt>): void {
  const { block, inline, core } = markdownIt;
  inline.ruler.before("escape", "windows-path", windowsPath);
  inline.ruler.before("emphasis", "product", product);
  inline.ruler.before("emphasis", "dunder", dunder);
  // Before everything that a line may begin, as `blockquote` itself.
  block.ruler.before("blockquote", "comparison", comparison, { alt: ["paragraph", "list"] });
  core.ruler.after("block", "numbers-as-text", numbersAsText);
  const { escapeHtml } = markdownIt.utils;
  markdownIt.renderer.rules.lone_number = (tokens, index) =>
    `<p>${escapeHtml(tokens[index]?.content ?? "")}</p>`;
}

/** The rest of `C:\_temp_\new` and `\\server\share`: nothing in it is an escape or an emphasis. */
function windowsPath(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  if (src[pos] !== "\\") return false;
  const isDrive = /(?:^|[^\p{L}\p{N}])[A-Za-z]:$/u.test(src.slice(Math.max(0, pos - 3), pos));
  const path = isDrive ? /\\[^\s<>|"`]*/y : /\\\\[\w.-]+\\[^\s<>|"`]*/y;
  path.lastIndex = pos;
  const found = path.exec(src)?.[0];
  if (found === undefined) return false;
  if (!silent) state.pending += found;
  state.pos += found.length;
  return true;
}

/** A star between two letters or digits, as in `2*3*4`; doubled stars only between digits. */
function product(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  if (src[pos] !== "*") return false;
  const stars = /\*+/y;
  stars.lastIndex = pos;
  const run = stars.exec(src)?.[0] ?? "";
  const around = `${src[pos - 1] ?? " "}${src[pos + run.length] ?? " "}`;
  const isProduct = run.length === 1 ? /^[A-Za-z0-9]{2}$/ : /^[0-9]{2}$/;
  if (!isProduct.test(around)) return false;
  if (!silent) state.pending += run;
  state.pos += run.length;
  return true;
}

/** `__init__.py` and `__call__()`: underscores that belong to a name. */
function dunder(state: StateInline, silent: boolean): boolean {
  const name = /__\w{1,60}?__(?=[.(]\w|\(\))/y;
  name.lastIndex = state.pos;
  const found = name.exec(state.src)?.[0];
  if (found === undefined) return false;
  if (!silent) state.pending += found;
  state.pos += found.length;
  return true;
}

/** `> 5 GB` at the start of a line. */
function comparison(state: StateBlock, line: number, _end: number, silent: boolean): boolean {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  const text = state.src.slice(start, state.eMarks[line]);
  if (!/^>\s*[=<>±+-]?\s*[$€£¥]?\d/u.test(text)) return false;
  if (silent) return false;
  paragraph(state, text, line);
  state.line = line + 1;
  return true;
}

function paragraph(state: StateBlock, text: string, line: number): void {
  state.push("paragraph_open", "p", 1).map = [line, line + 1];
  const inlined = state.push("inline", "", 0);
  inlined.content = text;
  inlined.map = [line, line + 1];
  inlined.children = [];
  state.push("paragraph_close", "p", -1);
}

/**
 * Numbered lists that no reader would take for one (a single item: "3. May is a holiday"), or that
 * go on after an interruption ("2. …"), as lines that begin with their numbers.
 */
function numbersAsText(state: StateCore): void {
  const open: { at: number; items: Token[]; level: number }[] = [];
  for (const [at, token] of state.tokens.entries()) {
    if (token.type === "ordered_list_open") open.push({ at, items: [], level: token.level });
    const list = open.at(-1);
    if (token.type === "list_item_open" && token.level === (list?.level ?? Number.NaN) + 1) {
      list?.items.push(token);
    }
    if (token.type === "ordered_list_close" && list !== undefined) {
      open.pop();
      const start = Number(state.tokens[list.at]?.attrGet("start") ?? 1);
      if (list.items.length > 1 && start === 1) continue;
      asParagraphs(state.tokens.slice(list.at, at + 1), list.level);
    }
  }
}

/** What is a list becomes nothing, and each item's first words get its number. */
function asParagraphs(tokens: Token[], level: number): void {
  let marker = "";
  for (const token of tokens) {
    const isOwn = token.level === level || token.level === level + 1;
    if (isOwn && /^(?:ordered_list|list_item)_/.test(token.type)) {
      const isEmpty = token.type === "list_item_close" && marker !== "";
      token.content = isEmpty ? marker.trim() : "";
      marker = token.type === "list_item_open" ? `${token.info}${token.markup} ` : "";
      token.type = isEmpty ? "lone_number" : "nothing";
      token.hidden = true;
      token.attrs = null;
      continue;
    }
    if (token.type.startsWith("paragraph_") && token.level === level + 2) token.hidden = false;
    if (token.type === "inline" && marker !== "") {
      token.content = marker + token.content;
      marker = "";
    }
  }
}
