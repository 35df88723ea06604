import type { CustomerNames, LabelPlaces, Takers } from "../../core/judging/unknown-names.ts";
import type { ArticleSource } from "../../core/knowledge/article-refresh.ts";
import type { ConversationArchive } from "../../core/learning/backfill-run.ts";
import type {
  ArticleDrafts,
  Contacts,
  Customers,
  Inbox,
  Schedules,
  Teammates,
} from "../../core/ports.ts";
import { sleep } from "../../lib/sleep.ts";
import { steadyClock } from "../../lib/steady-clock.ts";
import { createIntercomArchive } from "./archive.ts";
import { createIntercomArticleDrafts } from "./article-drafts.ts";
import { createIntercomArticles } from "./articles.ts";
import { createIntercomClient, type IntercomClientOptions } from "./client.ts";
import { createIntercomContacts } from "./contacts.ts";
import { readCustomerNames, readLabelPlaces, readTakers } from "./customer-names.ts";
import { createIntercomCustomers } from "./customers.ts";
import { createIntercomInbox } from "./inbox.ts";
import { createIntercomLabels } from "./labels.ts";
import { createIntercomSchedules } from "./office-hours.ts";
import { createOtherKnowledge } from "./other-knowledge.ts";
import { createRateBudget } from "./rate-budget.ts";
import { createIntercomTeammates } from "./teammates.ts";
import { readAdminName, readWorkspace, type Workspace } from "./workspace.ts";

export type IntercomOptions = IntercomClientOptions & {
  /** In whose name we write; what this admin wrote is ours. */
  adminId: string;
  /** Where teammates open conversations, for example `https://app.intercom.com`. */
  appUrl: string;
};

export type Intercom = {
  inbox: Inbox;
  /** Where teammates see a conversation. */
  pageOf(conversationId: string): string;
  teammates: Teammates;
  customers: Customers;
  schedules: Schedules;
  /** The names that rules about customers may use. @throws UpstreamError */
  customerNames(): Promise<CustomerNames>;
  labels: ReturnType<typeof createIntercomLabels>;
  /** The names of conversations' attributes, and of tags. @throws UpstreamError */
  labelNames(): Promise<LabelPlaces>;
  /** Who can take over. @throws UpstreamError */
  takers(): Promise<Takers>;
  contacts: Contacts;
  articles: ArticleSource;
  articleDrafts: ArticleDrafts;
  otherKnowledge: ReturnType<typeof createOtherKnowledge>;
  archive: ConversationArchive;
  /** The workspace of the access token; asked until it is known, then remembered. @throws UpstreamError */
  readWorkspace(signal?: AbortSignal): Promise<Workspace>;
  /** The name our replies carry; `null` when there is no such admin. @throws UpstreamError */
  readAdminName(signal?: AbortSignal): Promise<string | null>;
};

/** Everything of Intercom that the service uses, over one set of connections. */
export function createIntercom({ adminId, appUrl, ...options }: IntercomOptions): Intercom {
  const budget = createRateBudget({ clock: steadyClock, sleep });
  const client = createIntercomClient({
    ...options,
    onRateLimit(rateLimit) {
      budget.note(rateLimit);
      options.onRateLimit?.(rateLimit);
    },
  });
  let workspace: Workspace | null = null;
  // While the workspace is unknown, Intercom takes `_` for the one the reader is signed in to.
  const pageOf = (conversationId: string) =>
    `${appUrl}/a/inbox/${workspace?.id ?? "_"}/inbox/conversation/${conversationId}`;

  return {
    pageOf,
    inbox: createIntercomInbox({ client, adminId, pageOf, log: options.log }),
    teammates: createIntercomTeammates(client, adminId),
    customers: createIntercomCustomers(client, options.log),
    schedules: createIntercomSchedules(client),
    customerNames: () => readCustomerNames(client),
    labels: createIntercomLabels(client, adminId),
    labelNames: () => readLabelPlaces(client),
    takers: () => readTakers(client),
    contacts: createIntercomContacts(client, options.log),
    articles: createIntercomArticles(client, options.log),
    articleDrafts: createIntercomArticleDrafts(client, adminId),
    otherKnowledge: createOtherKnowledge(client, options.log),
    archive: createIntercomArchive({ client, budget, adminId, pageOf, log: options.log }),
    async readWorkspace(signal) {
      workspace ??= await readWorkspace(client, signal);
      return workspace;
    },
    readAdminName: (signal) => readAdminName(client, adminId, signal),
  };
}
