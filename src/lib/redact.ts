import { maskCardNumbers, maskIbans } from "./redact-numbers.ts";
import { maskPasswords } from "./redact-passwords.ts";
import { maskKnownTokens, maskNamedSecrets, maskUrlSecrets } from "./redact-tokens.ts";

/** Masks what must not be stored or logged. Masking twice changes nothing more. */
export type Redact = (text: string) => string;

type Rule = (text: string) => string;

/** What one mask takes away may be what the next one was judged by; texts of people settle at once. */
const mostRounds = 4;

/**
 * Masks card numbers, IBANs, private keys, tokens and API keys (by their known forms, after words
 * such as "api key:", and in links) and passwords ("my password is …", in several languages).
 *
 * What is masked must look like a secret: rules about passwords ("at least 12 characters"),
 * placeholders (`YOUR_API_KEY`), order numbers, versions, dates and prices stay readable.
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
  return (text) => {
    let masked = text;
    for (let round = 0; round < mostRounds; round += 1) {
      const again = rules.reduce((soFar, rule) => rule(soFar), masked);
      if (again === masked) break;
      masked = again;
    }
    return masked;
  };
}

const usual: Rule[] = [
  maskUrlSecrets,
  maskKnownTokens,
  maskPasswords,
  maskNamedSecrets,
  maskIbans,
  maskCardNumbers,
];
