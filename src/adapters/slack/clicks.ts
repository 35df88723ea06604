import type { types } from "@slack/bolt";
import { isBlank } from "../../core/blank.ts";
import type { Log } from "../../core/ports.ts";
import { correctionInstruction } from "../../core/reviewing/audit-sample.ts";
import { linksIn } from "../../lib/links.ts";
import { isPrivateAddress } from "../../lib/private-address.ts";
import type { Audits } from "./audits.ts";
import type { CardDraft } from "./card-blocks.ts";
import type { CardPlace } from "./card-id.ts";
import type { Claim } from "./claim.ts";
import type { SlackClient } from "./clients.ts";
import { stuckActions } from "./decided-card.ts";
import { privateMetadataLimit } from "./limits.ts";
import {
  digestOf,
  fromButtonValues,
  type PackedDraft,
  type Packer,
  toButtonValues,
} from "./pack-draft.ts";
import type { Clicker, Person, Reviewers } from "./reviewers.ts";
import { markdownOfTyped } from "./typed-markup.ts";
import { type CardVerdict, type Decidable, stuckAfterSeconds, type Verdicts } from "./verdicts.ts";
import {
  chosenReason,
  editNeverthelessView,
  editView,
  type FormState,
  factField,
  fillInView,
  lostView,
  redraftView,
  rejectView,
  replyWasWrongView,
  typedFacts,
  typedText,
  wrongView,
} from "./views.ts";
import { answers, modals } from "./wording.ts";

/** A click on a button, as far as it is used. */
export type Click = {
  clicker: Clicker;
  teamId: string | null;
  /** `null` inside a modal. */
  channel: string | null;
  /** The clicked message, unless only the clicker can see it. */
  messageTs: string | null;
  /** Unix seconds by Slack's clock. */
  at: number;
  triggerId: string | null;
  /** The value of the clicked button, then those of its message. */
  values: string[];
  /** Answers so that only the clicker sees it. */
  tell(sentence: string, actions?: types.KnownBlock | null): Promise<void>;
};

/** A form that was sent off, as far as it is used. */
export type Submission = {
  clicker: Clicker;
  at: number;
  privateMetadata: string;
  state: FormState;
};

/** What Slack is told when it hands in a form. */
export type FormAnswer =
  | undefined
  | { response_action: "update"; view: types.ModalView }
  | { response_action: "errors"; errors: Record<string, string> };

export type ClicksOptions = {
  channelId: string;
  packer: Packer;
  reviewers: Reviewers;
  verdicts: Verdicts;
  audits: Pick<Audits, "good" | "wrong" | "replyWasWrong">;
  /** Opens forms; must answer while the trigger lives. */
  client: SlackClient;
  log: Log;
};

export type Clicks = {
  approve(click: Click): Promise<void>;
  openEdit(click: Click): Promise<void>;
  openWrite(click: Click): Promise<void>;
  openReject(click: Click): Promise<void>;
  openRedraft(click: Click): Promise<void>;
  openFillIn(click: Click): Promise<void>;
  takeOver(click: Click): Promise<void>;
  good(click: Click): Promise<void>;
  openWrong(click: Click): Promise<void>;
  openReplyWasWrong(click: Click): Promise<void>;
  check(click: Click): Promise<void>;
  unknown(click: Click): Promise<void>;
  /** The answer must reach Slack within 3 s; what follows is `afterwards`. */
  submitEdit(submission: Submission): Promise<Handled>;
  /** The same once the person was asked about an address of the team's own in it. */
  submitEditNevertheless(submission: Submission): Promise<Handled>;
  submitReject(submission: Submission): Promise<Handled>;
  submitRedraft(submission: Submission): Promise<Handled>;
  submitFillIn(submission: Submission): Promise<Handled>;
  submitWrong(submission: Submission): Promise<Handled>;
  submitReplyWasWrong(submission: Submission): Promise<Handled>;
};

export type Handled = { answer: FormAnswer; afterwards: (() => Promise<void>) | null };

/** What each click does. No click stays without an answer that a person sees. */
export function createClicks(options: ClicksOptions): Clicks {
  const { packer, verdicts, client } = options;

  return {
    approve: (click) =>
      decide(click, (decidable) => verdicts.carryOut(decidable, { kind: "approve" })),
    takeOver: (click) =>
      decide(click, (decidable) => verdicts.carryOut(decidable, { kind: "take-over" })),
    good: (click) => decide(click, options.audits.good),

    openEdit: (click) => openForm(click, (metadata, { draft }) => editView(draft, metadata)),
    openWrite: (click) =>
      openForm(click, (metadata, { draft }) => editView(draft, metadata, modals.writeTitle)),
    openReject: (click) => openForm(click, rejectView),
    openRedraft: (click) => openForm(click, redraftView),
    openFillIn: (click) =>
      openForm(click, (metadata, { missing = [] }) => fillInView(metadata, missing)),
    openWrong: (click) => openForm(click, wrongView),
    openReplyWasWrong: (click) => openForm(click, replyWasWrongView),

    async check(click) {
      const decidable = await open(click);
      if (decidable === null) return;
      const checked = await verdicts.check(decidable);
      if (checked === "shown") return;
      if (typeof checked === "object") return click.tell(answers.notRead(checked.notRead));
      await sayNotWon(click, decidable, checked);
    },

    unknown: (click) => click.tell(answers.unknownButton),

    submitEdit: (submission) => submitEdit(submission, { isAsked: false }),
    submitEditNevertheless: (submission) => submitEdit(submission, { isAsked: true }),

    async submitReject(submission) {
      const opened = reopen(submission);
      const typed = typedText(submission.state)?.trim() || null;
      if (opened === null) return lost(answers.tampered, typed, null);
      const { place, by, packed } = opened;
      const reasons = [chosenReason(submission.state), typed].filter((reason) => reason !== null);
      const reason = reasons.length === 0 ? null : reasons.join(": ");
      const draft: CardDraft = { ...packed, draft: packed.draft ?? "" };
      const decidable = { draft, place, by, at: submission.at };
      return claimAndGoOn(decidable, { kind: "reject", reason }, typed);
    },

    async submitRedraft(submission) {
      const instruction = typedText(submission.state)?.trim() ?? "";
      const opened = reopen(submission);
      // Without the draft there is nothing to write anew; such a long one has no place in a form.
      if (opened?.packed.draft === undefined) return lost(answers.tampered, instruction, null);
      const { place, by, packed } = opened;
      if (packed.draft === null) return lost(answers.tooLongToRedraft, instruction, null);
      if (instruction === "") return refused(modals.emptyInstruction);
      const decidable = { draft: { ...packed, draft: packed.draft }, place, by, at: submission.at };
      return claimAndGoOn(decidable, { kind: "redraft", instruction }, instruction);
    },

    async submitFillIn(submission) {
      const opened = reopen(submission);
      const missing = opened?.packed.missing ?? [];
      const typed = typedFacts(submission.state, missing.length);
      const facts = missing.flatMap((question, index) => {
        const answer = typed[index] ?? "";
        return answer === "" ? [] : [modals.fact(question, answer)];
      });
      const text = facts.join("\n");
      if (opened === null || missing.length === 0) return lost(answers.tampered, text, null);
      const { place, by, packed } = opened;
      if (packed.draft === null) return lost(answers.tooLongToRedraft, text, null);
      if (facts.length === 0) return refused(modals.nothingFilledIn, factField(0));
      const decidable = { draft: { ...packed, draft: packed.draft }, place, by, at: submission.at };
      return claimAndGoOn(
        decidable,
        { kind: "redraft", instruction: text, isFilledIn: true },
        text,
      );
    },

    submitWrong: (submission) => submitShouldHaveSaid(submission, options.audits.wrong),

    submitReplyWasWrong: (submission) =>
      submitShouldHaveSaid(submission, async (decidable, text) => {
        const instruction = correctionInstruction(text);
        await verdicts.carryOut(decidable, { kind: "redraft", instruction });
        await options.audits.replyWasWrong(decidable, text);
      }),
  };

  async function submitShouldHaveSaid(
    submission: Submission,
    file: (decidable: Decidable, shouldHaveSaid: string) => Promise<void>,
  ): Promise<Handled> {
    const text = typedText(submission.state)?.trim() ?? "";
    const opened = reopen(submission);
    if (opened === null) return lost(answers.tampered, text, null);
    if (text === "") return refused(modals.emptyCorrection);
    const { place, by, packed } = opened;
    const decidable = {
      draft: { ...packed, draft: packed.draft ?? "" },
      place,
      by,
      at: submission.at,
    };
    const claimed = await verdicts.claim(decidable);
    if (claimed !== "won") return lost(sentenceFor(claimed), text, wayOut(decidable));
    return { answer: undefined, afterwards: () => file(decidable, text) };
  }

  async function submitEdit(
    submission: Submission,
    { isAsked }: { isAsked: boolean },
  ): Promise<Handled> {
    const text = typedText(submission.state);
    const opened = reopen(submission);
    if (opened === null) return lost(answers.tampered, text, null);
    if (text === null || isBlank(text)) return refused(modals.emptyText);
    const { place, by, packed } = opened;
    const isUnchanged = digestOf(text) === packed.draftDigest;
    // The draft as it was, where it fits; typing nothing must not change a space in it.
    const sent = isUnchanged ? (packed.draft ?? text) : markdownOfTyped(text, packed.draft ?? "");
    const draft: CardDraft = { ...packed, draft: packed.draft ?? (isUnchanged ? text : "") };
    const decidable = { draft, place, by, at: submission.at };
    if (!fitsACard(decidable, sent)) return refused(modals.tooLongText);
    const ownAddresses = isUnchanged || isAsked ? [] : linksIn(sent).filter(isPrivateAddress);
    if (ownAddresses.length > 0) {
      const view = editNeverthelessView(text, ownAddresses, submission.privateMetadata);
      return { answer: { response_action: "update", view }, afterwards: null };
    }
    const verdict: CardVerdict = isUnchanged ? { kind: "approve" } : { kind: "edit", text: sent };
    return claimAndGoOn(decidable, verdict, text);
  }

  async function decide(
    click: Click,
    carryOut: (decidable: Decidable) => Promise<void>,
  ): Promise<void> {
    const decidable = await open(click);
    if (decidable === null) return;
    const claimed = await verdicts.claim(decidable);
    if (claimed !== "won") return sayNotWon(click, decidable, claimed);
    await carryOut(decidable);
  }

  /** The draft on the clicked card, or `null` once the clicker was told why there is nothing to do. */
  async function open(click: Click): Promise<Decidable | null> {
    if (click.channel !== null && click.channel !== options.channelId) {
      await click.tell(answers.otherChannel);
      return null;
    }
    const allowed = await options.reviewers.mayDecide(click.clicker, click.teamId);
    if ("no" in allowed) {
      await click.tell(allowed.no);
      return null;
    }
    const packed = unpackValues(click.values);
    const place = packed?.card ?? placeOf(click);
    if (packed === null || packed.draft === null || place?.channel !== options.channelId) {
      await click.tell(answers.tampered);
      return null;
    }
    if (packed.heldSince !== null && click.at - packed.heldSince < stuckAfterSeconds) {
      await click.tell(answers.stillUnderWay);
      return null;
    }
    const draft = { ...packed, draft: packed.draft };
    return { draft, place, by: allowed.person, at: click.at };
  }

  function unpackValues(values: string[]): PackedDraft | null {
    const [own, ...others] = values;
    // A short draft stands whole in the clicked button; a long one in all buttons of the message.
    const packed = fromButtonValues([own ?? ""]) ?? fromButtonValues(others);
    return packed === null ? null : packer.unpack(packed);
  }

  async function openForm(
    click: Click,
    viewFor: (metadata: string, draft: CardDraft) => types.ModalView,
  ): Promise<void> {
    const decidable = await open(click);
    if (decidable === null) return;
    const metadata = toMetadata(decidable);
    if (metadata === null || click.triggerId === null) return click.tell(answers.modalFailed);
    try {
      const view = viewFor(metadata, decidable.draft);
      await client.views.open({ trigger_id: click.triggerId, view });
    } catch (error) {
      options.log.warn({ error }, "form not opened");
      await click.tell(answers.modalFailed);
    }
  }

  /** Everything the form's verdict needs; the draft itself only if there is room for it. */
  function toMetadata({ draft, place, by }: Decidable): string | null {
    const whole: PackedDraft = {
      ...draft,
      card: place,
      by,
      draftDigest: digestOf(draft.draft),
    };
    const bare = { ...whole, reasoning: "", sources: withoutTitles(whole.sources) };
    const candidates = [whole, bare, { ...bare, draft: null }].map(packer.pack);
    return candidates.find((packed) => packed.length <= privateMetadataLimit) ?? null;
  }

  function reopen(submission: Submission): {
    place: CardPlace;
    by: Person;
    packed: PackedDraft;
  } | null {
    const packed = packer.unpack(submission.privateMetadata);
    if (packed === null || packed.card === null || packed.by === null) return null;
    // Only the person who was allowed to open the form may hand it in.
    if (packed.by.id !== submission.clicker.id) return null;
    return { place: packed.card, by: packed.by, packed: { ...packed, by: null, card: null } };
  }

  async function claimAndGoOn(
    decidable: Decidable,
    verdict: CardVerdict,
    typed: string | null,
  ): Promise<Handled> {
    const claimed = await verdicts.claim(decidable);
    if (claimed === "won") {
      return { answer: undefined, afterwards: () => verdicts.carryOut(decidable, verdict) };
    }
    return lost(sentenceFor(claimed), typed, wayOut(decidable));
  }

  /** Whether the text can travel in the card that says "Sending…". */
  function fitsACard({ draft, by, at }: Decidable, text: string): boolean {
    const sources = withoutTitles(draft.sources);
    const bare = { ...draft, draft: text, reasoning: "", sources, by, heldSince: at };
    return toButtonValues(packer.pack(bare)) !== null;
  }

  async function sayNotWon(click: Click, decidable: Decidable, claimed: Exclude<Claim, "won">) {
    const actions = claimed === "exhausted" ? null : wayOut(decidable);
    const sentence = sentenceFor(claimed);
    await click.tell(actions === null ? sentence : `${sentence} ${answers.stuck}`, actions);
  }

  /** A button for the case that whoever claimed the card is gone, or was ourselves. */
  function wayOut({ draft, place, at }: Decidable): types.KnownBlock | null {
    const next = { ...draft, generation: draft.generation + 1, heldSince: at, by: null };
    return stuckActions({ ...next, card: place }, packer);
  }
}

function placeOf({ channel, messageTs }: Click): CardPlace | null {
  return channel === null || messageTs === null ? null : { channel, ts: messageTs };
}

function sentenceFor(claimed: Exclude<Claim, "won">): string {
  switch (claimed) {
    case "taken":
      return answers.taken;
    case "unknown":
      return answers.claimUnknown;
    case "exhausted":
      return answers.exhausted;
  }
}

function withoutTitles(sources: PackedDraft["sources"]): PackedDraft["sources"] {
  return sources.map(({ id }) => ({ id, title: "", url: null }));
}

/** @param field the block of the form that the sentence stands under */
function refused(sentence: string, field = "text"): Handled {
  const errors = { [field]: sentence };
  return { answer: { response_action: "errors", errors }, afterwards: null };
}

function lost(sentence: string, typed: string | null, stuck: types.KnownBlock | null): Handled {
  const view = lostView(sentence, typed, stuck);
  return { answer: { response_action: "update", view }, afterwards: null };
}
