import {
  type AnswerStatus,
  answerStatuses,
  type StoredAnswer,
} from "../../core/knowledge/answer-memory.ts";
import { standsFor } from "../../core/knowledge/curation.ts";
import { csvRow, plainCell } from "../../lib/csv.ts";
import { newForm } from "./forms.ts";

/** What a row of an imported file says. */
export type ImportedRow = {
  /** In the file, the first line is 1. */
  line: number;
  question: string;
  answer: string;
  language: string | null;
  url: string | null;
  /** The only one whose customers it answers; absent: everybody's. */
  brand?: string;
};

export type ImportedFile = {
  rows: ImportedRow[];
  /** Rows that cannot be taken, each with why; the others can. */
  bad: { line: number; error: string }[];
};

/** A file of more rows is imported in parts: somebody has to look through it. */
const maxRows = 2_000;
const taken = ["question", "answer", "language", "url"] as const;
const longestBrand = 100;

/**
 * Reads a file with the columns question and answer, and perhaps language, url and brand; whatever
 * else it has is left alone, but for an export's rows that were no answers in use: they do not become
 * some on the way. Separated by commas, semicolons or tabs, as its first line is.
 *
 * @returns why nothing of it can be read, in a sentence, or its rows
 */
export async function readAnswerCsv(text: string): Promise<ImportedFile | { error: string }> {
  const { parse } = await import("csv-parse/sync");
  const bad = new Map<number, string>();
  const delimiter = delimiterOf(text);
  // The parser would count both signs of a line break within a cell.
  const records = parse(text.replaceAll("\r\n", "\n"), {
    bom: true,
    delimiter,
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip(error) {
      const line = Number(error?.lines ?? 0);
      bad.set(line, "a quotation mark stands where none may, or one is not closed");
    },
  }) as unknown as { record: string[]; raw: string; info: { lines: number } }[];
  const [head, ...body] = records;
  const names = (head?.record ?? []).map((name) => name.trim().toLowerCase());
  if (!names.includes("question") || !names.includes("answer")) {
    return {
      error:
        "The first line must name the columns: question and answer, and perhaps language and url. Save the table as CSV with that line on top.",
    };
  }
  if (body.length > maxRows) {
    return { error: `The file has ${body.length} rows; import at most ${maxRows} at once.` };
  }
  const rows: ImportedRow[] = [];
  for (const { record, raw, info } of body) {
    // The parser counts to a row's end; a row with line breaks in it begins earlier.
    const line = info.lines - (raw.trimEnd().split("\n").length - 1);
    const found = rowOf(record, names);
    if (typeof found === "string") bad.set(line, found);
    else rows.push({ line, ...found });
  }
  const lines = [...bad].sort(([one], [other]) => one - other);
  return { rows, bad: lines.map(([line, error]) => ({ line, error })) };
}

function rowOf(record: string[], names: string[]): Omit<ImportedRow, "line"> | string {
  if (record.length !== names.length) {
    return `it has ${record.length} cells where the first line has ${names.length}`;
  }
  const cell = (name: string) => plainCell((record[names.indexOf(name)] ?? "").trim());
  const why = whyNotInUse(cell("status"), cell("source"));
  if (why !== null) return why;
  const given = taken.flatMap((name) => {
    const value = cell(name);
    return value === "" ? [] : [[name, value] as const];
  });
  const brand = cell("brand");
  if (brand.length > longestBrand) return `brand: more than ${longestBrand} characters`;
  const parsed = newForm.safeParse(Object.fromEntries(given));
  if (parsed.success) {
    const { question, answer, language = null, url = null } = parsed.data;
    return { question, answer, language, url, ...(brand === "" ? {} : { brand }) };
  }
  return parsed.error.issues
    .map(({ path, message }) => {
      const name = String(path[0]);
      return given.some(([one]) => one === name) ? `${name}: ${message}` : `the ${name} is missing`;
    })
    .join("; ");
}

/** By an export's own words; whatever another system writes in such columns says nothing here. */
function whyNotInUse(status: string, source: string): string | null {
  if (status !== "answer" && answerStatuses.includes(status as AnswerStatus)) {
    return `its status is ${status}: only answers in use are taken (write "answer" there to take it)`;
  }
  if (source === "automatic-reply") {
    return "it went out by itself and nobody has looked at it (empty its source to take it)";
  }
  return null;
}

/** Of comma, semicolon and tab the one that the first line has most of. */
function delimiterOf(text: string): string {
  const first = /^.*/.exec(text)?.[0] ?? "";
  const count = (sign: string) => first.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

const exported = [
  "id",
  "question",
  "answer",
  "language",
  "url",
  "status",
  "source",
  "stands_for",
  "written_at",
  "conversation",
  "brand",
];

/** The first line of an export. */
export const csvHead = csvRow(exported);

/** An answer as a line of it; what is exported can be imported again. */
export function csvLine(answer: StoredAnswer): string {
  return csvRow([
    answer.id,
    answer.question,
    answer.answer,
    answer.language,
    answer.url,
    answer.status,
    answer.author,
    standsFor(answer),
    new Date(answer.at).toISOString(),
    answer.conversationId,
    // Of several brands one is named, which keeps it from all others.
    answer.brand ?? answer.forWhom?.brands?.[0] ?? null,
  ]);
}
