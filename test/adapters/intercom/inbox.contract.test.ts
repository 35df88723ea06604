import { createIntercom } from "../../../src/adapters/intercom/intercom.ts";
import { describeInbox } from "../../contracts/inbox.ts";
import { startIntercomStandIn } from "../../stand-ins/intercom.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

describeInbox("Intercom", async () => {
  const standIn = await startIntercomStandIn();
  const { inbox } = createIntercom({
    baseUrl: standIn.baseUrl,
    appUrl: "https://app.intercom.com",
    accessToken: standIn.accessToken,
    version: "2.16",
    adminId: standIn.adminId,
    log: createRecordingLog(),
  });
  return { ...standIn, inbox };
});
