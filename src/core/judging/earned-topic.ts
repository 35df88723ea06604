import type { Draft, EarnedTopic } from "../types.ts";

/** Whether it is one of the drafts that this topic stands for. */
export function isOfTopic(
  { topic, intent, language, origin }: Pick<Draft, "topic" | "intent" | "language" | "origin">,
  earned: EarnedTopic,
): boolean {
  const isAbout = topic
    ? topic === earned.topic
    : earned.topic === null && intent === earned.intent;
  return (
    isAbout &&
    language === earned.language &&
    origin.model === earned.model &&
    origin.promptHash === earned.promptHash
  );
}
