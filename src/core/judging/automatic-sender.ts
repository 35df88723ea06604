import { comments } from "../turn.ts";
import type { Conversation, Part } from "../types.ts";

/** The senders that programs write as; RFC 5321 reserves `postmaster`, the others are custom. */
const machines =
  /^(?:no-?_?reply|do-?_?not-?_?reply|mailer-daemon|postmaster|bounces?|auto-?(?:reply|responder|confirm))(?:[+.-][^@]*)?@/i;
/** Where out-of-office notes and delivery failures say what they are. */
const longestBeginning = 400;
/** Nobody reads an answer and writes another in this time. */
const machinesPauseMs = 2_000;
/** Shorter messages ("yes", "still?") are repeated by people. */
const tellingLength = 20;
/** Shorter messages people have ready, or pick from buttons; programs answer with more. */
const readyLength = 40;
/** Who writes on within this time may not have read what came between. */
const oneBreathMs = 30_000;
/** Letters a second that a quick typist keeps up: 100 words a minute. */
const typedPerSecond = 8;
/** That often in a row nobody happens to press Enter just after us. */
const noCoincidence = 5;

const announcesItself = new RegExp(
  [
    "out of (?:the )?office",
    "(?:auto(?:matic|mated)?[- ]?(?:reply|response)|autoreply)\\b",
    "this is an automat(?:ic|ed) (?:reply|response|message|e-?mail)",
    "(?:i am|i'm|i’m|i will be) (?:currently )?(?:away|on (?:annual |parental |maternity )?leave|on (?:vacation|holiday))[^.?!]{0,60}(?:until|till|from|return|back)",
    "(?:delivery status notification|undeliver(?:able|ed)(?: mail| message|:)|mail delivery (?:failed|failure|subsystem)|delivery has failed|message could not be delivered)",
    "abwesenheits(?:notiz|nachricht|meldung)|automatische antwort|ich bin (?:derzeit |momentan |zur ?zeit )?(?:nicht im büro|nicht im haus|außer haus|im urlaub|abwesend)|(?:die )?(?:e-?mail|nachricht) (?:konnte nicht|ist nicht) zugestellt|unzustellbar",
    "réponse automatique|absen(?:t|te) du bureau|je suis (?:actuellement )?(?:absente?|en congés?)|message d'absence|échec de (?:la )?remise|n'a pas pu être (?:remis|distribué)",
    "respuesta automática|fuera de la oficina|estoy (?:actualmente )?(?:fuera de la oficina|de vacaciones|ausente)|no se (?:ha podido|pudo) entregar|error de entrega",
    "risposta automatica|fuori (?:ufficio|sede)|sono (?:attualmente )?(?:fuori ufficio|in ferie|assente)|mancato recapito|impossibile recapitare",
    "resposta automática|fora do escritório|ausente do escritório|estou (?:de férias|fora do escritório|ausente)|não foi possível entregar|falha na entrega",
    "automatisch antwoord|afwezigheidsbericht|ik ben (?:momenteel )?(?:afwezig|niet op kantoor|met vakantie|op vakantie)|niet (?:worden )?bezorgd|onbestelbaar",
    "automatyczna odpowiedź|odpowiedź automatyczna|poza biurem|jestem (?:obecnie )?(?:na urlopie|nieobecn[ya])|nie (?:można|udało się) dostarczyć",
    "autosvar|automatiskt svar|automatisk svar|frånvaromeddelande|fraværsmelding|inte på kontoret|jag är (?:på semester|bortrest)|kunde inte levereras",
    "自動返信|自動応答|不在(?:に|の|通知)|配信できませんでした|自动回复|自動回覆|不在办公室|无法投递|부재중|자동 ?(?:응답|회신)",
    "автоответ|автоматический ответ|нет в офисе|otomatik yanıt|ofis dışında",
  ].join("|"),
  "iu",
);

/**
 * Whether the newest message was most likely written by a program: an out-of-office note, a delivery
 * failure, a sender that reads no mail, the same words for the third time, or two answers in a row
 * that came faster than anybody types. Answering it would only make it write again.
 *
 * A person who writes in several short messages is none, even if our replies land between them.
 *
 * @param messages the unanswered messages, oldest first
 */
export function isFromMachine(conversation: Conversation, messages: Part[]): boolean {
  const newest = messages.at(-1);
  if (newest === undefined) return false;
  if (machines.test(newest.author.email ?? "")) return true;
  if (announcesItself.test(newest.text.slice(0, longestBeginning))) return true;
  const said = comments(conversation);
  return repeatsItself(said, newest) || answersAtOnce(said);
}

function repeatsItself(said: Part[], newest: Part): boolean {
  const words = plain(newest.text);
  if (words.length < tellingLength) return false;
  // Answered each time: whoever sends the same twice in a row is only impatient.
  let times = 0;
  for (const [index, part] of said.entries()) {
    const isAnswered = said[index + 1] !== undefined && said[index + 1]?.author.role !== "customer";
    if (part.author.id !== newest.author.id || part.author.role !== "customer") continue;
    if (isAnswered && plain(part.text) === words) times += 1;
  }
  return times >= 2;
}

/** The last times that we wrote, the customer's message followed at once. */
function answersAtOnce(said: Part[]): boolean {
  const answers = said.flatMap((part, index) => {
    const before = said[index - 1];
    if (part.author.role !== "customer" || before?.author.role !== "us") return [];
    const isAtOnce = part.at - before.at <= machinesPauseMs;
    return [{ isAtOnce, isByMachine: isAtOnce && !mayBeWritingOn(said, index) }];
  });
  const lastTwo = answers.slice(-2);
  if (lastTwo.length === 2 && lastTwo.every(({ isByMachine }) => isByMachine)) return true;
  const last = answers.slice(-noCoincidence);
  return last.length === noCoincidence && last.every(({ isAtOnce }) => isAtOnce);
}

/** Whether somebody may have been typing it before we wrote, as people do who write in short messages. */
function mayBeWritingOn(said: Part[], index: number): boolean {
  const message = said[index];
  const before = said.slice(0, index).findLast(({ author }) => author.role === "customer");
  if (message === undefined || before === undefined) return false;
  const { length } = message.text.trim();
  if (length < readyLength) return true;
  const sinceMs = message.at - before.at;
  return sinceMs <= oneBreathMs && length <= (sinceMs / 1000) * typedPerSecond;
}

/** Without what differs from one sending to the next: numbers, dates, signs. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, " ")
    .trim();
}
