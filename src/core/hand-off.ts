/** Who takes over: a team or a teammate, by their id in Intercom. */
export type HandOffTarget = { type: "team" | "admin"; id: string };

/** `team:12`, as it stands in marks; equal for equal targets. */
export function targetText({ type, id }: HandOffTarget): string {
  return `${type}:${id}`;
}

/** @returns `null` for what is no target's text */
export function targetOf(text: string): HandOffTarget | null {
  const [, type, id] = /^(team|admin):(\d+)$/.exec(text) ?? [];
  if ((type !== "team" && type !== "admin") || id === undefined) return null;
  return { type, id };
}
