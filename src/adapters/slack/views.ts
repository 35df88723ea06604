import type { types } from "@slack/bolt";
import { callbackIds } from "./action-ids.ts";
import { cutText, splitText } from "./cut-text.ts";
import { sectionTextLimit } from "./limits.ts";
import { answers, labels, modals, rejectReasons } from "./wording.ts";

/** Where the forms keep what was typed. */
const fields = {
  text: { block_id: "text", action_id: "text" },
  choice: { block_id: "choice", action_id: "choice" },
} as const;

/** A view shows at most 100 blocks; what was typed hardly fills ten. */
const lostTextBlocks = 20;
const rejectTextLimit = 500;
const instructionLimit = 1000;
const correctionLimit = 3000;
const questionLimit = 400;
const factLimit = 500;

/**
 * The form in which a draft is changed, or a reply is written where there is none; it shows all of the
 * draft, however long.
 */
export function editView(
  draft: string,
  privateMetadata: string,
  title = modals.editTitle,
): types.ModalView {
  return form(callbackIds.edit, title, modals.editSubmit, privateMetadata, [replyInput(draft)]);
}

/** The edit form once more, asking about the team's own addresses in what was typed. */
export function editNeverthelessView(
  typed: string,
  addresses: string[],
  privateMetadata: string,
): types.ModalView {
  const { editNevertheless, editTitle, editNeverthelessSubmit } = modals;
  const callbackId = callbackIds.editNevertheless;
  return form(callbackId, editTitle, editNeverthelessSubmit, privateMetadata, [
    section(editNevertheless(addresses)),
    replyInput(typed),
  ]);
}

function replyInput(text: string): types.KnownBlock {
  return {
    type: "input",
    block_id: fields.text.block_id,
    label: plainText(modals.editLabel),
    hint: plainText(modals.editHint),
    // No max_length: Slack would refuse a longer initial value, not cut it.
    element: {
      type: "plain_text_input",
      action_id: fields.text.action_id,
      multiline: true,
      focus_on_load: true,
      ...(text === "" ? {} : { initial_value: text }),
    },
  };
}

export function rejectView(privateMetadata: string): types.ModalView {
  return form(callbackIds.reject, modals.rejectTitle, modals.rejectSubmit, privateMetadata, [
    {
      type: "input",
      optional: true,
      block_id: fields.choice.block_id,
      label: plainText(modals.rejectChoice),
      element: {
        type: "static_select",
        action_id: fields.choice.action_id,
        options: rejectReasons.map((reason) => ({ text: plainText(reason), value: reason })),
      },
    },
    {
      type: "input",
      optional: true,
      block_id: fields.text.block_id,
      label: plainText(modals.rejectText),
      hint: plainText(modals.rejectHint),
      element: {
        type: "plain_text_input",
        action_id: fields.text.action_id,
        multiline: true,
        max_length: rejectTextLimit,
      },
    },
  ]);
}

export function redraftView(privateMetadata: string): types.ModalView {
  return form(callbackIds.redraft, modals.redraftTitle, modals.redraftSubmit, privateMetadata, [
    {
      type: "input",
      block_id: fields.text.block_id,
      label: plainText(modals.redraftLabel),
      hint: plainText(modals.redraftHint),
      element: {
        type: "plain_text_input",
        action_id: fields.text.action_id,
        multiline: true,
        focus_on_load: true,
        max_length: instructionLimit,
      },
    },
  ]);
}

/** A field for each fact that the draft lacks. */
export function fillInView(privateMetadata: string, missing: string[]): types.ModalView {
  const { fillInTitle, fillInSubmit, fillInHint } = modals;
  return form(callbackIds.fillIn, fillInTitle, fillInSubmit, privateMetadata, [
    ...missing.map(
      (question, index): types.KnownBlock => ({
        type: "input",
        optional: true,
        block_id: factField(index),
        label: plainText(cutText(question, questionLimit)),
        element: {
          type: "plain_text_input",
          action_id: fields.text.action_id,
          multiline: true,
          focus_on_load: index === 0,
          max_length: factLimit,
        },
      }),
    ),
    section(fillInHint),
  ]);
}

/** What was typed for each of the facts; "" where nothing was. */
export function typedFacts(state: FormState, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const value = state.values[factField(index)]?.[fields.text.action_id]?.value;
    return value?.replace(/\s+/g, " ").trim() ?? "";
  });
}

/** Where the form keeps the answer to one of the questions. */
export const factField = (index: number) => `fact_${index}`;

export function wrongView(privateMetadata: string): types.ModalView {
  const { wrongSubmit, wrongHint } = modals;
  return shouldHaveSaidForm(callbackIds.wrong, wrongSubmit, wrongHint, privateMetadata);
}

/** The same for the reply before the one that is reviewed. */
export function replyWasWrongView(privateMetadata: string): types.ModalView {
  const { replyWasWrongSubmit: submit, replyWasWrongHint: hint } = modals;
  return shouldHaveSaidForm(callbackIds.replyWasWrong, submit, hint, privateMetadata);
}

function shouldHaveSaidForm(
  callbackId: string,
  submit: string,
  hint: string,
  privateMetadata: string,
): types.ModalView {
  return form(callbackId, modals.wrongTitle, submit, privateMetadata, [
    {
      type: "input",
      block_id: fields.text.block_id,
      label: plainText(modals.wrongLabel),
      hint: plainText(hint),
      element: {
        type: "plain_text_input",
        action_id: fields.text.action_id,
        multiline: true,
        focus_on_load: true,
        max_length: correctionLimit,
      },
    },
  ]);
}

/** What the loser of a claim sees instead of the form: what happened, and the text to copy. */
export function lostView(
  sentence: string,
  typed: string | null,
  stuck: types.KnownBlock | null,
): types.ModalView {
  const pieces = typed === null ? [] : (splitText(typed, sectionTextLimit) ?? []);
  return {
    type: "modal",
    title: plainText(modals.lostTitle),
    close: plainText(labels.close),
    blocks: [
      section(sentence),
      ...(pieces.length === 0 ? [] : [section(answers.takenWithText)]),
      ...pieces
        .filter((piece) => piece.trim() !== "")
        .slice(0, lostTextBlocks)
        .map(section),
      ...(stuck === null ? [] : [section(answers.stuck), stuck]),
    ],
  };
}

export type FormState = {
  values: Record<
    string,
    Record<string, { value?: string | null; selected_option?: { value: string } | null }>
  >;
};

/** What was typed or chosen, or `null` where the field is empty. */
export function typedText(state: FormState): string | null {
  const value = state.values[fields.text.block_id]?.[fields.text.action_id]?.value;
  return value?.replaceAll("\r\n", "\n") || null;
}

export function chosenReason(state: FormState): string | null {
  const chosen = state.values[fields.choice.block_id]?.[fields.choice.action_id]?.selected_option;
  return rejectReasons.find((reason) => reason === chosen?.value) ?? null;
}

function form(
  callback_id: string,
  title: string,
  submit: string,
  private_metadata: string,
  blocks: types.KnownBlock[],
): types.ModalView {
  return {
    type: "modal",
    callback_id,
    private_metadata,
    title: plainText(title),
    submit: plainText(cutText(submit, 24)),
    close: plainText(labels.cancel),
    blocks,
  };
}

function section(text: string): types.KnownBlock {
  return { type: "section", text: plainText(text) };
}

function plainText(text: string): types.PlainTextElement {
  return { type: "plain_text", text, emoji: false };
}
