/** Masks what must not be stored or logged. Masking twice changes nothing more. */
export type Redact = (text: string) => string;

type Rule = (text: string) => string;

/**
 * Masks card numbers, IBANs, private keys, tokens and API keys (by their known forms, after words
 * such as "api key:", and in links) and passwords ("my password is …", in several languages).
 *
 * It knows forms, not people: names, postal and e-mail addresses and telephone numbers stay, as does
 * a secret that looks like an ordinary word and is not introduced as one.
 *
 * @param patterns more to mask, with the flag `g`
 */
export function createRedact(patterns: readonly RegExp[] = []): Redact {
  const own = patterns.map(
    (pattern): Rule =>
      (text) =>
        // A pattern that also matches nothing would put a mask between all letters.
        text.replace(pattern, (found: string) => (found === "" ? "" : "[redacted]")),
  );
  const rules = [...usual, ...own];
  return (text) => rules.reduce((masked, rule) => rule(masked), text);
}

const usual: Rule[] = [
  maskUrlSecrets,
  maskKnownTokens,
  maskPasswords,
  maskNamedSecrets,
  maskIbans,
  maskCardNumbers,
];

/** `https://user:password@host` and `?token=…`; the rest of a link stays readable. */
function maskUrlSecrets(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:[]+:[^\s/@[]+@/gi, "$1[secret]@")
    .replace(
      /([?&#;](?:[\w.-]{0,40}(?:token|secret|password|passwd|pwd|signature|session|apikey|api[_-]key|access[_-]key|auth)[\w.-]*|key|sig|code|jwt|otp)=)[^\s&#;"'<>)\]]+/gi,
      (_found, name: string) => `${name}[secret]`,
    );
}

const knownTokens = new RegExp(
  [
    // Private keys, whole.
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/,
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

function maskKnownTokens(text: string): string {
  return text
    .replace(knownTokens, "[secret]")
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{12,}/gi, "$1 [secret]");
}

const quoted = `"[^"\\n]+"|'[^'\\n]+'|“[^”\\n]+”|„[^“”\\n]+[“”]|«[^»\\n]+»|「[^」\\n]+」`;
/** To the end of the sentence's word: the full stop that ends the sentence is not part of it. */
const word = `[^\\s"“”„«»「」]*[^\\s"“”„«»「」.,;!?。、，]`;

const passwordWords = [
  "pass(?:word|code|phrase)|pwd|passwd",
  "passwort|kennwort|zugangscode",
  "mot de passe|mdp",
  "contrase[ñn]a",
  "senha|palavra-passe",
  "parola d['’]ordine",
  "wachtwoord",
  "has[łl]o",
  "l[öo]senord|passord|adgangskode|kodeord|salasana",
  "пароль",
  "şifre|parola",
].join("|");

const isWords = "is|was|are|ist|lautet|war|est|es|é|è|to|är|er|on|это";
const isSigns = "[:=：]|->|→";

/** What people say about a password without saying it ("my password is not working"). */
const saysNothing = new RegExp(
  `^(?:${[
    "not|no|never|wrong|incorrect|invalid|expired|too|still|being|required|missing|the|a|an|my|in|at|on|for|and|or|of|to|that|correct|right|ok|okay|safe|secure|weak|strong|lost|reset|changed|broken|unknown|rejected|denied|always|only|now|also|just|very|so|it|working|needed|stored|saved|set|there|here|case|different|same",
    "nicht|kein|keine|falsch|ungültig|abgelaufen|zu|noch|das|die|der|ein|mein|korrekt|richtig|sicher|weg|vergessen|immer|nur|jetzt|auch",
    "pas|incorrecte?|invalide|expiré|trop|toujours|le|la|un|une|mon|correcte?|oublié|refusé|perdu",
    "incorrecta|inválida|expirada|demasiado|siempre|el|mi|correcta|olvidada|incorreta|errada|sempre|minha|correta|não|non|sbagliata|scaduta|troppo|corretta|niet|verkeerd|onjuist|verlopen|te|het|de|mijn|juist|не|неверный",
  ].join("|")})$`,
  "iu",
);

const password = new RegExp(
  `(?<![\\p{L}])((?:${passwordWords})(?:\\s+(?:for|to|of|für|zu|pour|para|per|voor)\\s[^\\n.!?]{1,60}?)?` +
    `(?:\\s+(?:${isWords})\\s+|\\s*(?<sign>${isSigns})\\s*))(${quoted}|${word})`,
  "giu",
);
/** Written without spaces: パスワードはhunter2です, 密码是hunter2. */
const passwordUnspaced =
  /((?:パスワード|暗証番号|密码|密碼|口令|비밀번호)\s*(?:は|が|是|为|為|는|은|[:：=])\s*)(「[^」\n]+」|"[^"\n]+"|[\x21-\x7e]+)/gu;

function maskPasswords(text: string): string {
  return text
    .replace(password, (found, introduction: string, sign: string | undefined, value: string) =>
      sign === undefined && saysNothing.test(value) ? found : `${introduction}[password]`,
    )
    .replace(passwordUnspaced, "$1[password]");
}

/** "API key: …", "token = …"; at least eight signs with a digit, so that prose about keys stays. */
function maskNamedSecrets(text: string): string {
  return text.replace(
    /((?:api[ _-]?key|(?:access|secret|private|client)[ _-]?(?:key|token|secret)|(?:access|auth|bot|bearer|refresh)[ _-]?token|token|secret|credential)s?["']?\s*(?:is\s+|ist\s+|est\s+|es\s+|[:=]\s*))["']?(?=[^\s"']{0,80}\d)[^\s"',;]{8,}/giu,
    "$1[secret]",
  );
}

/** Country, two check digits, up to thirty more signs in groups; checked by ISO 7064 (mod 97). */
function maskIbans(text: string): string {
  return text.replace(
    /(?<![\p{L}\p{N}])[a-z]{2}\d{2}(?:[ \u00a0-]?[a-z0-9]){11,38}(?![\p{L}\p{N}])/giu,
    (run) => maskGroups(run, { from: 15, to: 34, isIt: isIban, mask: "[IBAN]" }),
  );
}

function isIban(signs: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/i.test(signs)) return false;
  const rotated = signs.slice(4) + signs.slice(0, 4);
  let rest = 0;
  for (const sign of rotated) {
    for (const digit of String(Number.parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}

/** 13 to 19 digits, in groups or not, with a right check digit (ISO/IEC 7812-1, Luhn). */
function maskCardNumbers(text: string): string {
  return text.replace(/(?<!\d)\d(?:[ \u00a0.-]?\d){12,}(?!\d)/g, (run) =>
    maskGroups(run, { from: 13, to: 19, isIt: isCardNumber, mask: "[card number]" }),
  );
}

function isCardNumber(digits: string): boolean {
  if (!/^[2-6]\d+$/.test(digits)) return false;
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/**
 * Masks the longest stretches of whole groups that pass the check: a number may stand right behind
 * another one ("12 4111 1111 1111 1111").
 */
function maskGroups(
  run: string,
  {
    from,
    to,
    isIt,
    mask,
  }: { from: number; to: number; isIt(signs: string): boolean; mask: string },
): string {
  const groups = run.split(/([ \u00a0.-])/);
  const kept: string[] = [];
  for (let start = 0; start < groups.length; ) {
    const end = longestFrom(groups, start, from, to, isIt);
    kept.push(end === null ? (groups[start] ?? "") : mask);
    start = end === null ? start + 1 : end;
  }
  return kept.join("");
}

/** Where the longest stretch ends that begins with this group and passes, or `null`. */
function longestFrom(
  groups: string[],
  start: number,
  from: number,
  to: number,
  isIt: (signs: string) => boolean,
): number | null {
  let signs = "";
  let longest: number | null = null;
  // Groups and the separators between them alternate.
  for (let index = start; start % 2 === 0 && index < groups.length; index += 2) {
    signs += groups[index];
    if (signs.length > to) break;
    if (signs.length >= from && isIt(signs)) longest = index + 1;
  }
  return longest;
}
