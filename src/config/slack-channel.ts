import { z } from "zod";

/** `C…` for a channel, `G…` for older private ones; names may change and are not taken. */
const idForm = /^[CG][A-Z0-9]+$/;

/** The id of a channel in Slack. */
export const slackChannel = z.string().regex(idForm, {
  error: ({ input }) => `must be a channel's id such as C0123456789${whatItIs(String(input))}`,
});

function whatItIs(given: string): string {
  const inAddress = /\/archives\/([CG][A-Z0-9]+)/.exec(given)?.[1];
  if (inAddress !== undefined) return `: did you mean ${inAddress}?`;
  // Longer ones may be a secret in the wrong place.
  if (/^[cg][a-z0-9]{8,12}$/i.test(given) && /\d/.test(given)) {
    return `: did you mean ${given.toUpperCase()}?`;
  }
  if (/^D[A-Z0-9]{8,}$/.test(given)) return "; this is a direct message, which nobody else can see";
  if (/^U[A-Z0-9]{8,}$/.test(given)) return "; this is the id of a person";
  return ", not its name";
}
