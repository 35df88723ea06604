import { z } from "zod";
import type { ArticleDrafts } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { replyHtml } from "../../lib/reply-html.ts";
import { failureOf, type IntercomClient, isSuccess } from "./client.ts";

const createdSchema = z.object({ id: z.union([z.string(), z.number()]).transform(String) });
/** As long as Intercom shows one in a list. */
const longestTitle = 250;

/** Begins articles in the help center; nobody but teammates sees a draft. */
export function createIntercomArticleDrafts(
  client: IntercomClient,
  adminId: string,
): ArticleDrafts {
  return {
    async create({ title, markdown }) {
      const answer = await client.write({
        method: "POST",
        path: "/articles",
        body: {
          title: title.slice(0, longestTitle),
          body: replyHtml(markdown),
          author_id: Number(adminId),
          state: "draft",
        },
      });
      if (answer.status === 401 || answer.status === 403) return { result: "not-allowed" };
      const created = createdSchema.safeParse(answer.body);
      if (!isSuccess(answer.status) || !created.success) {
        throw new UpstreamError("intercom", "POST /articles", failureOf(answer), {
          isRetryable: false,
        });
      }
      return { result: "done", articleId: created.data.id };
    },
  };
}
