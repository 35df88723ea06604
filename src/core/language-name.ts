let names: Intl.DisplayNames | undefined;

/**
 * What a language is called in English.
 *
 * Made at the first use: the names load 4 MB of `Intl`'s data, which most installations never need.
 *
 * @param code a language tag as BCP 47 has it ("de", "pt-BR")
 * @returns its name, or `null` for a code that names no language
 */
export function languageName(code: string): string | null {
  names ??= new Intl.DisplayNames("en", { type: "language", fallback: "none" });
  try {
    return names.of(code) ?? null;
  } catch {
    // No language tag at all.
    return null;
  }
}
