const prefix = "folder-";

/** The id of an article that is a file. @param file by its way, from its source's name on */
export function fileId(file: string): string {
  return prefix + file;
}

/** A row of a table is an article of its own. */
export function rowOf(articleId: string, row: number): string {
  return `${articleId}#row=${row}`;
}

/** The table to which an article belongs as a row, or itself. */
export function tableOf(articleId: string): string {
  return articleId.replace(/#row=\d+$/, "");
}

/** Whether an article, or the table that it is a row of, is among these. */
export function isAmong(articleId: string, articleIds: ReadonlySet<string>): boolean {
  return articleIds.has(articleId) || articleIds.has(tableOf(articleId));
}

/**
 * Where people find what an article says that has no address: `handbook/prices.csv, row 3`.
 *
 * @returns `null` for what is no file
 */
export function fileIn(id: string): string | null {
  if (!id.startsWith(prefix)) return null;
  // A long file has parts, which nobody sees in it.
  const [, file = "", row] = /^(.*?)(?:#row=(\d+))?(?:#\d+)?$/s.exec(id.slice(prefix.length)) ?? [];
  return row === undefined ? file : `${file}, row ${row}`;
}
