import type {
  AnswerChange,
  AnswerMemory,
  AnswerVersion,
  RememberedAnswer,
  StoredAnswer,
} from "./answer-memory.ts";

/** What people do to keep the answer memory true. Each change can be seen and taken back. */

/** So many changes of an answer are kept; of the older ones nobody asks any more. */
const maxChanges = 20;

/** Who does it, and when (milliseconds since 1970). */
export type Doer = { by: string; at: number };

/** Why a change was not made, or the answer as it is after it. */
export type Changed =
  | { answer: StoredAnswer }
  | { refused: "no-such-answer" | "not-possible" | "nothing-to-undo" };

type Ports = { memory: Pick<AnswerMemory, "readAnswer" | "replaceAnswer"> };

/** Changes the texts of an answer; what is not named stays. */
export function editAnswer(
  id: string,
  texts: Partial<Omit<AnswerVersion, "status">>,
  doer: Doer,
  ports: Ports,
  signal: AbortSignal,
): Promise<Changed> {
  return change(id, "edited", doer, ports, signal, (answer) =>
    answer.status === "forgotten" ? null : { ...versionOf(answer), ...texts },
  );
}

/** Takes an answer out of recall; a suggestion is declined by it. */
export function retireAnswer(
  id: string,
  doer: Doer,
  ports: Ports,
  signal: AbortSignal,
): Promise<Changed> {
  return change(id, "retired", doer, ports, signal, (answer) =>
    answer.status === "answer" || answer.status === "suggested"
      ? { ...versionOf(answer), status: "retired" }
      : null,
  );
}

/** Brings a retired answer back into recall. */
export function restoreAnswer(
  id: string,
  doer: Doer,
  ports: Ports,
  signal: AbortSignal,
): Promise<Changed> {
  return change(id, "restored", doer, ports, signal, (answer) =>
    answer.status === "retired" ? { ...versionOf(answer), status: "answer" } : null,
  );
}

/** Puts an answer back as it was before its latest change; doing it twice takes that back as well. */
export async function undoChange(
  id: string,
  doer: Doer,
  ports: Ports,
  signal: AbortSignal,
): Promise<Changed> {
  const answer = await ports.memory.readAnswer(id, signal);
  const before = answer?.changes?.at(-1)?.before ?? null;
  if (answer !== null && before === null) return { refused: "nothing-to-undo" };
  return change(id, "undone", doer, ports, signal, () => before);
}

/**
 * Lets one answer stand for others that say the same: those are retired, each with a word about
 * where to look now.
 *
 * @returns what became of each, in their order
 */
export async function mergeInto(
  keptId: string,
  duplicateIds: string[],
  doer: Doer,
  ports: Ports,
  signal: AbortSignal,
): Promise<Changed[]> {
  const kept = await ports.memory.readAnswer(keptId, signal);
  const results: Changed[] = [];
  for (const id of duplicateIds) {
    if (kept?.status !== "answer" || id === keptId) results.push({ refused: "not-possible" });
    else {
      const merged = await change(
        id,
        "merged",
        doer,
        ports,
        signal,
        (answer) =>
          answer.status === "answer" ? { ...versionOf(answer), status: "retired" } : null,
        keptId,
      );
      results.push(merged);
    }
  }
  return results;
}

/**
 * Takes a suggestion into the memory: as an answer of its own, or as the new text of the answer that
 * it is about. In the second case the suggestion is retired.
 */
export async function acceptSuggestion(
  id: string,
  doer: Doer,
  ports: Ports,
  signal: AbortSignal,
): Promise<Changed> {
  const suggestion = await ports.memory.readAnswer(id, signal);
  if (suggestion === null) return { refused: "no-such-answer" };
  if (suggestion.status !== "suggested") return { refused: "not-possible" };
  const { suggestedFor, question, answer, language, url } = suggestion;
  if (suggestedFor === undefined) {
    return change(id, "accepted", doer, ports, signal, (one) => ({
      ...versionOf(one),
      status: "answer",
    }));
  }
  const edited = await editAnswer(
    suggestedFor,
    { question, answer, language, url },
    doer,
    ports,
    signal,
  );
  if ("refused" in edited) return edited;
  await change(
    id,
    "accepted",
    doer,
    ports,
    signal,
    (one) => ({ ...versionOf(one), status: "retired" }),
    edited.answer.id,
  );
  return edited;
}

/** An answer that a person types in, or proposes, as it is stored. */
export function typedAnswer(
  typed: {
    question: string;
    answer: string;
    language: string | null;
    url: string | null;
    suggestedFor?: string | undefined;
    brand?: string;
  },
  did: "added" | "imported" | "suggested",
  { by, at }: Doer,
): RememberedAnswer {
  const { question, answer, language, url, suggestedFor, brand } = typed;
  return {
    question,
    answer,
    status: did === "suggested" ? "suggested" : "answer",
    author: "operator",
    conversationId: null,
    partId: null,
    at,
    language,
    url,
    decision: null,
    draftedFrom: [],
    changes: [{ did, by, at, before: null }],
    ...(suggestedFor === undefined ? {} : { suggestedFor }),
    ...(brand === undefined ? {} : { brand }),
  };
}

/** Who stands for an answer: whoever changed it last, or else decided about its draft. */
export function standsFor({ changes, verdict }: RememberedAnswer): string | null {
  return changes?.at(-1)?.by ?? verdict?.by ?? null;
}

/** When somebody last put these words down, in milliseconds since 1970. */
export function lastWrittenAt({ at, changes = [] }: RememberedAnswer): number {
  const wrote = ["edited", "accepted", "undone"];
  return Math.max(at, ...changes.filter(({ did }) => wrote.includes(did)).map((one) => one.at));
}

async function change(
  id: string,
  did: AnswerChange["did"],
  { by, at }: Doer,
  { memory }: Ports,
  signal: AbortSignal,
  wanted: (answer: StoredAnswer) => AnswerVersion | null,
  into?: string,
): Promise<Changed> {
  const stored = await memory.readAnswer(id, signal);
  if (stored === null || stored.status === "forgotten") return { refused: "no-such-answer" };
  const version = wanted(stored);
  if (version === null) return { refused: "not-possible" };
  const before = versionOf(stored);
  if (did === "edited" && isSame(before, version)) return { answer: stored };
  const { id: _, score, ...answer } = stored;
  const changed: RememberedAnswer = {
    ...answer,
    ...version,
    changes: [
      ...(answer.changes ?? []),
      { did, by, at, before, ...(into === undefined ? {} : { into }) },
    ].slice(-maxChanges),
  };
  const newId = await memory.replaceAnswer(id, changed, signal);
  return newId === null
    ? { refused: "no-such-answer" }
    : { answer: { ...changed, id: newId, score: null } };
}

function versionOf({ question, answer, language, url, status }: RememberedAnswer): AnswerVersion {
  return { question, answer, language, url, status };
}

function isSame(one: AnswerVersion, other: AnswerVersion): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
