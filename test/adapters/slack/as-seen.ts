import { replyHtml } from "../../../src/lib/reply-html.ts";
import type { Block } from "../../stand-ins/slack.ts";

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** What rich text shows of a reply's own words: without what stands beside links. */
export function ownWordsIn(blocks: object[]): string {
  const runs = (block: Block): Block[] =>
    (block.elements ?? []).flatMap((one: Block) => (one.elements ? runs(one) : [one]));
  return (blocks as Block[])
    .filter(({ type }) => type === "rich_text")
    .flatMap(runs)
    .filter(({ style }) => style?.code !== true)
    .map(({ text }) => text)
    .join("");
}

/** What the customer reads of a reply, without the space in it, by which lines and lists differ. */
export function wordsSeen(markdown: string): string {
  const text = replyHtml(markdown)
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(amp|lt|gt|quot);/g, (_all, name: string) => entities[name] ?? "");
  return withoutSpace(text);
}

export function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, "");
}
