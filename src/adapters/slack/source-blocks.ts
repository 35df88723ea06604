import type { types } from "@slack/bolt";
import { mrkdwn } from "./card-blocks.ts";
import { cutText } from "./cut-text.ts";
import { escapeMrkdwn, mrkdwnLink } from "./escape-mrkdwn.ts";
import type { PackedDraft } from "./pack-draft.ts";
import { cardNotices, labels } from "./wording.ts";

const sourcesLimit = 1500;
const titleLimit = 120;

/** What a draft rests on. */
export function sourceBlocks({ sources }: Pick<PackedDraft, "sources">): types.KnownBlock[] {
  const titled = sources.filter(({ title }) => title !== "");
  const lines: string[] = [];
  let length = 0;
  for (const [index, { title, url }] of titled.entries()) {
    const name = escapeMrkdwn(cutText(title.replace(/\s+/g, " "), titleLimit));
    // The label is ours: a title that looks like an address must not seem to be where it leads.
    const link = url === null ? "" : ` · ${mrkdwnLink(url, "open")}`;
    const line = `${index + 1}. ${name}${link}`;
    length += line.length + 1;
    if (length > sourcesLimit) break;
    lines.push(line);
  }
  const left = sources.length - lines.length;
  if (sources.length === 0) lines.push(labels.noSources);
  else if (left > 0) lines.push(cardNotices.moreSources(left));
  return [mrkdwn([`*${labels.sources}*`, ...lines].join("\n"))];
}
