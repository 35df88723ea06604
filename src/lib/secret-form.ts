/**
 * What people and manuals write where a secret would stand: `YOUR_API_KEY`, `<token>`, `${TOKEN}`,
 * `xxxx-xxxx`, `****`, `…`, and the masks of ours.
 */
export function isPlaceholder(value: string): boolean {
  const bare = value.replace(/^["'“”„«»「」`]+|["'“”„«»「」`.,;!?。、]+$/gu, "");
  return (
    /^(?:<[^<>]*>|\[[^[\]]*\]|\$?\{.*\}|\$[A-Z_]\w*|%\w+%)$/u.test(bare) ||
    /(?:^|[-_ .])(?:your|my|the|dein|deine|ihr|votre|tu|su|example|sample|placeholder|insert|replace|changeme|dummy)(?:[-_ .]|$)/iu.test(
      bare,
    ) ||
    // `sk_live_xxxx`, `AKIA****`: what stands for the secret part is one sign, repeated.
    /^(?:[a-z]+[-_])*[A-Za-z]{0,4}(?:([xX*•·#0._-])\1{2,}[-_ ]?)+$/u.test(bare) ||
    /^(?:[A-Z]+_)+(?:KEY|TOKEN|SECRET|PASSWORD|PASS|PWD)(?:_\d)?$/.test(bare) ||
    /^(?:process\.env|os\.environ|import\.meta\.env)\b/.test(bare) ||
    /^(?:\.{3}|…)/u.test(bare) ||
    /(?:\.{3}|…)$/u.test(value)
  );
}

/** Whether a value is drawn rather than written: letters with digits in them, or capitals inside. */
export function isMixed(value: string): boolean {
  const hasDigit = /\p{N}/u.test(value);
  const hasLetter = /\p{L}/u.test(value);
  return (hasDigit && hasLetter) || /\p{Ll}\p{Lu}.*\p{Lu}|\p{Ll}\p{Lu}.*\p{N}/u.test(value);
}

/** Dates, versions, amounts, links and paths hold digits too, and are no secrets. */
export function isPlainData(value: string): boolean {
  return (
    /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:T[\d:.+Z-]*)?$/.test(value) ||
    /^v?\d+(?:\.\d+){1,3}(?:-?(?:alpha|beta|rc|preview)[.\d]*)?$/i.test(value) ||
    /^\p{Sc}?\d+(?:[.,]\d+)*(?:[\p{Sc}%]|-?\p{Ll}{2,10})$/u.test(value) ||
    /^\p{Sc}?\d+(?:[.,]\d+)+$/u.test(value) ||
    /^(?:https?:)?\/\//i.test(value)
  );
}
