import type { Customer } from "../customer.ts";
import { type Asker, plainName } from "../for-whom.ts";
import type { NameFrom } from "../policy.ts";
import type { Inbox } from "../ports.ts";
import { unansweredTurn } from "../turn.ts";
import type { Conversation, Policy } from "../types.ts";
import { unknown } from "../unknown.ts";
import { holds } from "./conditions.ts";
import { factsOf } from "./facts-of.ts";

/** Brand, plan and topic of whoever writes in a conversation, where the policy says they stand. */
function whoAsks(conversation: Conversation, { whoAsks: named }: Pick<Policy, "whoAsks">): Asker {
  const { brand, plan, topic } = named;
  return {
    brand: nameFrom(brand, conversation),
    plan: nameFrom(plan, conversation),
    topic: nameFrom(topic, conversation),
  };
}

/** The same door, whose conversations say who asks. */
export function withWhoAsks<Door extends Pick<Inbox, "read">>(
  door: Door,
  policy: () => Pick<Policy, "whoAsks">,
): Door {
  return {
    ...door,
    async read(conversationId: string, signal?: AbortSignal) {
      const conversation = await door.read(conversationId, signal);
      return conversation && { ...conversation, asker: whoAsks(conversation, policy()) };
    },
  };
}

/** The same for conversations of the past. */
export function withWhoAsked<
  Archive extends {
    read(id: string, signal: AbortSignal): Promise<{ conversation: Conversation } | null>;
  },
>(archive: Archive, policy: () => Pick<Policy, "whoAsks">): Archive {
  return {
    ...archive,
    async read(id: string, signal: AbortSignal) {
      const read = await archive.read(id, signal);
      if (read === null) return null;
      const { conversation } = read;
      return { ...read, conversation: { ...conversation, asker: whoAsks(conversation, policy()) } };
    },
  };
}

function nameFrom(from: NameFrom | null, conversation: Conversation): string | null {
  if (from === null) return null;
  if ("first" in from) return firstThatHolds(from.first, conversation);
  if ("conversationAttribute" in from) {
    return textOf(conversation.attributes[from.conversationAttribute]);
  }
  const customer = conversation.customer ?? unknown;
  if (customer === unknown) return null;
  return "contactAttribute" in from
    ? textOf(customer.attributes[from.contactAttribute])
    : ofCompanies(customer, from.companyAttribute);
}

/** What may be true of an earlier one leaves the later ones in doubt. */
function firstThatHolds(
  named: Extract<NameFrom, { first: unknown }>["first"],
  conversation: Conversation,
): string | null {
  const turn = unansweredTurn(conversation) ?? { basePartId: "", messages: [], earlier: [] };
  const facts = factsOf(conversation, turn, null);
  for (const { name, when } of named) {
    const truth = holds(when, facts);
    if (truth === "yes") return name;
    if (truth === "unknown") return null;
  }
  return null;
}

/** Of somebody in several companies it is known only where all of them agree. */
function ofCompanies({ companies }: Customer, attribute: string): string | null {
  if (companies === unknown) return null;
  const [first = null, ...others] = companies.map(
    ({ attributes, plan }) => textOf(attributes[attribute]) ?? (attribute === "plan" ? plan : null),
  );
  if (first === null) return null;
  const isSame = (other: string | null) => other !== null && plainName(other) === plainName(first);
  return others.every(isSame) ? first : null;
}

function textOf(value: string | number | boolean | null | undefined): string | null {
  const text = String(value ?? "").trim();
  return text === "" ? null : text;
}
