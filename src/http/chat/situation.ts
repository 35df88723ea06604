import type { Customer } from "../../core/customer.ts";
import { shownFacts } from "../../core/judging/shown-facts.ts";
import type { Conversation } from "../../core/types.ts";
import type { Situation } from "./protocol.ts";

/**
 * A conversation of the page as if whoever writes were the customer, in the place and at the time, that
 * were set for its session, so that every rule can be tried.
 *
 * @param setAt when the situation was set, in milliseconds since 1970: the time goes on from there
 * @param contactAttributes what of the customer model and teammates may see
 */
export function situated(
  conversation: Conversation,
  { situation, setAt }: { situation: Situation | null; setAt: number },
  contactAttributes: string[],
): Conversation {
  if (situation === null) return conversation;
  const customer = customerIn(situation);
  const { tags, channel, pageUrl, conversationAttributes, at } = situation;
  const set = {
    ...conversation,
    customer,
    shownFacts: shownFacts(customer, contactAttributes),
    tags: tags ?? conversation.tags,
    channel: channel ?? conversation.channel,
    pageUrl: pageUrl ?? conversation.pageUrl,
    attributes: { ...conversation.attributes, ...conversationAttributes },
  };
  return at === undefined ? set : shifted(set, at - setAt);
}

function customerIn(situation: Situation): Customer {
  const { role = "user", language, country, attributes, company, plan } = situation;
  const isInCompany = [company, plan, situation.companyAttributes].some((one) => one !== undefined);
  return {
    attributes: {
      role,
      ...(language === undefined ? {} : { language }),
      ...(country === undefined ? {} : { country }),
      ...attributes,
    },
    tags: situation.contactTags ?? [],
    segments: situation.segments ?? [],
    conversations: [],
    companies: isInCompany
      ? [
          {
            name: company ?? null,
            plan: plan ?? null,
            attributes: situation.companyAttributes ?? {},
          },
        ]
      : [],
  };
}

/** All of it earlier or later: ages stay what they are. */
function shifted(conversation: Conversation, byMs: number): Conversation {
  const { parts, updatedAt, readAt } = conversation;
  return {
    ...conversation,
    parts: parts.map((part) => ({ ...part, at: part.at + byMs })),
    updatedAt: updatedAt + byMs,
    readAt: readAt + byMs,
  };
}
