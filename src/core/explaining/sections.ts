import type { Explanation } from "./explain-conversation.ts";
import { titles } from "./wording.ts";

/** What stands under one title of an explanation, a line each. */
export type Section = { title: string; lines: string[] };

/** An explanation in the order in which it is read. */
export function sectionsOf({ timeline, now, next, toDo, unknown }: Explanation): Section[] {
  return [
    {
      title: titles.happened,
      lines: timeline.length === 0 ? [titles.nothingKnown] : timelineLines(timeline),
    },
    { title: titles.now, lines: [now.words] },
    { title: titles.next, lines: [next] },
    { title: titles.toDo, lines: [toDo] },
    ...(unknown.length === 0 ? [] : [{ title: titles.unknown, lines: unknown }]),
  ];
}

function timelineLines(timeline: Explanation["timeline"]): string[] {
  return timeline.map(({ at, words, partId }) => {
    const part = partId === null ? "" : `  [part ${partId}]`;
    return `${at.slice(0, 19).replace("T", " ")}  ${words}${part}`;
  });
}
