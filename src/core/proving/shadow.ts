import type { ConversationArchive } from "../learning/backfill-run.ts";
import type { Log } from "../ports.ts";
import type { Conversation, JourneyReport, Part, Source } from "../types.ts";
import { type CodeFinding, codeFindings } from "./code-checks.ts";
import type { Judge, Judgement } from "./judge.ts";

type ShadowSource = Pick<Source, "id" | "kind" | "title" | "url" | "text" | "score">;

/** A draft that nobody saw; secrets in its texts are masked. What the customer wrote is not kept. */
export type ShadowDraft = {
  conversationId: string;
  basePartId: string;
  /** When the customer wrote, in milliseconds since 1970. */
  at: number;
  /** What it would have come to under `auto`: the decision and its reason. */
  would: string;
  reply: string;
  confidence: number;
  /** The policy's topic, else the intent. */
  topic: string;
  language: string;
  model: string;
  promptHash: string | null;
  used: ShadowSource[];
  /** What else it could have rested on. */
  recalled: ShadowSource[];
  unknownLinks: string[];
};

/** What became of it beside what a teammate said. */
export type ShadowComparison =
  | { kind: "unanswered" }
  | {
      kind: "compared";
      /** When the teammate answered, in milliseconds since 1970. */
      answeredAt: number;
      findings: CodeFinding[];
      /** `null`: no judge was asked, or it did not answer. */
      judgement: Judgement | null;
    };

export type ShadowCase = ShadowDraft & { comparison: ShadowComparison | null };

/** Where they outlive the process. Only `keep` may be called by the service; it never throws. */
export type ShadowStore = {
  keep(draft: ShadowDraft): void;
  /** Oldest first. */
  all(): ShadowCase[];
  compared(basePartId: string, comparison: ShadowComparison): void;
  /** @returns how many of that conversation were removed */
  forgetConversation(conversationId: string): number;
  /** Removes what is older than that time (ms). */
  forgetBefore(time: number): void;
};

/** The draft of a journey in the shadow; `null`: it had none. */
export function shadowDraftOf(
  { decision, drafting, turn, recall, conversationId }: JourneyReport,
  redact: (text: string) => string,
): ShadowDraft | null {
  if (decision === null || !("would" in decision)) return null;
  if (drafting === null || "noDraft" in drafting || turn === null) return null;
  const { draft } = drafting;
  const kept = ({ id, kind, title, url, text, score }: Source): ShadowSource => {
    return { id, kind, title: redact(title), url, text: redact(text), score };
  };
  const used = new Set(draft.usedSources.map(({ id }) => id));
  return {
    conversationId,
    basePartId: turn.basePartId,
    at: turn.messages.at(-1)?.at ?? 0,
    would: decision.would,
    reply: redact(draft.reply),
    confidence: draft.confidence,
    topic: draft.topic ?? draft.intent,
    language: draft.language,
    model: draft.origin.model,
    promptHash: draft.origin.promptHash,
    used: draft.usedSources.map(kept),
    recalled: (recall?.sources ?? []).filter(({ id }) => !used.has(id)).map(kept),
    unknownLinks: draft.unknownLinks,
  };
}

export type ShadowPorts = {
  store: ShadowStore;
  archive: Pick<ConversationArchive, "read">;
  judge: Judge | null;
  redact(text: string): string;
  log: Log;
};

/**
 * Compares what is not compared yet with what teammates said since, one after the other, and keeps
 * each result at once. What nobody has answered yet waits for the next time.
 *
 * @returns how many were compared now
 * @throws UpstreamError when Intercom cannot be read
 */
export async function compareShadow(
  { store, archive, judge, redact, log }: ShadowPorts,
  signal: AbortSignal,
): Promise<number> {
  let compared = 0;
  for (const draft of store.all()) {
    if (draft.comparison !== null) continue;
    const read = await archive.read(draft.conversationId, signal);
    if (read === null) {
      store.forgetConversation(draft.conversationId);
      continue;
    }
    const { conversation } = read;
    const answers = answersTo(conversation, draft.basePartId);
    if (answers === "waits") continue;
    if (answers === "none") {
      store.compared(draft.basePartId, { kind: "unanswered" });
      continue;
    }
    const answer = answers.map(({ text }) => text).join("\n\n");
    const { said, question } = before(conversation, draft.basePartId);
    const findings = codeFindings(
      {
        reply: draft.reply,
        usedSources: draft.used.map(asSource),
        unknownLinks: draft.unknownLinks,
      },
      draft.recalled.map(asSource),
      said,
      answer,
    );
    const judgement = await judged(
      {
        question: redact(question),
        sources: draft.used,
        draft: draft.reply,
        answer: redact(answer),
      },
      judge,
      log,
      signal,
    );
    const answeredAt = answers[0]?.at ?? 0;
    store.compared(draft.basePartId, { kind: "compared", answeredAt, findings, judgement });
    compared += 1;
  }
  return compared;
}

/**
 * Whether the draft would have done: what code found goes before what the judge said; without a judge
 * only that it says something else than the teammate is known.
 */
export function isAgreeing({ comparison }: ShadowCase): boolean | null {
  if (comparison?.kind !== "compared") return null;
  if (comparison.findings.length > 0) return false;
  if (comparison.judgement === null) return null;
  const { isSupported, isOnQuestion, isConsistent, isSendable } = comparison.judgement;
  return isSupported && isOnQuestion && isConsistent && isSendable;
}

/**
 * What teammates said after it and before the customer wrote again. `none`: nobody will any more,
 * because the customer wrote again or the conversation was closed.
 */
function answersTo(conversation: Conversation, basePartId: string): Part[] | "waits" | "none" {
  const { parts, state } = conversation;
  const base = parts.findIndex(({ id }) => id === basePartId);
  if (base === -1) return "none";
  const said = parts.slice(base + 1).filter(({ kind }) => kind === "comment");
  const next = said.findIndex(({ author }) => author.role === "customer");
  const answers = said
    .slice(0, next === -1 ? said.length : next)
    .filter(({ author, text }) => author.role === "teammate" && text.trim() !== "");
  if (answers.length > 0) return answers;
  return next === -1 && state !== "closed" ? "waits" : "none";
}

/** What was said until then, and of it what the draft was an answer to. */
function before({ parts }: Conversation, basePartId: string) {
  const base = parts.findIndex(({ id }) => id === basePartId);
  const said = parts.slice(0, base + 1).filter(({ kind }) => kind === "comment");
  const others = said.findLastIndex(({ author }) => author.role !== "customer");
  const asked = said.slice(others + 1);
  return {
    said: said.map(({ text }) => text),
    question: asked.map(({ text }) => text).join("\n\n"),
  };
}

async function judged(
  request: Parameters<Judge["judge"]>[0],
  judge: Judge | null,
  log: Log,
  signal: AbortSignal,
): Promise<Judgement | null> {
  if (judge === null || request.draft.trim() === "") return null;
  try {
    return (await judge.judge(request, signal)).judgement;
  } catch (error) {
    if (signal.aborted) throw error;
    log.warn({ error }, "not judged; what code found stands alone");
    return null;
  }
}

function asSource(source: ShadowSource): Source {
  return { ...source, language: null, at: null, isInternal: false };
}
