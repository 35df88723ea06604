/**
 * The lines by which mail programs introduce what they quote, and signatures, in the languages that
 * the programs are used in. All of them look at one short line: linear, whatever stands in it.
 */

/** Longer lines are somebody's sentences. */
const longestIntroduction = 400;

const wrote =
  /(?<!\p{L})(?:wrote|writes|schrieb|skrev|schreef|escribi[óo]|escreveu|scrisse|ha scritto|a écrit|a ecrit|napisała?|napsala?|kirjoitti|yazdı|írta|a scris)(?!\p{L})|написал|пишет|έγραψε|写道|寫道|さんは書きました|のメール|작성|đã viết/iu;
const address = /[^\s@<>]+@[^\s@<>]+/;
const timeOfDay = /\b\d{1,2}[:.]\d{2}\b/;
const year = /\b(?:19|20)\d{2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2}\b|年/;

/**
 * "On Fri, 5 Jan 2024 at 10:02, Ada <ada@example.com> wrote:", whole, however it was wrapped.
 *
 * Somebody may write such a line by hand ("on Friday you wrote:"), so it takes a date and what only
 * a program adds: the time, or the address of who wrote.
 */
export function introducesQuote(line: string): boolean {
  if (line.length > longestIntroduction || !/[:：]\s*$/.test(line)) return false;
  const isDated = year.test(line) || timeOfDay.test(line);
  if (!isDated) return false;
  if (address.test(line)) return wrote.test(line) || year.test(line);
  return wrote.test(line) && year.test(line) && timeOfDay.test(line);
}

const from =
  /^[\s*_]*(?:from|von|de|da|van|od|från|fra|lähettäjä|kimden|от|差出人|发件人|寄件者|보낸 ?사람)[\s*_]*[:：]/iu;
const besideFrom =
  /^[\s*_]*(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|date d'envoi|à|objet|enviado(?: el| em)?|fecha|data|para|asunto|assunto|inviato|a|oggetto|verzonden|aan|onderwerp|wysłano|do|temat|skickat|till|ämne|sendt|til|emne|lähetetty|vastaanottaja|aihe|gönderildi|gönderme tarihi|kime|konu|отправлено|дата|кому|тема|送信日時|日付|宛先|件名|发送时间|发送日期|日期|收件人|主题|寄件日期|收件者|主旨|보낸 ?날짜|날짜|받는 ?사람|제목)[\s*_]*[:：]/iu;

/**
 * Whether a block of From, Sent, To and Subject begins here; one such line alone ("From: the
 * dashboard, Subject: …") may be anybody's words.
 *
 * @param lines the mail's lines
 */
export function beginsHeaderBlock(lines: string[], index: number): boolean {
  if (!isShort(lines[index]) || !from.test(lines[index] ?? "")) return false;
  const next = lines.slice(index + 1, index + 6).filter((line) => line.trim() !== "");
  return next.slice(0, 4).filter((line) => isShort(line) && besideFrom.test(line)).length >= 2;
}

/** "-----Original Message-----" and its like, or a line of underscores, above a block of headers. */
export function separatesHistory(line: string): boolean {
  return /^[\s*]*(?:_{10,}|-{2,}[^-]{3,60}-{2,})[\s*]*$/.test(line.slice(0, longestIntroduction));
}

const forwarded =
  /^[\s\-–—>*]*(?:begin forwarded message|forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|message transf[ée]r[ée]|début du message (?:transféré|réexpédié)|mensaje (?:reenviado|remitido)|inicio del mensaje reenviado|mensagem encaminhada|início da mensagem (?:encaminhada|reencaminhada)|messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|wiadomość przekazana|przekazana wiadomość|vidarebefordrat (?:meddelande|brev)|videresendt (?:meddelelse|melding)|iletilen ileti|пересылаемое сообщение|転送(?:された)?メッセージ|转发的邮件|전달된 메시지)[\s\-–—:：*]*$/iu;
const forwardedSubject =
  /^\s*(?:fwd?|wg|tr|rv|enc|i|doorst|pd|vb|vs|ilt|пересл|転送|转发|轉寄|전달)\s*[:：]/iu;

/** Whether a line says that what follows was forwarded. */
export function introducesForward(line: string): boolean {
  return isShort(line) && forwarded.test(line);
}

/** Whether the subject is that of a forwarded mail. */
export function isForwardedSubject(subject: string): boolean {
  return forwardedSubject.test(subject.slice(0, 40));
}

const sentFrom =
  /^\s*(?:sent from (?:my|the|outlook|yahoo|mail|proton)|get outlook for|von meinem .{1,40} gesendet|gesendet (?:von|mit|mittels)|diese nachricht wurde von meinem|envoyé de(?:puis)? mon|envoyé (?:de|à partir d)|enviado (?:desde|do|de) (?:mi|meu|el|o)|enviado (?:desde|do) |inviato da(?:l| )|verzonden (?:vanaf|met|vanuit)|wysłan[eoy] (?:z|za)|skickat från|sendt fra|lähetetty |iphone'?dan|отправлено (?:с|из)|iphoneから送信|从我的|發自我的|发自我的|나의 .{1,20}에서 보냄)/iu;

/** "Sent from my iPhone", "Von meinem iPhone gesendet". */
export function isProgramsSignature(line: string): boolean {
  return line.length <= 100 && sentFrom.test(line);
}

/** "-- ", which sets a signature off by convention (RFC 3676, 4.3), also without its blank. */
export function isSignatureMark(line: string): boolean {
  return /^(?:--|—|––|__) ?$/.test(line);
}

const answersBelow =
  /(?<!\p{L})(?:below|inline|in ?between|in (?:red|blue|green|bold)|unten|im text|dazwischen|in (?:rot|blau|grün)|ci-dessous|plus bas|en (?:rouge|bleu)|(?:más )?abajo|en rojo|abaixo|em vermelho|(?:qui|di) sotto|in rosso|hieronder|in het rood|poniżej|na czerwono|nedan|nedenfor|aşağıda)(?!\p{L})|ниже|以下|下記|下面|아래/iu;

/** Whether somebody says that their answers stand between the lines that they quote. */
export function saysAnswersStandBelow(text: string): boolean {
  return answersBelow.test(text);
}

function isShort(line: string | undefined): boolean {
  return line !== undefined && line.length <= longestIntroduction;
}
