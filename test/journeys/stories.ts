import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]);

/** What must come of a step. */
const comesOfIt = {
  /** What the model answers, if it is asked: fields of its answer. */
  model: z.record(z.string(), z.unknown()).optional(),
  /** What becomes of it: an outcome, or the reason to stay quiet. */
  ends: z.string(),
  /** The rule that the log names. */
  rule: z.string().optional(),
  /** What stands in the words to the customer; without it they hear nothing. */
  hears: texts,
  /** Who has the conversation then: `team 12`, `nobody`. */
  owner: z.string().optional(),
  /** What then stands in an attribute of the conversation, and its tags. */
  attributes: z.record(z.string(), z.string()).default({}),
  ends_tagged: z.array(z.string()).optional(),
  /** What stands in the note for the team; in a story of the shadow there is none. */
  note: texts,
  model_sees: texts,
  model_does_not_see: texts,
};

const said = z.strictObject({
  customer: z.string(),
  /** The team that has the conversation then, by a rule of Intercom. */
  team: z.number().optional(),
  ...comesOfIt,
});

/** A teammate asks for a draft; Intercom notifies us of it. */
const asked = z.union([
  z.strictObject({ notes: z.string(), ...comesOfIt }),
  z.strictObject({ tags: z.string(), ...comesOfIt }),
]);

/** What others do in the conversation; nobody is notified of it. */
const done = z.union([
  z.strictObject({ teammate: z.string() }),
  z.strictObject({ closed: z.literal(true) }),
  z.strictObject({ tagged: z.string() }),
  /** A teammate gives the conversation to us. */
  z.strictObject({ given_back: z.literal(true) }),
  /** A teammate who is not there any more has it, by a rule of Intercom. */
  z.strictObject({ owned_by_somebody: z.literal(true) }),
]);

export const storyForm = z.strictObject({
  about: z.string(),
  customer: z
    .strictObject({
      fields: z.record(z.string(), z.unknown()).optional(),
      segments: z.array(z.string()).optional(),
      tags: z.array(z.string()).optional(),
      companies: z.array(z.record(z.string(), z.unknown())).optional(),
      /** What they asked before in conversations that are closed. */
      asked: z.array(z.strictObject({ text: z.string(), rating: z.number() })).default([]),
      merged: z.boolean().optional(),
      deleted: z.boolean().optional(),
      unreadable: z.boolean().optional(),
    })
    .optional(),
  steps: z.array(z.union([said, asked, done])).min(1),
  /** What the help center has; it has it for the other stories too. */
  article: z.strictObject({ title: z.string(), text: z.string() }).optional(),
});

export type Said = z.output<typeof said>;
export type Asked = z.output<typeof asked>;
export type Done = z.output<typeof done>;
export type Story = z.output<typeof storyForm> & { name: string; policy: string };

const directory = new URL("stories/", import.meta.url);

/** Every folder in `stories/`: a policy file, and what happens under it. */
export const stories: Story[] = readdirSync(directory).map((name) => {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, directory), "utf8");
  try {
    return { ...storyForm.parse(parse(read("story.yaml"))), name, policy: read("policy.yaml") };
  } catch (cause) {
    throw new Error(`test/journeys/stories/${name} cannot be read`, { cause });
  }
});
