import type { LookupAnswer } from "./lookup-answer.ts";

/** Of a longer answer the model would read nothing else. */
const mostCharacters = 4_000;

/**
 * What of an answer the model may see, a line each: `carrier.name: DHL`.
 *
 * @param show paths into it (`items.0.status`); `null`: all of it. Of plain words, which have no fields, nothing
 *   is shown where fields are named.
 */
export function shownOf(answer: LookupAnswer, show: string[] | null): string {
  if ("text" in answer) return show === null ? answer.text.slice(0, mostCharacters) : "";
  const { json } = answer;
  const lines =
    show === null
      ? linesOf(json, "")
      : show.flatMap((path) => linesOf(at(json, path.split(".")), path));
  return lines.join("\n").slice(0, mostCharacters).toWellFormed();
}

function at(value: unknown, [key, ...rest]: string[]): unknown {
  if (key === undefined) return value;
  const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, key);
  return isThere ? at((value as Record<string, unknown>)[key], rest) : undefined;
}

function linesOf(value: unknown, path: string): string[] {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value !== "object") {
    const words = String(value).replace(/\s+/g, " ").trim();
    return [path === "" ? words : `${path}: ${words}`];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    linesOf(inner, path === "" ? key : `${path}.${key}`),
  );
}
