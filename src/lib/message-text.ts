import { htmlToText } from "./html-to-text.ts";

/**
 * Intercom wraps every HTML body in blocks (or begins it with an image). Text that begins otherwise
 * is plain, and whatever stands in angle brackets there was typed by a person.
 */
const beginsWithBlock =
  /^\s*<(?:!doctype|html|head|body|p|div|h[1-6]|ul|ol|pre|blockquote|table|figure|img|br|hr|center|section|article)(?:\s[^<>]*)?\/?>/i;

/**
 * The plain text of a message or a subject.
 *
 * REST bodies are HTML. Bodies of conversation webhooks are HTML before version 2.15 and plain text
 * from then on, and nothing else in the payload says which
 * (https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/api-changelog).
 */
export function messageText(body: string | null): string {
  if (body === null) return "";
  return isHtml(body) ? htmlToText(body) : body.trim();
}

/** Whether a body is HTML, as Intercom writes it, and not text. */
export function isHtml(body: string): boolean {
  return beginsWithBlock.test(body);
}
