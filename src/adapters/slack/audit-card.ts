import type { Background } from "../../core/reviewing/review-background.ts";
import { actionIds } from "./action-ids.ts";
import { beforeBlocks, whereBlocks } from "./background-blocks.ts";
import { whyBlocks } from "./card.ts";
import {
  button,
  type CardDraft,
  type CardMessage,
  heading,
  messageBlocks,
  openButton,
  preview,
} from "./card-blocks.ts";
import { packInto } from "./card-values.ts";
import { mrkdwnNotification } from "./notification-line.ts";
import type { Packer } from "./pack-draft.ts";
import { sourceBlocks } from "./source-blocks.ts";
import { labels } from "./wording.ts";

/** The card about a reply that was sent already; `null` when it is too large to travel in a card. */
export function auditCard(
  draft: CardDraft,
  background: Background,
  packer: Packer,
): CardMessage | null {
  const values = packInto(draft, packer);
  if (values === null) return null;
  const [first, second, third] = values;
  return {
    text: mrkdwnNotification(draft, "asking"),
    blocks: [
      heading(labels.audit, draft),
      ...whyBlocks(draft),
      ...whereBlocks(draft, background),
      ...beforeBlocks(background),
      ...messageBlocks(background.messages, draft),
      ...preview(labels.sentText, draft.draft),
      ...sourceBlocks(draft),
      {
        type: "actions",
        elements: [
          button(actionIds.good, labels.good, first),
          button(actionIds.wrong, labels.wrong, second),
          openButton(draft, third),
        ],
      },
    ],
  };
}
