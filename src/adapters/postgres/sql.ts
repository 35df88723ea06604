/** As the driver reads it: `int8` as a number, `json` parsed, arrays as arrays. */
export type Row = Record<string, unknown>;

/** Sends statements; values stand in them as `$1`, `$2` … and never as text. */
export type Sql = {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
};
