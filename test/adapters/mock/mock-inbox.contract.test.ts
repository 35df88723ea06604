import { createMockInbox } from "../../../src/adapters/mock/mock-inbox.ts";
import { describeInbox } from "../../contracts/inbox.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

describeInbox("mock mode", async () => {
  const inbox = createMockInbox({ clock: Date.now, log: createRecordingLog() });
  return {
    inbox,
    customerWrites(conversationId, text) {
      const id = conversationId ?? inbox.open({ id: "contact-1", name: "Ada Lovelace" });
      return { conversationId: id, partId: inbox.customerWrites(id, text).id };
    },
    teammateWrites: (conversationId, text) => void inbox.teammateWrites(conversationId, text),
    close: inbox.close,
    stop: async () => {},
  };
});
