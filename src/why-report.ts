import type { Explanation } from "./core/explaining/explain-conversation.ts";
import { sectionsOf } from "./core/explaining/sections.ts";

/** An explanation as text for a terminal. */
export function whyReport(explanation: Explanation): string {
  const { conversationId, url } = explanation;
  const where = url === null ? "" : `\n  ${url}`;
  const sections = sectionsOf(explanation).map(({ title, lines }) =>
    [title, ...lines.map((line) => `  ${line}`)].join("\n"),
  );
  return [`Conversation ${conversationId}${where}`, ...sections].join("\n\n");
}
