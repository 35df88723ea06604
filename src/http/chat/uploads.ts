import { randomUUID } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { AttachmentOpener } from "../../core/ports.ts";
import type { Attachment, FileContent } from "../../core/types.ts";
import { contentOf } from "../../lib/file-content.ts";

/** Of all sessions; what was sent longest ago is forgotten first, and then counts as not seen. */
const mostBytesKept = 64 * 1024 * 1024;
const scheme = "chat-upload:";

/** Files that were given to the page, in memory, in the place of Intercom's addresses. */
export type Uploads = {
  /** @returns the id by which a message names it */
  keep(file: { bytes: Buffer; name: string; contentType: string }): string;
  /** What stands in the conversation for it, whether or not it is still there. */
  attachment(id: string): Attachment;
  /** Opens them, and leaves what is none of them to `elsewhere`. */
  openerBefore(elsewhere: AttachmentOpener): AttachmentOpener;
};

type Kept = { bytes: Buffer; attachment: Attachment };

export function createUploads(): Uploads {
  const kept = new LRUCache<string, Kept>({
    maxSize: mostBytesKept,
    sizeCalculation: ({ bytes }) => bytes.length + 1,
  });

  return {
    keep({ bytes, name, contentType }) {
      const id = randomUUID();
      const url = `${scheme}${id}`;
      kept.set(id, { bytes, attachment: { kind: kindOf(contentType), name, contentType, url } });
      return id;
    },
    attachment: (id) =>
      kept.get(id)?.attachment ?? { kind: "file", name: null, contentType: null, url: null },
    openerBefore: (elsewhere) => ({
      async open(attachments, wanted, signal) {
        const others = attachments.filter((one) => !isUpload(one));
        const opened = others.length === 0 ? [] : await elsewhere.open(others, wanted, signal);
        return Promise.all(
          attachments.map((one) =>
            isUpload(one) ? openOne(one, wanted.images, signal) : (opened.shift() ?? null),
          ),
        );
      },
    }),
  };

  async function openOne(
    { kind, url }: Attachment,
    wantsImages: boolean,
    signal: AbortSignal,
  ): Promise<FileContent | null> {
    const file = kept.get(url?.slice(scheme.length) ?? "");
    if (file === undefined || (kind === "image" && !wantsImages)) return null;
    const content = await contentOf(file.bytes, signal);
    return content?.kind === (kind === "image" ? "image" : "text") ? content : null;
  }
}

const isUpload = ({ url }: Attachment) => url?.startsWith(scheme) === true;

/** As Intercom's are told apart. */
function kindOf(contentType: string): Attachment["kind"] {
  if (contentType.startsWith("image/")) return "image";
  return contentType.startsWith("audio/") ? "voice note" : "file";
}
