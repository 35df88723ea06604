import { type FileText, textOf } from "./file-text.ts";
import { readInThread } from "./in-thread.ts";
import { pdfText } from "./pdf-text.ts";

/** A long manual takes its time; the thread that reads it holds up nobody. */
const timeoutMs = 60_000;

type Read = (bytes: Uint8Array, signal: AbortSignal) => Promise<FileText[] | null>;

const forms: Record<string, Read> = {
  ".pdf": pdfDocument,
  ".docx": docxDocument,
  ".csv": questionTable,
};

/** Whether `documentTexts` reads files of this kind. @param extension in small letters, with its dot */
export function isDocument(extension: string): boolean {
  return extension in forms;
}

/**
 * Reads what a document says: a PDF with its pages as headings, a DOCX, or each row of a CSV with
 * the columns question and answer.
 *
 * @param extension one that `isDocument`
 * @returns `null` for what cannot be read: broken, locked with a password, or too much work
 */
export async function documentTexts(
  bytes: Uint8Array,
  extension: string,
  signal: AbortSignal,
): Promise<FileText[] | null> {
  return (await forms[extension]?.(bytes, signal)) ?? null;
}

async function pdfDocument(bytes: Uint8Array, signal: AbortSignal): Promise<FileText[] | null> {
  const read = await pdfText(bytes, timeoutMs, signal);
  if (read === null) return null;
  const { pages } = read;
  const empty = pages.flatMap((page, index) => (page.trim() === "" ? [index + 1] : []));
  const text = pages
    // Browsers open a PDF at the page that its address names so: RFC 8118, section 3.
    .map((page, index) => `## Page ${index + 1} {#page=${index + 1}}\n\n${withoutHeadings(page)}`)
    .filter((_page, index) => !empty.includes(index + 1))
    .join("\n\n");
  return [{ ...unsaid, text, problems: whatIsMissing(empty, pages.length) }];
}

function whatIsMissing(empty: number[], count: number): string[] {
  if (empty.length === 0) return [];
  if (empty.length === count) {
    return ["scanned pages only, of which no text can be read: save it as a PDF with text"];
  }
  return [
    `no text on ${empty.length} of ${count} pages (${empty.slice(0, 20).join(", ")}): scanned?`,
  ];
}

/** A line of a page that begins with # is none of ours. */
function withoutHeadings(page: string): string {
  return page.replace(/^#(?=#{0,5}\s)/gm, " #");
}

const unsaid = { title: null, url: null, language: null };

async function docxDocument(bytes: Uint8Array, signal: AbortSignal): Promise<FileText[] | null> {
  const file = new URL("./docx-text-worker.ts", import.meta.url);
  const html = await readInThread<string>(file, bytes, timeoutMs, signal);
  return html === null ? null : [textOf(html, ".html")];
}

/** Names of the columns, also as Excel's tables in other languages have them. */
const columns = {
  question: /^(?:questions?|q|title|frage|pregunta|pergunta|domanda|vraag|問題|質問|问题)$/i,
  answer: /^(?:answers?|a|text|antwort|réponse|respuesta|resposta|risposta|antwoord|回答|答案)$/i,
  language: /^(?:language|lang|sprache|langue|idioma|lingua|taal)$/i,
  url: /^(?:url|link|address|adresse)$/i,
};

async function questionTable(bytes: Uint8Array): Promise<FileText[] | null> {
  const { parse } = await import("csv-parse/sync");
  const content = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const first = /^.*/.exec(content)?.[0] ?? "";
  const delimiter = [",", ";", "\t"].reduce((best, sign) =>
    first.split(sign).length > first.split(best).length ? sign : best,
  );
  const [head = [], ...rows] = parse(content, {
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
  }) as string[][];
  const place = (name: keyof typeof columns) =>
    head.findIndex((cell) => columns[name].test(cell.trim()));
  const cell = (row: string[], name: keyof typeof columns) => row[place(name)]?.trim() || null;
  if (place("question") === -1 || place("answer") === -1) {
    const problem = "its first line does not name the columns question and answer";
    return [{ ...unsaid, text: "", problems: [problem] }];
  }
  return rows.flatMap((row): FileText[] => {
    const [title, text] = [cell(row, "question"), cell(row, "answer")];
    if (title === null || text === null) return [];
    const url = cell(row, "url");
    const language = /^[a-z]{2}\b/i.exec(cell(row, "language") ?? "")?.[0].toLowerCase() ?? null;
    const link = url !== null && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null;
    return [{ title, text, url: link, language, problems: [] }];
  });
}
