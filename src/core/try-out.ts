/** What the ids of conversations that somebody typed on the chat page begin with; Intercom's are numbers. */
export const tryOutPrefix = "chat-";

/** Whether no customer wrote it, so that it says nothing about customers. */
export function isTryOut(conversationId: string): boolean {
  return conversationId.startsWith(tryOutPrefix);
}
