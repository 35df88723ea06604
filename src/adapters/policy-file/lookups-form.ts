import { z } from "zod";
import type { LookupTool } from "../../core/lookup-tools.ts";

/** What can be looked up, as the policy file declares it; `docs/lookups.md` says what each key is for. */

/** Each stands in every prompt, and a model chooses badly among many. */
const mostTools = 20;
const word = z
  .string("must be a name")
  .regex(
    /^[a-z][a-z0-9_]{0,39}$/,
    "must be a name of small letters, digits and _, such as order_status",
  );
const sentence = z.string("must be a sentence").trim().min(1, "must not be empty").max(300);
/** Plain HTTP is for what runs beside the service; over a network it would show tokens and customers. */
const address = z
  .string("must be an address")
  .refine(
    (given) =>
      /^https:\/\/[^/{}?#@]+|^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]|[a-z0-9-]+)(?::\d+)?(?=\/|$)/i.test(
        given,
      ) && URL.canParse(given.replace(/[{}]/g, "")),
    "must be an address with https:// (http:// only for this machine or a service beside it), whose host is written out",
  );
const pattern = z.string().refine(isPattern, "must be a regular expression");

function isPattern(given: string): boolean {
  try {
    return new RegExp(`^(?:${given})$`, "u").source !== "";
  } catch {
    return false;
  }
}

/** Only secrets of that name can be sent: a policy file cannot carry others away. */
const secretName = /\$\{(?!LOOKUP_[A-Z0-9_]+\})/;
const headers = z
  .record(
    z.string().regex(/^[A-Za-z0-9-]+$/, "must be the name of a header"),
    z
      .string("must be text")
      .regex(/^[^\r\n]*$/, "must be one line")
      .refine(
        (given) => !secretName.test(given),
        "may name only secrets of the environment whose names begin with LOOKUP_",
      ),
  )
  .default({});

const input = z.union(
  [
    sentence.transform((about) => ({ about, matches: null })),
    z
      .strictObject({ about: sentence, matches: pattern.optional() })
      .transform(({ about, matches = null }) => ({ about, matches })),
  ],
  { error: "must be a sentence, or { about: …, matches: … } with a regular expression" },
);

const tool = z
  .strictObject(
    {
      name: word,
      about: sentence,
      url: address.optional(),
      mcp: z.strictObject({ url: address, tool: z.string().trim().min(1).max(128) }).optional(),
      headers,
      asks: z.record(word, input).default({}),
      customer: z
        .record(word, z.string("must be the name of an attribute").trim().min(1))
        .default({}),
      for_everybody: z.boolean("must be true or false").default(false),
      links: z.boolean("must be true or false").default(false),
      show: z.array(z.string().trim().min(1), "must be a list of fields").min(1).optional(),
      timeout_seconds: z
        .number()
        .min(0.1)
        .max(10, "must be at most 10: a customer waits")
        .default(3),
      keep_seconds: z.number().min(0).max(3600).default(60),
    },
    "must be a look-up: name, about, url or mcp, and asks, customer, show, headers where wanted",
  )
  .refine(
    ({ url, mcp }) => (url === undefined) !== (mcp === undefined),
    "must say either url or mcp",
  )
  .refine(
    ({ customer, for_everybody: forEverybody }) => forEverybody || Object.keys(customer).length > 0,
    "must say by what of the customer it is asked (customer: { email: email }), or for_everybody: true where anybody may know what it tells",
  )
  .refine(
    ({ asks, customer }) => Object.keys(asks).every((name) => !(name in customer)),
    "must not have one name in both asks and customer",
  )
  .superRefine(({ url = "", asks, customer }, context) => {
    for (const [, name = ""] of url.matchAll(/\{([^{}]*)\}/g)) {
      if (name in asks || name in customer) continue;
      context.addIssue({
        code: "custom",
        path: ["url"],
        message: `has {${name}}, which is in neither asks nor customer`,
      });
    }
  })
  .transform(
    ({ url, mcp, headers: sent, asks, show = null, ...given }): LookupTool => ({
      name: given.name,
      about: given.about,
      asks: Object.entries(asks).map(([name, one]) => ({ name, ...one })),
      customer: given.customer,
      isForEverybody: given.for_everybody,
      mayLink: given.links,
      from:
        mcp === undefined
          ? { kind: "http", url: url ?? "", headers: sent }
          : { kind: "mcp", ...mcp, headers: sent },
      show,
      timeoutMs: given.timeout_seconds * 1000,
      keptMs: given.keep_seconds * 1000,
    }),
  );

export const lookupsForm = z
  .array(tool, "must be a list of look-ups")
  .max(mostTools, `must be at most ${mostTools}`)
  .refine(
    (all) => new Set(all.map(({ name }) => name)).size === all.length,
    "must not have two of the same name",
  );
