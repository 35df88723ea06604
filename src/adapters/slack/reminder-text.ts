import { cutText } from "./cut-text.ts";
import { escapeMrkdwn, mrkdwnLink } from "./escape-mrkdwn.ts";
import { askedLimit, customerIn } from "./notification-line.ts";
import type { PackedDraft } from "./pack-draft.ts";
import { mrkdwnTimeAgo, reminderWords } from "./wording.ts";

/** What a reminder says about a card. */
export type Reminded = Pick<
  PackedDraft,
  "kind" | "customerName" | "asked" | "waitingSince" | "needsAnswer" | "missing"
>;

/**
 * Who has waited how long for what, for people who may decide it; Slack counts the time itself when
 * it shows the message.
 *
 * @param cardId stands in it, because it is how the reminder is found again
 * @param group mentioned, if there is one
 */
export function mrkdwnReminder(
  cardId: string,
  url: string | null,
  about: Reminded,
  group: string | null,
): string {
  const mention = group === null ? "" : `<!subteam^${group}> `;
  const name = escapeMrkdwn(customerIn(about));
  const asked = about.asked?.trim() ?? "";
  const question = asked === "" ? "" : `: “${escapeMrkdwn(cutText(asked, askedLimit))}”`;
  const link = url === null ? "" : ` ${mrkdwnLink(url, reminderWords.openCard)}.`;
  return `:bell: ${mention}*${name}* ${since(about)}${question}. ${state(about)}${link} (${cardId})`;
}

function since({ kind, waitingSince }: Reminded): string {
  if (kind === "correction") return reminderWords.correction;
  if (waitingSince === undefined) return reminderWords.waiting;
  return reminderWords.waitingSince(mrkdwnTimeAgo(waitingSince * 1000));
}

function state({ needsAnswer }: Reminded): string {
  return needsAnswer === true ? reminderWords.needsAnswer : reminderWords.undecided;
}
