/** Where a card is. Slack names a message by its channel and its time stamp there. */
export type CardPlace = { channel: string; ts: string };

/** The card's id as it stands in notes. */
export function cardId({ channel, ts }: CardPlace): string {
  return `${channel}-${ts}`;
}

/** @returns `null` when the id is none of Slack's, such as one from mock mode. */
export function readCardId(id: string): CardPlace | null {
  const [, channel, ts] = /^([A-Z0-9]+)-(\d+\.\d+)$/.exec(id) ?? [];
  return channel === undefined || ts === undefined ? null : { channel, ts };
}
