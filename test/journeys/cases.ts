import { readdirSync, readFileSync } from "node:fs";
import type { Decision, Draft, QuietReason, Source } from "../../src/core/types.ts";
import type { ConversationDocument } from "../stand-ins/intercom/documents.ts";

/** What a case expects: staying quiet, or a decision about these messages. */
type Expected = {
  quiet?: QuietReason;
  turn?: string[];
  decision?: Decision;
  customerHears?: string;
};

export type Case = {
  name: string;
  /** As `GET /conversations/{id}` shows it. */
  conversation: ConversationDocument;
  recall: Source[];
  draft: Partial<Draft>;
  expected: Expected;
};

const directory = new URL(".", import.meta.url);

/** Every folder beside this file is a case, but the one of the stories. */
export const cases: Case[] = readdirSync(directory, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "stories")
  .map(({ name }) => ({
    name,
    conversation: read(name, "conversation"),
    recall: read(name, "recall"),
    draft: read(name, "draft"),
    expected: read(name, "expected"),
  }));

function read<T>(name: string, file: string): T {
  return JSON.parse(readFileSync(new URL(`${name}/${file}.json`, directory), "utf8"));
}
