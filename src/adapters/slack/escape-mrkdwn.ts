/** Beyond it a link would crowd out everything else in its block. */
const longestUrl = 1000;
const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * Text that Slack shows as it is: it mentions nobody and is no link.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeMrkdwn(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? character);
}

/** How long a text is once it is escaped. */
export function escapedLength(text: string): number {
  return escapeMrkdwn(text).length;
}

/**
 * A link with a label of our own; never one with a label that somebody else wrote, which could
 * pretend to lead elsewhere.
 * @returns the label alone, where the address is too long or none that may be opened
 */
export function mrkdwnLink(address: string, label: string): string {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return escapeMrkdwn(label);
  // Inside the brackets a bar would begin the label.
  const escaped = escapeMrkdwn(url.href.replaceAll("|", "%7C"));
  return escaped.length > longestUrl ? escapeMrkdwn(label) : `<${escaped}|${escapeMrkdwn(label)}>`;
}
