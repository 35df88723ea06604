import type { Attachment } from "../../core/types.ts";
import type { IntercomMessage } from "./conversation-schema.ts";

/** Marks an image between the words of a body, see `htmlToText`. */
const imageMark = "[image]";

/**
 * What came with a message besides its words: files, and images pasted between the words.
 * @param words what is read of the body; images that were only quoted do not count
 */
export function attachmentsOf(
  { body, attachments }: IntercomMessage,
  words: string,
): { files: Attachment[]; pasted: Attachment[] } {
  const files = attachments.map(({ name, content_type, url }) => ({
    kind: kindOf(content_type),
    name,
    contentType: content_type,
    url,
  }));
  const pasted = words.includes(imageMark) ? imagesIn(body ?? "") : [];
  return { files, pasted };
}

function kindOf(contentType: string | null): Attachment["kind"] {
  if (contentType?.startsWith("image/")) return "image";
  return contentType?.startsWith("audio/") ? "voice note" : "file";
}

/** Screenshots are pasted into the body and are no attachments of Intercom's. */
function imagesIn(body: string): Attachment[] {
  const found: Attachment[] = [];
  for (let from = 0; ; ) {
    const start = body.indexOf("<img", from);
    const end = start < 0 ? -1 : body.indexOf(">", start);
    if (end < 0) return found;
    const [, url] = /\ssrc="([^"]*)"/.exec(body.slice(start, end)) ?? [];
    const image = { kind: "image" as const, name: null, contentType: null };
    found.push({ ...image, url: url?.replaceAll("&amp;", "&") ?? null });
    from = end;
  }
}
