import { list, text } from "./forms.ts";

/** Tokens say by their first letters whose they are. */
const kinds = [
  { form: /^(?:xoxe\.)?xoxb-/, what: "a bot token of Slack (xoxb-…)", variable: "SLACK_BOT_TOKEN" },
  { form: /^xapp-/, what: "an app-level token of Slack (xapp-…)", variable: "SLACK_APP_TOKEN" },
  { form: /^(?:xoxe\.)?xoxp-/, what: "a user token of Slack (xoxp-…)", variable: null },
  { form: /^xoxe-/, what: "a refresh token of Slack (xoxe-…)", variable: null },
  { form: /^sk-/, what: "a key of OpenAI (sk-…)", variable: "OPENAI_API_KEY" },
  { form: /^m0-/, what: "a key of Mem0 (m0-…)", variable: "MEM0_API_KEY" },
  // Base64 of "tok:".
  {
    form: /^dG9rO/,
    what: "an access token of Intercom (dG9rO…)",
    variable: "INTERCOM_ACCESS_TOKEN",
  },
];

const placeholder =
  /^(?:<.*>|\[.*\]|your[-_ ].*|change[-_ ]?me.*|replace[-_ ]?me.*|x{3,}|\.{3}|…)$/i;

/**
 * A token, key or secret. What is plainly another one, a placeholder, or was copied with something
 * around it is refused before it is sent anywhere.
 *
 * @param variable where it stands
 * @param begins its first letters, where they are known for sure
 */
export function secret(variable: string, begins: string | null = null) {
  return text.superRefine((value, context) => {
    const message = problemWith(value, variable, begins);
    if (message !== null) context.addIssue({ code: "custom", message });
  });
}

/**
 * One secret, or two separated by a comma: the one that is going and the one that comes, both good
 * while they are changed.
 */
export function oneOrTwoSecrets(variable: string) {
  return list.superRefine((values, context) => {
    const [first, second] = values;
    const problems = values.map((value) => problemWith(value, variable, null));
    const message =
      problems.find((problem) => problem !== null) ??
      (values.length > 2
        ? "holds more than two secrets: the old and the new one are enough"
        : null) ??
      (first === undefined ? "holds no secret" : null) ??
      (first === second ? "holds the same secret twice" : null);
    if (message !== null) context.addIssue({ code: "custom", message });
  });
}

/** Whether a text begins as a token does, so that it must not be shown. */
export function isToken(value: string): boolean {
  return kinds.some(({ form }) => form.test(value));
}

function problemWith(value: string, variable: string, begins: string | null): string | null {
  if (/^(["'`]).*\1$/.test(value)) {
    return "stands between quotes, which count as a part of it here: leave them out";
  }
  if (placeholder.test(value)) return "still holds a placeholder in place of the real value";
  if (/^bearer\s/i.test(value)) return "begins with the word Bearer: leave that word out";
  const kind = kinds.find(({ form }) => form.test(value));
  if (kind !== undefined && kind.variable !== variable) {
    const instead =
      kind.variable === null ? "which is not used here" : `which belongs in ${kind.variable}`;
    return `holds ${kind.what}, ${instead}`;
  }
  if (begins !== null && kind === undefined) return `must begin with ${begins}`;
  if (/\s/.test(value)) return "contains a space or a line break: copy it again, whole and alone";
  return null;
}
