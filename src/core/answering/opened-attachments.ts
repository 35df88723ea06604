import { attachmentKey } from "../attachment-marks.ts";
import { createConcurrencyLimit } from "../concurrency-limit.ts";
import type { AttachmentOpener, Drafter, Log, Sight } from "../ports.ts";
import type { OpenedAttachment, Turn } from "../types.ts";

/** Images are megabytes, and a request holds them several times over: so many at a time. */
const parallelWithImages = 3;

/**
 * The same drafter, which is shown what came with the unanswered messages. They are opened when a draft
 * is asked for, and no sooner: their addresses are valid for minutes, and were read just before.
 */
export function withOpenedAttachments(
  drafter: Drafter,
  { opener, sight, log }: { opener: AttachmentOpener; sight: Sight; log: Log },
): Drafter {
  const inTurn = createConcurrencyLimit(parallelWithImages);
  return {
    draft(request, signal) {
      // Whoever stands before this has opened what it knows, and nobody else can.
      if (request.attachments !== undefined) return drafter.draft(request, signal);
      const sent = sentWith(request.turn);
      if (sent.length === 0) return drafter.draft(request, signal);
      const hasImages = sent.some(({ attachment }) => attachment.kind === "image");
      return hasImages ? inTurn(() => draftWith(sent)) : draftWith(sent);

      async function draftWith(all: Sent[]) {
        const images = hasImages && (await sight.seesImages(signal));
        const contents = await opener.open(
          all.map(({ attachment }) => attachment),
          { images },
          signal,
        );
        const attachments = all.flatMap(({ attachment, ...which }, index): OpenedAttachment[] => {
          const content = contents[index] ?? null;
          return content === null ? [] : [{ ...which, name: attachment.name, ...content }];
        });
        const { id: conversationId } = request.conversation;
        const counts = { sent: all.length, opened: attachments.length };
        log.info({ conversationId, ...counts, seesImages: images }, "attachments opened");
        return drafter.draft({ ...request, attachments }, signal);
      }
    },
  };
}

type Sent = ReturnType<typeof sentWith>[number];

function sentWith({ messages }: Turn) {
  return messages.flatMap((message, place) =>
    message.attachments.map((attachment, index) => ({
      key: attachmentKey(message, index),
      messageNumber: place + 1,
      attachment,
    })),
  );
}
