/**
 * Slack's limits, as its reference for Block Kit and for the methods states them. The stand-in runs
 * this over every message and view, and the tests of cards and views run it over every one they build.
 *
 * @returns each broken limit in words; none is how it should be
 */
export function limitsBroken(surface: Surface): string[] {
  const broken: string[] = [];
  const blocks = asList(surface.blocks);
  const report = (problem: string) => void broken.push(problem);
  const atMost = (what: string, value: unknown, limit: number) => {
    if (typeof value === "string" && slackLength(value) > limit) {
      report(`${what}: ${slackLength(value)} characters, allowed are ${limit}`);
    }
  };

  if (surface.kind === "view") {
    if (blocks.length > 100) report(`view: ${blocks.length} blocks`);
    for (const name of ["title", "submit", "close"]) {
      atMost(`view ${name}`, textOf(surface[name]), 24);
    }
    atMost("private_metadata", surface.private_metadata, 3000);
    atMost("callback_id", surface.callback_id, 255);
    if (Buffer.byteLength(JSON.stringify(surface)) > 250_000) report("view: over 250 KB");
  } else {
    if (blocks.length > 50) report(`message: ${blocks.length} blocks`);
    atMost("text", surface.text, surface.kind === "update" ? 4000 : 40_000);
    broken.push(...brokenMarkup(String(surface.text)));
    if (surface.text === undefined || surface.text === "") report("message: no text");
    const length = blocks.reduce((sum: number, block) => sum + displayed(block), 0);
    if (length > 10_000) report(`message: ${length} characters in all blocks`);
    // https://docs.slack.dev/reference/methods/chat.update: `block_mismatch`
    if (surface.kind === "update" && !blocks.some(({ type }) => type === "rich_text")) {
      report("an update without rich text may be refused where the message has some");
    }
  }

  const blockIds = blocks.map((block) => block.block_id).filter((id) => id !== undefined);
  if (new Set(blockIds).size < blockIds.length) report("a block_id occurs twice");
  for (const block of blocks) {
    atMost("block_id", block.block_id, 255);
    checkBlock(block);
  }
  broken.push(...brokenCharacters(surface));
  return broken;

  function checkBlock(block: Json): void {
    switch (block.type) {
      case "section":
        text("section", block.text, 3000);
        if (asList(block.fields).length > 10) report("section: over 10 fields");
        for (const field of asList(block.fields)) text("field", field, 2000);
        if (block.accessory !== undefined) checkElement(block.accessory as Json);
        break;
      case "header":
        text("header", block.text, 150);
        break;
      case "context":
        if (asList(block.elements).length > 10) report("context: over 10 elements");
        for (const element of asList(block.elements)) text("context", element, 3000);
        break;
      case "actions": {
        const elements = asList(block.elements);
        if (elements.length > 25) report("actions: over 25 elements");
        if (elements.length === 0) report("actions: no element");
        const ids = elements.map(({ action_id }) => action_id);
        if (new Set(ids).size < ids.length) report("an action_id occurs twice");
        for (const element of elements) checkElement(element);
        break;
      }
      case "input":
        text("label", block.label, 2000);
        if (block.hint !== undefined) text("hint", block.hint, 2000);
        checkElement(block.element as Json);
        break;
      case "rich_text":
        if (asList(block.elements).length === 0) report("rich_text: empty");
        for (const element of asList(block.elements)) checkRichText(element);
        break;
      case "divider":
        break;
      default:
        report(`a block of the kind ${String(block.type)}, which these limits do not know`);
    }
  }

  /** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
  function checkRichText(part: Json): void {
    const elements = asList(part.elements);
    if (elements.length === 0) report(`${String(part.type)}: empty`);
    switch (part.type) {
      case "rich_text_list":
        if (part.style !== "bullet" && part.style !== "ordered") report("list: no style");
        if (Number(part.indent ?? 0) > 8) report("list: too deep");
        for (const item of elements) {
          if (item.type !== "rich_text_section") report("list: an item that is no section");
          checkRichText(item);
        }
        break;
      case "rich_text_section":
      case "rich_text_quote":
        for (const element of elements) checkRun(element);
        break;
      default:
        report(`rich text of the kind ${String(part.type)}, which these limits do not know`);
    }
  }

  function checkRun(element: Json): void {
    if (element.type === "date") {
      if (!Number.isInteger(element.timestamp)) report("date: no timestamp in seconds");
      if (!/\{\w+\}/.test(String(element.format))) report("date: no format");
      return;
    }
    if (element.type !== "text" && element.type !== "link") {
      report(`a run of the kind ${String(element.type)}, which these limits do not know`);
    }
    if (element.text === undefined || element.text === "") report("a run without text");
    if (element.type === "link") {
      atMost("link", element.url, 3000);
      if (!/^(?:https?|mailto):/.test(String(element.url))) report(`link: ${String(element.url)}`);
    }
  }

  function checkElement(element: Json): void {
    atMost("action_id", element.action_id, 255);
    if (element.confirm !== undefined) checkConfirm(element.confirm as Json);
    switch (element.type) {
      case "button":
        text("button", element.text, 75);
        atMost("button value", element.value, 2000);
        atMost("button url", element.url, 3000);
        if (element.value === "") report("button: an empty value");
        break;
      case "overflow": {
        const options = asList(element.options);
        if (options.length < 1 || options.length > 5) report(`overflow: ${options.length} options`);
        for (const option of options) {
          text("overflow option", option.text, 75);
          atMost("overflow value", option.value, 75);
        }
        break;
      }
      case "plain_text_input": {
        const { max_length: longest, initial_value: initial } = element;
        if (typeof longest === "number" && (longest < 1 || longest > 3000)) report("max_length");
        if (typeof longest === "number" && String(initial ?? "").length > longest) {
          report("initial_value: longer than max_length");
        }
        break;
      }
      case "static_select":
        if (asList(element.options).length > 100) report("select: over 100 options");
        for (const option of asList(element.options)) {
          text("option", option.text, 75);
          atMost("option value", option.value, 150);
        }
        break;
      default:
        report(`an element of the kind ${String(element.type)}, which these limits do not know`);
    }
  }

  function checkConfirm(confirm: Json): void {
    text("confirm title", confirm.title, 100);
    text("confirm text", confirm.text, 300);
    text("confirm button", confirm.confirm, 30);
    text("deny button", confirm.deny, 30);
  }

  function text(what: string, value: unknown, limit: number): void {
    const words = textOf(value);
    if (words === undefined || words.trim() === "") report(`${what}: no text`);
    const isMrkdwn = (value as Json | undefined)?.type === "mrkdwn";
    const length = isMrkdwn ? (words ?? "").length : slackLength(words ?? "");
    if (length > limit) report(`${what}: ${length} characters, allowed are ${limit}`);
    if (isMrkdwn) broken.push(...brokenMarkup(words ?? ""));
  }
}

export type Surface = { kind: "message" | "update" | "view"; [name: string]: unknown };
type Json = Record<string, unknown>;

/** In mrkdwn only entities, dates, mentions of people and links may use the special characters. */
function brokenMarkup(text: string): string[] {
  const left = text
    .replaceAll(/<!date\^\d+\^[^<>|]+\|[^<>|]+>/g, "")
    .replaceAll(/<@[UW][A-Z0-9]+>/g, "")
    .replaceAll(/<!subteam\^S[A-Z0-9]+>/g, "")
    .replaceAll(/<https?:\/\/[^\s<>|]+\|[^<>]+>/g, "")
    .replaceAll(/&(?:amp|lt|gt);/g, "");
  return /[&<>]/.test(left) ? [`unescaped: ${left.slice(0, 80)}`] : [];
}

/** Half a character shows as a box; half an entity as its letters. */
function brokenCharacters(surface: Surface): string[] {
  const json = JSON.stringify(surface);
  return json.isWellFormed() && !/\\ud[89a-f]/i.test(json) ? [] : ["half a character"];
}

function displayed(block: Json): number {
  if (block.type === "rich_text") return runsLength(block);
  const own = textLength(block.text);
  const fields = asList(block.fields).reduce((sum: number, field) => sum + textLength(field), 0);
  const elements = asList(block.elements).reduce(
    (sum: number, element) => sum + textLength(element) + textLength(element.text),
    0,
  );
  return own + fields + elements;
}

/** Nobody says whether addresses count: they do here. */
function runsLength(part: Json): number {
  const own = slackLength(String(part.text ?? "")) + slackLength(String(part.url ?? ""));
  return asList(part.elements).reduce((sum: number, element) => sum + runsLength(element), own);
}

function textLength(value: unknown): number {
  const words = textOf(value) ?? "";
  return (value as Json | undefined)?.type === "mrkdwn" ? words.length : slackLength(words);
}

function textOf(value: unknown): string | undefined {
  const words = (value as { text?: unknown } | undefined)?.text;
  return typeof words === "string" ? words : undefined;
}

/** Slack may count special characters as the entities that they become. */
function slackLength(text: string): number {
  return text.replaceAll("&", "&amp;").replaceAll(/[<>]/g, "&lt;").length;
}

function asList(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
