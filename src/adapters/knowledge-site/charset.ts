/** The encoding that a page declares in its head stands there at the latest. */
const headBytes = 4_096;

/**
 * The text of a page, whatever it says of its encoding.
 *
 * @param contentType as the header says it
 */
export function decoded(body: Uint8Array, contentType: string): string {
  const head = new TextDecoder("latin1").decode(body.subarray(0, headBytes));
  const byHeader = charsetIn(contentType);
  const byPage = charsetIn(/<meta\b[^>]*\bcharset=[^>]*>/i.exec(head)?.[0] ?? "");
  const marked = markOf(body);
  // Text of another encoding hardly ever happens to be valid UTF-8: it counts more than what is said.
  const candidates = marked === null ? ["utf-8", byHeader, byPage] : [marked];
  for (const label of [...candidates, "windows-1252"]) {
    const text = label === null ? null : decodedAs(label, body);
    if (text !== null) return text;
  }
  return new TextDecoder().decode(body);
}

function charsetIn(text: string): string | null {
  return /charset=\s*["']?([\w:.-]+)/i.exec(text)?.[1] ?? null;
}

function markOf(body: Uint8Array): string | null {
  if (body[0] === 0xff && body[1] === 0xfe) return "utf-16le";
  return body[0] === 0xfe && body[1] === 0xff ? "utf-16be" : null;
}

/** @returns `null` where it is not written so, or nobody knows that encoding */
function decodedAs(label: string, body: Uint8Array): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(body);
  } catch {
    return null;
  }
}
