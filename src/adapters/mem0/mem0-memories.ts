import { z } from "zod";
import type { ForWhom } from "../../core/for-whom.ts";
import {
  type AnswerChange,
  answerAuthors,
  answerStatuses,
  type KeptVerdict,
  type RememberedAnswer,
  type StoredAnswer,
} from "../../core/knowledge/answer-memory.ts";
import type { RememberedTurn } from "../../core/ports.ts";
import type { Decision } from "../../core/types.ts";
import type { Mem0Record } from "./mem0-client.ts";

/**
 * How answers, turns and checkpoints look as memories of Mem0. The text is what Mem0 searches in
 * and shows; everything else is metadata, whose keys are Mem0's to keep.
 */

const answerMetadata = z.object({
  kind: z.literal("answer"),
  /** Where question and answer end in the text. */
  question_length: z.number(),
  answer_length: z.number(),
  status: z.enum(answerStatuses),
  author: z.enum(answerAuthors),
  conversation_id: z.string().nullable(),
  part_id: z.string().nullable(),
  at: z.number(),
  language: z.string().nullable(),
  url: z.string().nullable(),
  decision: z.string().nullable(),
  verdict: z.string().optional(),
  drafted_from: z.array(z.string()),
  changes: z.string().optional(),
  suggested_for: z.string().optional(),
  brand: z.string().optional(),
  for_whom: z.string().optional(),
});

const turnMetadata = z.object({
  kind: z.literal("turn"),
  heading_length: z.number(),
  conversation_id: z.string(),
  part_id: z.string(),
  contact_id: z.string(),
  speaker: z.enum(["customer", "teammate", "us"]),
  at: z.number(),
});

const checkpointMetadata = z.object({ kind: z.literal("checkpoint"), at: z.number() });

const questionMark = "Question: ";
const answerMark = "\n\nAnswer: ";

/**
 * Question and answer are one text, so that Mem0 keeps them as one memory. Where they come from is
 * in it too: Mem0 drops a text that a user has already, and with it who else answered the same.
 */
export function answerMemory(answer: RememberedAnswer) {
  const metadata: z.infer<typeof answerMetadata> = {
    kind: "answer",
    question_length: answer.question.length,
    answer_length: answer.answer.length,
    status: answer.status,
    author: answer.author,
    conversation_id: answer.conversationId,
    part_id: answer.partId,
    at: answer.at,
    language: answer.language,
    url: answer.url,
    decision: answer.decision === null ? null : JSON.stringify(answer.decision),
    ...(answer.verdict === undefined ? {} : { verdict: JSON.stringify(answer.verdict) }),
    drafted_from: answer.draftedFrom,
    ...(answer.changes === undefined ? {} : { changes: JSON.stringify(answer.changes) }),
    ...(answer.suggestedFor === undefined ? {} : { suggested_for: answer.suggestedFor }),
    ...(answer.brand === undefined ? {} : { brand: answer.brand }),
    ...(answer.forWhom === undefined ? {} : { for_whom: JSON.stringify(answer.forWhom) }),
  };
  const { conversationId, partId } = answer;
  const origin =
    conversationId === null ? "" : `\n\n(conversation ${conversationId}, part ${partId})`;
  return {
    text: `${questionMark}${answer.question}${answerMark}${answer.answer}${origin}`,
    metadata,
  };
}

/** @returns `null` for a memory that is not an answer of ours. */
export function toAnswer({ id, text, score, metadata }: Mem0Record): StoredAnswer | null {
  const parsed = answerMetadata.safeParse(metadata);
  if (!parsed.success) return null;
  const { data } = parsed;
  const questionEnd = questionMark.length + data.question_length;
  const answerStart = questionEnd + answerMark.length;
  return {
    id,
    question: text.slice(questionMark.length, questionEnd),
    answer: text.slice(answerStart, answerStart + data.answer_length),
    status: data.status,
    author: data.author,
    conversationId: data.conversation_id,
    partId: data.part_id,
    at: data.at,
    language: data.language,
    url: data.url,
    // Our own writing, taken at its word.
    decision: data.decision === null ? null : (JSON.parse(data.decision) as Decision),
    ...(data.verdict === undefined ? {} : { verdict: JSON.parse(data.verdict) as KeptVerdict }),
    draftedFrom: data.drafted_from,
    ...(data.changes === undefined ? {} : { changes: JSON.parse(data.changes) as AnswerChange[] }),
    ...(data.suggested_for === undefined ? {} : { suggestedFor: data.suggested_for }),
    ...(data.brand === undefined ? {} : { brand: data.brand }),
    ...(data.for_whom === undefined ? {} : { forWhom: JSON.parse(data.for_whom) as ForWhom }),
    score,
  };
}

/**
 * The heading makes each turn's text one of its kind: Mem0 drops a text that a user has already,
 * and customers say "thanks" more than once.
 */
export function turnMemory(turn: RememberedTurn) {
  const heading = `${turn.speaker} in conversation ${turn.conversationId}, part ${turn.partId}: `;
  const metadata: z.infer<typeof turnMetadata> = {
    kind: "turn",
    heading_length: heading.length,
    conversation_id: turn.conversationId,
    part_id: turn.partId,
    contact_id: turn.contactId,
    speaker: turn.speaker,
    at: turn.at,
  };
  return { text: `${heading}${turn.text}`, metadata };
}

/** @returns `null` for a memory that is not a turn of ours. */
export function toTurn({ text, metadata }: Mem0Record): RememberedTurn | null {
  const parsed = turnMetadata.safeParse(metadata);
  if (!parsed.success) return null;
  const { data } = parsed;
  return {
    conversationId: data.conversation_id,
    partId: data.part_id,
    contactId: data.contact_id,
    speaker: data.speaker,
    text: text.slice(data.heading_length),
    at: data.at,
  };
}

/** The time in front keeps two checkpoints of the same value apart. */
export function checkpointMemory(value: string, at: number) {
  const metadata: z.infer<typeof checkpointMetadata> = { kind: "checkpoint", at };
  return { text: `${at} ${value}`, metadata };
}

/** @returns `null` for a memory that is not a checkpoint of ours. */
export function toCheckpoint(record: Mem0Record): { value: string; at: number } | null {
  const parsed = checkpointMetadata.safeParse(record.metadata);
  if (!parsed.success) return null;
  const { at } = parsed.data;
  return { value: record.text.slice(`${at} `.length), at };
}
