import { isMixed, isPlaceholder, isPlainData } from "./secret-form.ts";

/** Names that also stand in ordinary links (a voucher's code, a key of a list). */
const ambiguousNames = /^[?&#;](?:key|code)=$/i;
const shortestDrawn = 12;

/** `https://user:password@host` and `?token=…`; the rest of a link stays readable. */
export function maskUrlSecrets(text: string): string {
  return text
    .replace(
      /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/@:[]+):([^\s/@[]+)@/gi,
      (found, scheme: string, _user: string, secret: string) =>
        isPlaceholder(secret) ? found : `${scheme}[secret]@`,
    )
    .replace(
      /([?&#;](?:[\w.-]{0,40}(?:token|secret|password|passwd|pwd|signature|session|apikey|api[_-]key|access[_-]key|auth)[\w.-]*|key|sig|code|jwt|otp)=)([^\s&#;"'<>)\]]+)/gi,
      (found, name: string, value: string) => {
        if (isPlaceholder(value) || value === "[secret") return found;
        const mayBeOrdinary = ambiguousNames.test(name);
        if (mayBeOrdinary && (value.length < shortestDrawn || !isMixed(value))) return found;
        return `${name}[secret]`;
      },
    );
}

const privateKey =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

const knownTokens = new RegExp(
  [
    // JSON web tokens.
    /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/,
    // OpenAI, Anthropic, Stripe; GitHub, GitLab, npm, Hugging Face; Slack; Google; AWS; SendGrid;
    // Intercom, whose tokens are base64 of "tok:…"; Mem0.
    /\b(?:sk|pk|rk)[-_][\w-]{16,}/,
    /\b(?:gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{20,}|hf_\w{20,}|m0-\w{20,})/,
    /\bxox[a-z]-[\w-]{10,}|\bxapp-[\w-]{10,}/,
    /\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}/,
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
    /\bSG\.[\w-]{16,}\.[\w-]{16,}/,
    /\bdG9r[A-Za-z0-9+/=_-]{20,}/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);
/** Half a page of prose has words like "sk-learn-based-clustering"; a token has digits or capitals. */
const drawn = /\d|[a-z][A-Z].*[A-Z]|^(?:AKIA|ASIA)/;

export function maskKnownTokens(text: string): string {
  return text
    .replace(privateKey, "[secret]")
    .replace(knownTokens, (found) =>
      isPlaceholder(found) || !drawn.test(found) ? found : "[secret]",
    )
    .replace(
      /\b(Bearer|Basic)(\s+)([\w.~+/=-]{12,})/gi,
      (found, scheme: string, _space: string, value: string) =>
        // "Basic subscription" is a plan.
        isPlaceholder(value) || !/\d|=$|[a-z][A-Z]/.test(value) ? found : `${scheme} [secret]`,
    );
}

/** "API key: …", "token = …"; at least eight signs with a digit, so that prose about keys stays. */
export function maskNamedSecrets(text: string): string {
  return text.replace(
    /((?:api[ _-]?key|(?:access|secret|private|client)[ _-]?(?:key|token|secret)|(?:access|auth|bot|bearer|refresh)[ _-]?token|token|secret|credential)s?["']?\s*(?:is\s+|ist\s+|est\s+|es\s+|[:=]\s*))(["']?)(?=[^\s"']{0,80}\d)([^\s"',;]{8,})/giu,
    (found, introduction: string, _quote: string, value: string) =>
      isPlaceholder(value) || isPlainData(value.replace(/[.!?]+$/, ""))
        ? found
        : `${introduction}[secret]`,
  );
}
