import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { z } from "zod";
import { reviewReasons } from "../../core/judging/wording.ts";
import { intents, type ReviewReason } from "../../core/types.ts";
import { buttonValueLimit } from "./limits.ts";

const basisForm = z.object({
  intent: z.enum(intents),
  model: z.string(),
  promptHash: z.string().nullable(),
  sources: z.array(z.object({ id: z.string(), score: z.number() })),
  topic: z.string().optional(),
  isForPlan: z.boolean().optional(),
  firstConfidence: z.number().optional(),
  signals: z
    .object({
      margin: z.number(),
      agreement: z.number(),
      best: z.number(),
      used: z.number(),
      ageDays: z.number().nullable(),
      unsupported: z.number(),
      support: z.number().optional(),
    })
    .optional(),
});

const sourceForm = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  /** The passage that the draft rests on; there only to be read. */
  quote: z.string().optional(),
  /** It is an answer that was given before: by whom, where that is known. */
  by: z.string().nullable().optional(),
  isInternal: z.boolean().optional(),
  /** Whose brand or plan it is for, in words; of what is for everybody nothing. */
  onlyFor: z.string().optional(),
  /** Where it lies, in words, and where teammates open it: of what has no address of its own. */
  place: z.string().optional(),
  page: z.string().optional(),
  /** An article that was changed since says something else: both as they stand there. */
  outdated: z
    .object({
      title: z.string(),
      at: z.number(),
      says: z.string(),
      articleSays: z.string(),
    })
    .optional(),
});

/** A source as a card shows it. */
export type CardSource = z.output<typeof sourceForm>;

const packedForm = z.object({
  /** `correction`: the base is a reply of ours; `audit`: the reply itself, sent already. */
  kind: z.enum(["review", "correction", "audit"]),
  conversationId: z.string(),
  basePartId: z.string(),
  /** Markdown; `null` where there was no room for it. */
  draft: z.string().nullable(),
  /** Tells whether a text is the draft where there was no room for the draft itself. */
  draftDigest: z.string().nullable(),
  language: z.string(),
  confidence: z.number(),
  calibrated: z.number().optional(),
  reasoning: z.string(),
  reason: z.custom<ReviewReason>((name) => typeof name === "string" && name in reviewReasons),
  /** The policy file's rule that asked for the review. */
  rule: z.string().optional(),
  sources: z.array(sourceForm),
  /** For whom those are; absent: for everybody, and on cards of before. */
  forWhom: z
    .object({
      brands: z.array(z.string()).optional(),
      plans: z.array(z.string()).optional(),
      topics: z.array(z.string()).optional(),
    })
    .optional(),
  /** Older cards have none. */
  basis: basisForm.optional(),
  customerName: z.string().nullable(),
  /** What of the customer may be seen; there only to be read. */
  known: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  /** There is no draft to decide (any more): a person writes the reply. */
  needsAnswer: z.boolean().optional(),
  /** Of a correction: who found the sent reply wrong, and what they said should have been said. */
  wrong: z.object({ by: z.string(), shouldHaveSaid: z.string() }).optional(),
  /** What the draft lacks and a teammate can know, as questions. */
  missing: z.array(z.string()).optional(),
  /** It was drafted with what a teammate knows of this customer: no answer for anybody else. */
  isPersonal: z.boolean().optional(),
  /** Links of the draft that no source has. */
  unknownLinks: z.array(z.string()).optional(),
  /** What of the draft its sources do not carry, in words. */
  claims: z.array(z.string()).optional(),
  /** The same as it stands in the draft, to be marked there. */
  unsupported: z.array(z.string()).optional(),
  /** How the question begins, for notifications; absent on cards of before. */
  asked: z.string().optional(),
  /** Unix seconds by Intercom's clock: when the oldest unanswered message came. */
  waitingSince: z.number().optional(),
  url: z.string(),
  /** Where the service explains the conversation, where that can be opened. */
  whyUrl: z.string().optional(),
  /** Each generation of a card can be claimed once. */
  generation: z.number().int().min(1),
  /** Unix seconds by Slack's clock: a verdict is under way since then. */
  heldSince: z.number().nullable(),
  /** Which card this is about, where the click does not say so: in modals and private answers. */
  card: z.object({ channel: z.string(), ts: z.string() }).nullable(),
  /** Who opened the modal, or whose verdict is under way; they were found to be allowed to decide. */
  by: z.object({ id: z.string(), name: z.string() }).nullable(),
});

/** Everything a decision needs; it travels in the card, because there is no database. */
export type PackedDraft = z.output<typeof packedForm>;

/** Equal for texts that differ in nothing but the white space around them. */
export function digestOf(text: string): string {
  const trimmed = text.replaceAll("\r\n", "\n").trim();
  return createHash("sha256").update(trimmed).digest("base64url").slice(0, 22);
}

export type Packer = {
  /** Signed and compressed; the characters of base64url and a dot. */
  pack(draft: PackedDraft): string;
  /** @returns `null` when it was tampered with, cut, or signed with another key. */
  unpack(packed: string): PackedDraft | null;
};

const macBytes = 16;
/** Changes when `packedForm` does, so that old cards are refused instead of misread. */
const purpose = "review card, form 1";

/**
 * @param secret the Slack signing secret, or the token where there is none; the signing key is
 *   derived from it, so that neither a request's signature nor a card's can stand for the other
 */
export function createPacker(secret: string): Packer {
  const key = Buffer.from(hkdfSync("sha256", secret, "", purpose, 32));
  const macOf = (body: Buffer) =>
    createHmac("sha256", key).update(body).digest().subarray(0, macBytes);

  return {
    pack(draft) {
      const json = JSON.stringify(draft);
      const body = brotliCompressSync(json, {
        params: {
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(json),
        },
      });
      return Buffer.concat([macOf(body), body]).toString("base64url");
    },
    unpack(packed) {
      const bytes = Buffer.from(packed, "base64url");
      // The decoder skips what is no base64url; only what it would write itself is ours.
      if (bytes.length <= macBytes || bytes.toString("base64url") !== packed) return null;
      const body = bytes.subarray(macBytes);
      if (!timingSafeEqual(macOf(body), bytes.subarray(0, macBytes))) return null;
      const json = brotliDecompressSync(body).toString();
      return packedForm.safeParse(JSON.parse(json)).data ?? null;
    },
  };
}

/** How many buttons each card has to carry a draft. */
const slotCount = 3;
/** `1.3:` in front of each piece: which one it is, of how many. */
const labelLength = 4;
const pieceLength = buttonValueLimit - labelLength;

/**
 * Spreads a packed draft over the values of three buttons. A short one stands whole in each of
 * them, so that the value of the clicked button alone suffices.
 * @returns `null` when it does not fit
 */
export function toButtonValues(packed: string): [string, string, string] | null {
  const count = Math.ceil(packed.length / pieceLength);
  if (count > slotCount) return null;
  const piece = (slot: number) => {
    const index = slot % count;
    const part = packed.slice(index * pieceLength, (index + 1) * pieceLength);
    return `${index + 1}.${count}:${part}`;
  };
  return [piece(0), piece(1), piece(2)];
}

/** Puts a packed draft together again from any values of its card's buttons; `null` if parts lack. */
export function fromButtonValues(values: string[]): string | null {
  const pieces = new Map<number, string>();
  let expected = 0;
  for (const value of values) {
    const found = /^([1-3])\.([1-3]):([\w-]*)$/.exec(value);
    if (found === null) continue;
    expected = Number(found[2]);
    pieces.set(Number(found[1]), found[3] ?? "");
  }
  const parts = Array.from({ length: expected }, (_, index) => pieces.get(index + 1));
  return expected === 0 || parts.includes(undefined) ? null : parts.join("");
}
