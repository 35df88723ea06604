/**
 * Whether it can be a conversation's id. Ids come from webhooks and go into paths, and to Intercom
 * the id `last` means whatever conversation was written in last.
 */
export function isConversationId(id: string): boolean {
  return /^\d{1,30}$/.test(id);
}
