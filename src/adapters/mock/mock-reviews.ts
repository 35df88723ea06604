import { explainDecision, percent } from "../../core/judging/wording.ts";
import type { Log, Reviews } from "../../core/ports.ts";
import type { Card } from "../../core/types.ts";

/** Prints what would become a card in Slack. */
export function createMockReviews({ log }: { log: Log }): Reviews {
  let lastCard = 0;
  const nextCard = (): Card => {
    lastCard += 1;
    return { id: `mock-${lastCard}`, url: null, holdsDraft: true };
  };
  return {
    async post({ conversation, draft, decision }) {
      const lines = [
        "review card (mock, nothing leaves this machine):",
        `${explainDecision(decision)}. Confidence ${percent(draft.confidence)}: ${draft.reasoning}`,
        draft.reply,
        ...draft.usedSources.map(({ title, url }) => `Source: ${title} ${url ?? ""}`),
      ];
      log.info({ conversationId: conversation.id }, lines.join("\n"));
      return nextCard();
    },
    async askForAnswer({ conversation, explanation }) {
      const line = `card without a draft (mock, nothing leaves this machine): ${explanation}`;
      log.info({ conversationId: conversation.id }, line);
      return nextCard();
    },
  };
}

/** Without Slack nobody is asked: the journey leaves the draft as an internal note. */
export function createNoReviews(): Reviews {
  return { post: async () => null, askForAnswer: async () => null };
}
