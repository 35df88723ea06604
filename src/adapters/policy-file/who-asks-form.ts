import { z } from "zod";
import type { NameFrom } from "../../core/policy.ts";
import { usualWhoAsks } from "../../core/policy.ts";
import { lastingConditionForm } from "./condition-form.ts";

const name = z.string("must be a name").trim().min(1, "must not be empty").max(80);
const attribute = z.string("must be an attribute's name").trim().min(1, "must not be empty");

const nameFrom = z
  .union(
    [
      z
        .strictObject({ conversation_attribute: attribute })
        .transform((from) => ({ conversationAttribute: from.conversation_attribute })),
      z
        .strictObject({ contact_attribute: attribute })
        .transform((from) => ({ contactAttribute: from.contact_attribute })),
      z
        .strictObject({ company_attribute: attribute })
        .transform((from) => ({ companyAttribute: from.company_attribute })),
      z
        .array(z.strictObject({ name, when: lastingConditionForm }))
        .min(1)
        .transform((first) => ({ first })),
    ],
    {
      error:
        "must be { conversation_attribute: … }, { contact_attribute: … } or { company_attribute: … } with an attribute's name, or a list of { name: …, when: … }, of which the first that fits counts",
    },
  )
  .transform((from): NameFrom => from);

/** Where brand, plan and topic of whoever asks stand; `docs/policy.md` says what it is for. */
export const whoAsksForm = z
  .strictObject(
    { brand: nameFrom.optional(), plan: nameFrom.optional(), topic: nameFrom.optional() },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? undefined
          : "must be brand, plan and topic, as far as they are known",
    },
  )
  .transform(({ brand = usualWhoAsks.brand, plan = null, topic = null }) => ({
    brand,
    plan,
    topic,
  }));
