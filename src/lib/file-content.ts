import { Buffer, isUtf8 } from "node:buffer";
import { pdfText } from "./pdf-text.ts";

/** What a file holds for a model: an image as it is, or words. */
export type Content =
  | { kind: "image"; contentType: string; base64: string }
  | { kind: "text"; text: string; isWhole: boolean };

/** Far more than a prompt has room for; what is longer is cut here, and says so. */
const mostCharacters = 60_000;

/**
 * What is in a file, judged by its bytes and not by what it says of itself.
 *
 * @returns `null` for what no model is shown: other kinds, what is broken, locked or without words
 */
export async function contentOf(bytes: Buffer, signal?: AbortSignal): Promise<Content | null> {
  const contentType = imageType(bytes);
  if (contentType !== null) return { kind: "image", contentType, base64: bytes.toString("base64") };
  if (startsWith(bytes, "%PDF-")) return await pdfContent(bytes, signal);
  return plainContent(bytes);
}

/**
 * Whether a file may hold words that can be read, by what is said of it.
 *
 * @param name with its extension; `null` where there is none
 */
export function mayHoldWords(name: string | null, contentType: string | null): boolean {
  return readableTypes.test(contentType ?? "") || readableNames.test(name ?? "");
}

const readableTypes =
  /^(?:text\/(?!html)|application\/(?:pdf|json|xml|yaml|x-yaml|toml|csv|x-ndjson)\b)/i;
const readableNames = /\.(?:txt|text|log|md|markdown|csv|tsv|json|jsonl|xml|ya?ml|toml|ini|pdf)$/i;

/** The formats that models take (https://platform.openai.com/docs/guides/images-vision). */
function imageType(bytes: Buffer): string | null {
  if (startsWith(bytes, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (startsWith(bytes, "\xff\xd8\xff")) return "image/jpeg";
  if (startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")) return "image/gif";
  const isWebp = startsWith(bytes, "RIFF") && startsWith(bytes.subarray(8), "WEBP");
  return isWebp ? "image/webp" : null;
}

function startsWith(bytes: Buffer, signs: string): boolean {
  return bytes.subarray(0, signs.length).equals(Buffer.from(signs, "latin1"));
}

async function pdfContent(bytes: Buffer, signal?: AbortSignal): Promise<Content | null> {
  const read = await pdfText(bytes, undefined, signal);
  if (read === null) return null;
  const isComplete = !read.hasPictures && read.pages.every((page) => page !== "");
  return textContent(read.pages.filter(Boolean).join("\n\n"), isComplete);
}

function plainContent(bytes: Buffer): Content | null {
  const isWide = startsWith(bytes, "\xff\xfe");
  if (!isWide && !isUtf8(bytes)) return null;
  const text = new TextDecoder(isWide ? "utf-16le" : "utf-8").decode(bytes);
  // What holds this sign is no text, whatever else its bytes could mean.
  return text.includes("\0") ? null : textContent(text, true);
}

function textContent(text: string, isComplete: boolean): Content | null {
  const words = text.replaceAll("\r\n", "\n").trim();
  if (words === "") return null;
  const isWhole = isComplete && words.length <= mostCharacters;
  return { kind: "text", text: words.slice(0, mostCharacters).toWellFormed(), isWhole };
}
