import {
  type CopiedCounts,
  type CopiedKind,
  type CopyRefusal,
  copiedKinds,
} from "../core/knowledge/copy-memory.ts";

const names: Record<CopiedKind, string> = {
  answers: "answers",
  turns: "messages",
  sources: "sources for some only",
  articles: "articles",
  changes: "changes of articles",
  checkpoints: "checkpoints",
};

const number = new Intl.NumberFormat("en");
const columns = ["in the source", "in the target"] as const;

/** One line a kind: how many there are, and what was (or would be) done. */
export function tableOf(counts: Record<CopiedKind, CopiedCounts>, isDone: boolean): string {
  const done = isDone ? ["added", "replaced", "removed"] : ["missing", "different", "too many"];
  const rows = copiedKinds.map((kind) => {
    const { source, target, added, changed, removed } = counts[kind];
    return [names[kind], ...[source, target, added, changed, removed].map(number.format)];
  });
  const all = [["", ...columns, ...done], ...rows];
  const widths = all[0]?.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, index) => {
          const width = widths?.[index] ?? 0;
          return index === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join("  "),
    )
    .join("\n");
}

/** How far one kind is. @param elapsedMs since this kind was begun with */
export function progressOf(kind: CopiedKind, done: number, of: number, elapsedMs: number): string {
  const perSecond = (done * 1000) / Math.max(1, elapsedMs);
  const rest = perSecond === 0 ? "" : `, ${timeOf((of - done) / perSecond)} left`;
  return `${names[kind]}: ${number.format(done)} of ${number.format(of)}, ${number.format(Math.round(perSecond))} a second${rest}`;
}

export function timeOf(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return `${Math.ceil(seconds / 60)} min`;
}

export function refusalInWords(refusal: CopyRefusal, target: string): string {
  const what =
    refusal.why === "not-a-copy"
      ? "holds memories that do not come from a copy, or a service has used it since: what the source holds may be older"
      : `holds a copy of another memory, ${refusal.named}`;
  return `${target} ${what}. Nothing was copied. Name an empty one, or add --replace: then it becomes a copy of the source, and what the source does not hold is removed.`;
}

/**
 * What is left to do so that the copy is used.
 *
 * @param imports the names of zips that were posted, which are not copied
 */
export function nextSteps(isToDatabase: boolean, imports: string[]): string {
  const use = isToDatabase
    ? "Set MEMORY_URL to the database and start the service. Where EMBEDDING_MODEL is set it makes the vectors anew, and finds by words until then."
    : "Take MEMORY_URL out of the settings, let DATA_DIR name the folder of the file, and start the service.";
  return [
    "To use it:",
    "  1. Stop the service that uses the source, if one does.",
    "  2. Run the same command once more: it takes over what has changed since.",
    `  3. ${use}`,
    ...(imports.length === 0
      ? []
      : [
          `  4. Post these zips to /knowledge/import once more within ten minutes, or what was read from them goes: ${imports.join(", ")}.`,
        ]),
    "The source stays as it is: keep it until the service has run well for a while.",
  ].join("\n");
}
