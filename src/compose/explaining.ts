import { createIntercom } from "../adapters/intercom/intercom.ts";
import { createPolicyFile } from "../adapters/policy-file/policy-file.ts";
import type { Config } from "../config.ts";
import { type Explanation, explainConversation } from "../core/explaining/explain-conversation.ts";
import { withWhyLinks } from "../core/explaining/why-links.ts";
import type { Inbox, Log } from "../core/ports.ts";
import { createLookUps } from "./look-ups.ts";

/**
 * What `npm run why` needs where the service does not answer: it reads, and knows nothing of what
 * the service did.
 *
 * @returns `null` in mock mode without a real Intercom
 */
export function composeExplaining(
  config: Config,
  log: Log,
): ((conversationId: string) => Promise<Explanation>) | null {
  if (config.intercom === null) return null;
  const policyFile = config.policyFile;
  const policy =
    policyFile === null
      ? config.policy
      : createPolicyFile(policyFile, config.policy, log).current();
  const intercom = createIntercom({ ...config.intercom, log });
  const inbox = createLookUps({ ...config, policy }, intercom, log).knownIn(intercom.inbox);
  return async (id) => explainConversation(id, await inbox.read(id), policy, null);
}

/** Cards and notes lead to `/why` where the service has an address and a token that opens it. */
export function linkedToWhy({ publicUrl, adminToken }: Config, inbox: Inbox): Inbox {
  return publicUrl === null || adminToken === null ? inbox : withWhyLinks(inbox, publicUrl);
}
