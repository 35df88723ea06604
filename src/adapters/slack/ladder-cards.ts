import type { types } from "@slack/bolt";
import { z } from "zod";
import type { Clock, Log } from "../../core/ports.ts";
import type { LadderKeeper } from "../../core/proving/ladder-keeper.ts";
import type { DueMove, Move } from "../../core/proving/ladder-moves.ts";
import { alarmWords, evidenceWords, topicName } from "../../core/proving/wording.ts";
import { type EarnedTopic, intents } from "../../core/types.ts";
import { actionIds } from "./action-ids.ts";
import { button, mrkdwn, plain } from "./card-blocks.ts";
import type { Click } from "./clicks.ts";
import { type SlackClients, upstreamError } from "./clients.ts";
import type { Reviewers } from "./reviewers.ts";
import { richText, run, runsSection } from "./rich-text.ts";
import { answers, labels, ladderWords, mrkdwnLadder, mrkdwnPerson, mrkdwnTime } from "./wording.ts";

export type LadderCards = {
  /** Asks the channel whether the topic may go out by itself. @returns whether it was asked */
  ask(move: DueMove): Promise<boolean>;
  /** The answers to that. */
  confirm(click: Click): Promise<void>;
  putOff(click: Click): Promise<void>;
};

const topicForm = z.object({
  topic: z.string().nullable(),
  intent: z.enum(intents),
  language: z.string(),
  model: z.string(),
  promptHash: z.string().nullable(),
});

/**
 * The cards that ask whether a topic may go out by itself. What a button carries only names the topic:
 * whether it has earned it is found out anew with the click.
 */
export function createLadderCards(options: {
  channelId: string;
  clients: SlackClients;
  reviewers: Pick<Reviewers, "mayDecide">;
  answer: LadderKeeper["answer"];
  clock: Clock;
  log: Log;
}): LadderCards {
  const { channelId, clients, reviewers, clock, log } = options;

  return {
    async ask(move) {
      const { text, blocks } = questionCard(move);
      try {
        await clients.posting.chat.postMessage({ channel: channelId, text, blocks });
        return true;
      } catch (error) {
        log.warn({ error: upstreamError("chat.postMessage", error) }, "not asked about a topic");
        return false;
      }
    },
    confirm: (click) => answer(click, "automatic"),
    putOff: (click) => answer(click, "put-off"),
  };

  async function answer(click: Click, to: "automatic" | "put-off"): Promise<void> {
    const topic = topicIn(click.values[0] ?? "");
    if (click.channel !== channelId || click.messageTs === null) {
      return click.tell(answers.otherChannel);
    }
    const allowed = await reviewers.mayDecide(click.clicker, click.teamId);
    if ("no" in allowed) return click.tell(allowed.no);
    if (topic === null) return click.tell(answers.unknownButton);
    const move = await options.answer(topic, to, allowed.person.name);
    if (move === null) return click.tell(ladderWords.nothingToDecide);
    const by = mrkdwnPerson(allowed.person.id);
    const { text, blocks } = answeredCard(move, by, mrkdwnTime(clock()));
    try {
      await clients.patient.chat.update({ channel: channelId, ts: click.messageTs, text, blocks });
    } catch (error) {
      log.warn({ error: upstreamError("chat.update", error) }, "card not updated");
      await click.tell(text);
    }
  }
}

function topicIn(value: string): EarnedTopic | null {
  try {
    return topicForm.parse(JSON.parse(value));
  } catch {
    return null;
  }
}

type Message = { text: string; blocks: types.KnownBlock[] };

function questionCard(move: DueMove): Message {
  const { topic, intent, language, model, promptHash } = move;
  const value = JSON.stringify({ topic, intent, language, model, promptHash });
  const title = ladderWords.question(topicName(move));
  return {
    text: title,
    blocks: [
      heading(title),
      ...plain(`${evidenceWords(move.evidence)}.`),
      ...plain(ladderWords.whatItMeans),
      {
        type: "actions",
        elements: [
          { ...button(actionIds.letGo, labels.letGo, value), style: "primary" },
          button(actionIds.putOff, labels.putOff, value),
        ],
      },
    ],
  };
}

function answeredCard(move: Move, by: string, at: string): Message {
  const name = topicName(move);
  const sentence = move.to === "automatic" ? mrkdwnLadder.letGo : mrkdwnLadder.putOff;
  return {
    text: ladderWords.answered(name),
    blocks: [
      heading(ladderWords.answered(name)),
      ...plain(`${evidenceWords(move.evidence)}.`),
      mrkdwn(sentence(by, at)),
    ],
  };
}

function heading(title: string): types.KnownBlock {
  return richText([runsSection([run(title, { bold: true })])]);
}

/** What the channel is told of a move that nobody was asked about. */
export function toldMove(move: DueMove): string {
  const name = topicName(move);
  return move.to === "review"
    ? ladderWords.takenBack(name, alarmWords(move.evidence))
    : ladderWords.letByPolicy(name, evidenceWords(move.evidence));
}
