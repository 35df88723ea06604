import type { Attachment, Part } from "./types.ts";

// What came with a message stands in its text as a mark, so that whoever reads the text alone
// (a person, the model, the memory) knows that there was more.

/** How an attachment stands in the text of its message. */
export function attachmentMark({ kind, name }: Attachment): string {
  if (kind === "image") return "[image]";
  if (kind === "voice note") return "[voice note]";
  return `[attachment: ${(name ?? "unnamed").replace(/[\]\s]+/g, " ").trim()}]`;
}

/** What somebody wrote beside the marks. */
export function withoutAttachmentMarks(text: string): string {
  return text.replace(/\[(?:image|voice note|attachment: [^\]\n]*)\]/g, "").trim();
}

/** How an attachment is known among those of its conversation. @param index among those of its message */
export function attachmentKey({ id }: Pick<Part, "id">, index: number): string {
  return `${id}/${index}`;
}
