import type { Inbox } from "../../core/ports.ts";
import type { MockInbox } from "./mock-inbox.ts";

/**
 * A mock inbox into which real conversations are read when somebody asks for one. From then on they
 * live here: whatever is written stays in the mock, because nothing here can write anywhere else.
 *
 * @param readReal reads a real conversation
 */
export function createReadingInbox(mock: MockInbox, readReal: Inbox["read"]): Inbox {
  return {
    ...mock,
    async read(conversationId, signal) {
      const known = await mock.read(conversationId, signal);
      if (known !== null) return known;
      const real = await readReal(conversationId, signal);
      if (real !== null) mock.adopt(real);
      return real;
    },
  };
}
