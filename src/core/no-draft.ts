import type { NoDraft } from "./types.ts";

/** Why there is no draft, and what to do about it: for whoever runs the service. */
export function explanationWithAdvice({ explanation, advice }: NoDraft): string {
  return advice === undefined ? explanation : `${explanation} ${advice}`;
}
