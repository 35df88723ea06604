import type { Draft, EarnedTopic } from "../types.ts";

/** Whether it is one of the drafts that this topic stands for. */
export function isOfTopic(
  { intent, language, origin }: Pick<Draft, "intent" | "language" | "origin">,
  topic: EarnedTopic,
): boolean {
  return (
    intent === topic.intent &&
    language === topic.language &&
    origin.model === topic.model &&
    origin.promptHash === topic.promptHash
  );
}
