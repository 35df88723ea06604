import type { Explanation } from "./core/explaining/explain-conversation.ts";

/** An explanation as text for a terminal. */
export function whyReport(explanation: Explanation): string {
  const { conversationId, url, timeline, now, next, toDo, unknown } = explanation;
  const where = url === null ? "" : `\n  ${url}`;
  return [
    `Conversation ${conversationId}${where}`,
    titled("What happened", timeline.length === 0 ? ["Nothing that is known."] : lines(timeline)),
    titled("Now", [now.words]),
    titled("If it were looked at now", [next]),
    titled("What to do", [toDo]),
    ...(unknown.length === 0 ? [] : [titled("Not known", unknown)]),
  ].join("\n\n");
}

function lines(timeline: Explanation["timeline"]): string[] {
  return timeline.map(({ at, words, partId }) => {
    const part = partId === null ? "" : `  [part ${partId}]`;
    return `${at.slice(0, 19).replace("T", " ")}  ${words}${part}`;
  });
}

function titled(title: string, content: string[]): string {
  return [title, ...content.map((line) => `  ${line}`)].join("\n");
}
