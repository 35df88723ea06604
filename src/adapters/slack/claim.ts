import type { Log } from "../../core/ports.ts";
import type { CardPlace } from "./card-id.ts";
import { type SlackClient, slackErrorCode, upstreamError } from "./clients.ts";

/**
 * Who may carry out a verdict on a card.
 *
 * - `won`: we alone; - `taken`: somebody has it already;
 * - `unknown`: Slack did not answer clearly, so nobody may assume anything;
 * - `exhausted`: the card has been tried too often.
 */
export type Claim = "won" | "taken" | "unknown" | "exhausted";

const numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const clocks = Array.from({ length: 11 }, (_, hour) => `clock${hour + 1}`);
/** One for each generation of a card; Slack allows 23 different ones on a message. */
const emojis = ["lock", ...numbers, "keycap_ten", ...clocks];

/** How many times a card can be claimed. */
export const generations = emojis.length;

/**
 * Claims a generation of a card: the same reaction can be added to a message only once by us, so
 * Slack itself decides between two clicks, across processes and restarts
 * (`already_reacted`: https://docs.slack.dev/reference/methods/reactions.add).
 *
 * @param client one that never repeats a call: a claim repeated after a lost answer would find its
 *   own reaction and take it for somebody else's
 */
export async function claim(
  client: SlackClient,
  { channel, ts }: CardPlace,
  generation: number,
  log: Log,
): Promise<Claim> {
  const name = emojis[generation - 1];
  if (name === undefined) return "exhausted";
  try {
    await client.reactions.add({ channel, timestamp: ts, name });
    return "won";
  } catch (error) {
    if (slackErrorCode(error) === "already_reacted") return "taken";
    log.warn({ error: upstreamError("reactions.add", error) }, "claim unknown");
    return "unknown";
  }
}
