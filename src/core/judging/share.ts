/**
 * Where a conversation stands among all, from 0 up to, not including, 100: the same every time, so
 * that a share that grows only ever adds conversations.
 *
 * FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) with a last mix, because ids differ in their
 * last digits only.
 */
export function placeOf(conversationId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < conversationId.length; index++) {
    hash = Math.imul(hash ^ conversationId.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return ((hash >>> 0) / 0x1_0000_0000) * 100;
}
