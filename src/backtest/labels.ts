import { type Label, labels } from "../core/proving/backtest-case.ts";

/**
 * What people wrote into the column `label` of a report's CSV, by turn.
 *
 * @throws Error with a sentence that names the row
 */
export function readLabels(csv: string): Map<string, Label> {
  const [head = [], ...rows] = rowsOf(csv);
  const turnColumn = head.indexOf("turn");
  const labelColumn = head.indexOf("label");
  if (turnColumn === -1 || labelColumn === -1) {
    throw new Error(
      "The file of --labels must be a backtest's CSV, with the columns turn and label.",
    );
  }
  const found = new Map<string, Label>();
  for (const [index, row] of rows.entries()) {
    const written = (row[labelColumn] ?? "").trim().toLowerCase();
    if (written === "") continue;
    const label = labels.find((one) => one === written);
    if (label === undefined) {
      throw new Error(
        `Row ${index + 2} of the labels says “${written}”. It must be ok (could go out as it is), edit (would do with an edit) or wrong.`,
      );
    }
    found.set((row[turnColumn] ?? "").replace(/^'/, ""), label);
  }
  return found;
}

/** RFC 4180, and what spreadsheets make of it: semicolons, and line feeds alone. */
function rowsOf(csv: string): string[][] {
  const text = csv.replace(/^\ufeff/, "");
  const separator = /^[^\r\n]*?([,;])/.exec(text)?.[1] ?? ",";
  const rows: string[][] = [[]];
  let cell = "";
  let isQuoted = false;
  const endCell = () => {
    rows.at(-1)?.push(cell);
    cell = "";
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? "";
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === separator) endCell();
    else if (character === "\n") {
      endCell();
      rows.push([]);
    } else if (character !== "\r") cell += character;
  }
  if (cell !== "" || (rows.at(-1)?.length ?? 0) > 0) endCell();
  return rows.filter((row) => row.length > 0);
}
