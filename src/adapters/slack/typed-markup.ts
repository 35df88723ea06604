/**
 * The Markdown of what a reviewer typed as they write in Slack: `*bold*`, `<https://…|words>` and
 * bullets of "•". Slack hands over what is typed into a form as it stands.
 *
 * @param draft what stood in the form before: what it wrote with single stars was meant so
 */
export function markdownOfTyped(typed: string, draft: string): string {
  return typed
    .split(code)
    .map((piece, index) => (index % 2 === 1 ? piece : markdownOf(piece, draft)))
    .join("");
}

/** Between back ticks everything stays. */
const code = /(```[\s\S]*?```|`[^`\n]+`)/;

function markdownOf(text: string, draft: string): string {
  return text
    .replace(/<((?:https?:\/\/|mailto:)[^\s<>|]+)\|([^<>|\n]+)>/gi, (_link, target, words) =>
      /^mailto:/i.test(target) && target.slice(7) === words ? words : `[${words}](${target})`,
    )
    .replace(/<(https?:\/\/[^\s<>|]+)>/gi, "$1")
    .replace(/^([ \t]*)[•◦▪]\s+/gm, "$1- ")
    .replace(bold, (whole, words) => (draft.includes(whole) ? whole : `**${words}**`));
}

/** https://api.slack.com/reference/surfaces/formatting: stars around words, nothing else beside them. */
const bold = /(?<![\p{L}\p{N}*\\])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\p{L}\p{N}*])/gu;
