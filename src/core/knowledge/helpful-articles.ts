import { isBlank } from "../blank.ts";
import type { Drafter } from "../ports.ts";
import { isOurReply } from "../turn.ts";
import type { Conversation, Draft, Policy, Source } from "../types.ts";

/** From there on an article fits the question, and not only its words. */
const leastScore = 0.7;

/**
 * The articles that a reply rests on, for the customer to read on: those that it does not link
 * itself and that we have not named in the conversation yet, the best first.
 */
function helpfulArticles(
  { reply, usedSources }: Pick<Draft, "reply" | "usedSources">,
  { parts }: Pick<Conversation, "parts">,
  most: number,
): Source[] {
  const said = [reply, ...parts.filter(isOurReply).map(({ text }) => text)].join("\n");
  return usedSources
    .filter(({ kind, url, score, isInternal, title }) => {
      const isLinkable = kind === "article" && url !== null && !isInternal && !isBlank(title);
      // A reply's words are kept without addresses: there the title tells.
      return isLinkable && score > leastScore && !said.includes(url) && !said.includes(title);
    })
    .toSorted((one, other) => other.score - one.score)
    .slice(0, most);
}

/** The same drafter, whose replies end with links to the articles they rest on, where the policy wants it. */
export function withHelpfulArticles(
  drafter: Drafter,
  policy: () => Pick<Policy, "helpfulArticles">,
): Drafter {
  return {
    async draft(request, signal) {
      const drafting = await drafter.draft(request, signal);
      const most = policy().helpfulArticles;
      if (most === 0 || "noDraft" in drafting || isBlank(drafting.draft.reply)) return drafting;
      const { draft } = drafting;
      const links = helpfulArticles(draft, request.conversation, most).map(
        ({ title, url }) => `[${linkWords(title)}](${url})`,
      );
      return links.length === 0
        ? drafting
        : { draft: { ...draft, reply: [draft.reply, ...links].join("\n\n") } };
    },
  };
}

/** Square brackets would end the link's words. */
function linkWords(title: string): string {
  return title.replace(/[[\]\\\s]+/g, " ").trim();
}
