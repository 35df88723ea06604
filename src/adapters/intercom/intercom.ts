import type { ArticleSource } from "../../core/article-refresh.ts";
import type { Inbox, Teammates } from "../../core/ports.ts";
import { createIntercomArticles } from "./articles.ts";
import { createIntercomClient, type IntercomClientOptions } from "./client.ts";
import { createIntercomInbox } from "./inbox.ts";
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
  teammates: Teammates;
  articles: ArticleSource;
  /** The workspace of the access token; asked until it is known, then remembered. @throws UpstreamError */
  readWorkspace(signal?: AbortSignal): Promise<Workspace>;
  /** The name our replies carry; `null` when there is no such admin. @throws UpstreamError */
  readAdminName(signal?: AbortSignal): Promise<string | null>;
};

/** Everything of Intercom that the service uses, over one set of connections. */
export function createIntercom({ adminId, appUrl, ...options }: IntercomOptions): Intercom {
  const client = createIntercomClient(options);
  let workspace: Workspace | null = null;

  return {
    inbox: createIntercomInbox({
      client,
      adminId,
      // While the workspace is unknown, Intercom takes `_` for the one the reader is signed in to.
      pageOf: (conversationId) =>
        `${appUrl}/a/inbox/${workspace?.id ?? "_"}/inbox/conversation/${conversationId}`,
      log: options.log,
    }),
    teammates: createIntercomTeammates(client, adminId),
    articles: createIntercomArticles(client, options.log),
    async readWorkspace(signal) {
      workspace ??= await readWorkspace(client, signal);
      return workspace;
    },
    readAdminName: (signal) => readAdminName(client, adminId, signal),
  };
}
