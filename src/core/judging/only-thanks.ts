import type { Conversation, Part, Turn } from "../types.ts";

// Twenty-odd languages, with how people write them in a chat. What is not known here goes to the
// model as before: a missed "thanks" costs a call, a question taken for one costs a customer.

const thanks = [
  "thanks?(?: you| u)?(?: so| very| again| a)?(?: much| lot| bunch| million| ton)?|thank(?: you|u)|thankyou|thx|tnx|thnx|tysm|ty|tyvm|cheers|much appreciated|appreciated|appreciate it|many thanks",
  "(?:vielen |herzlichen |besten |lieben |1000 )?dank(?: dir| ihnen| euch)?|danke+(?: ?schön| ?schoen| sehr| dir| ihnen| euch| nochmals?| vielmals)?|merci(?: beaucoup| bien| à vous| a vous| infiniment)?|mille mercis?",
  "(?:muchas |muchísimas |mil |muchisimas )?gracias(?: de nuevo)?|(?:muito |mto )?obrigad[oa]s?(?: mesmo)?|valeu|brigad[oa]|(?:molte |mille |tante )?grazie(?: mille| tante| infinite)?|moltes gràcies|gràcies",
  "(?:heel (?:erg )?)?bedankt|dank (?:je|u|jullie)(?: ?wel)?|dankjewel|dankuwel|dziękuję(?: bardzo)?|dziekuje(?: bardzo)?|dzięki|dzieki(?: wielkie)?|tack(?: så mycket| sa mycket| snälla)?|tak(?: skal du have)?|mange tak|(?:tusen |mange )?takk(?: skal du ha)?",
  "kiitos(?: paljon)?|kiitti|děkuji|dekuji|díky|diky|děkuju|ďakujem|dakujem|köszönöm(?: szépen)?|köszi|mulțumesc|multumesc|mersi|teşekkür(?:ler| ederim)?|tesekkur(?:ler| ederim)?|sağ ?olun?|sagol|хвала|hvala(?: lijepa| lepa| vam| ti)?|aitäh|paldies|ačiū|aciu",
  "спасибо(?: большое| вам| огромное)?|благодарю|дякую(?: дуже)?|щиро дякую|благодаря|ευχαριστώ(?: πολύ)?|ευχαριστω|شكرا(?: لك| جزيلا| لكم)?|شكراً(?: لك| جزيلاً)?|תודה(?: רבה)?|धन्यवाद|शुक्रिया|ধন্যবাদ|நன்றி",
  "どうも ?ありがとうございます|ありがとうございま(?:す|した)|ありがとう|どうも|感謝します|谢谢(?:你|您|你们)?|謝謝(?:你|您)?|多谢|感谢|感謝|감사합니다|감사해요|고맙습니다|고마워요?|ขอบคุณ(?:ครับ|ค่ะ|มาก)*|cảm ơn(?: bạn| nhiều)*|cam on|terima kasih(?: banyak)?|makasih|salamat(?: po)?",
];
const goodbyes = [
  "(?:good)?bye+(?: ?bye)?|see (?:you|ya)(?: soon| later)?|take care|have a (?:nice|great|good|lovely) (?:day|one|evening|weekend|week)(?: too)?|you too|all the best|best|(?:best|kind) regards|cheerio",
  "tschüss|tschüß|tschuess|ciao|servus|auf wiedersehen|(?:einen |dir |ihnen |noch )*schönen (?:tag|abend)(?: noch)?|schönes wochenende|(?:viele|liebe|beste|schöne) grüße|(?:mit freundlichen|viele|lg|vg|mfg) ?(?:grüßen)?|bis bald",
  "au revoir|bonne (?:journée|soirée|fin de journée)|à bientôt|cordialement|adi[óo]s|hasta luego|(?:un )?saludos?|buen d[ií]a|até (?:logo|mais)|bom dia|tchau|arrivederci|buona (?:giornata|serata)|tot ziens|fijne dag|(?:met )?vriendelijke groet(?:en)?|groetjes|do widzenia|miłego dnia|hej då|ha det(?: bra)?|med vänlig hälsning|hej hej|näkemiin|さようなら|再见|再見|до свидания|안녕히 계세요",
];
/** Around thanks they say nothing of their own. */
const fillers = [
  "ok(?:ay|i|ey)?|okey|k|great|perfect|awesome|super|wonderful|amazing|cool|nice|excellent|brilliant|lovely|got it|i see|understood|all good|sounds good|that (?:helped|helps|worked|works|did it|solved it)|it works(?: now)?|works(?: now)?|you(?:'|’)?re the best|you rock|for (?:your|the|all your) (?:quick |fast |great |kind )?(?:help|answer|reply|response|support|info|information|time|assistance)|for helping(?: me)?|so much|very much|again|oh|ah|wow|and|so|a lot|all|team|guys|everyone|really|very helpful|helpful",
  "alles klar|prima|klasse|toll|perfekt|sehr gut|gut|top|wunderbar|und|hat geklappt|hat geholfen|für (?:die|ihre|deine|eure) (?:schnelle |prompte )?(?:hilfe|antwort|info|rückmeldung|unterstützung)|das hilft(?: mir)?|mir|dir|ihnen|euch|nochmals?",
  "parfait|génial|super|d'accord|d’accord|très bien|pour (?:votre|ton|l') ?(?:aide|réponse|retour)|et|perfecto|genial|vale|muy bien|por (?:tu|su|la) (?:ayuda|respuesta)|y|perfeito|ótimo|pela (?:ajuda|resposta)|e|perfetto|va bene|ottimo|per (?:l'aiuto|la risposta|l’aiuto)|prima|top|super|fijn|voor (?:je|uw|de) (?:hulp|antwoord|snelle reactie)|en|bardzo|za (?:pomoc|odpowiedź)|super|för (?:hjälpen|svaret)|for (?:hjelpen|hjælpen|svaret)",
  "よくわかりました|わかりました|助かりました|了解です|はい|好的|明白了|太好了|네|알겠습니다|хорошо|отлично|понял[а]?|за (?:помощь|ответ)|гарно|за допомогу|tamam|harika|yardımınız için|جدا|ครับ|ค่ะ|nhiều",
];

/** Signs of content; a thumb down or a sad face is none. */
const pleased =
  /[\u{1F44D}\u{1F44C}\u{1F44F}\u{1F64F}\u{1F64C}\u{1F60A}\u{1F600}-\u{1F606}\u{1F607}\u{1F609}\u{1F60D}\u{1F60E}\u{1F618}\u{1F642}\u{1F643}\u{1F917}\u{1F970}\u{1F929}\u{1F973}\u{1F389}\u{1F38A}\u{1F4AF}\u{1F4AA}\u{1F525}\u{1F31F}\u{2B50}\u{2728}\u{2705}\u{2714}\u{263A}\u{2764}\u{2665}\u{2763}\u{1F493}-\u{1F49F}\u{1F5A4}\u{1F90D}\u{1F90E}\u{1F9E1}\u{1FAF6}\u{1F91D}\u{1F918}\u{270C}\u{1F60C}]|[:;=]-?[)D]|<3/gu;
const modifiers = /\u{FE0F}|\u{200D}|[\u{1F3FB}-\u{1F3FF}]/gu;

const inSeveral = (lists: string[]) => `(?:${lists.join("|")})`;
/** Scripts that put no space between words need none after a phrase. */
const ending =
  "(?![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{Script=Arabic}\\p{Script=Hebrew}\\p{Script=Devanagari}\\p{N}])";
const saysThanks = new RegExp(`^${inSeveral([...thanks, ...goodbyes])}${ending}`, "iu");
const saysNothing = new RegExp(`^${inSeveral(fillers)}${ending}`, "iu");

/** Longer messages say more. */
const longest = 160;

/**
 * Whether a message holds nothing but thanks, a goodbye or a pleased emoji.
 *
 * "Thanks in advance", thanks with a question and thanks for nothing hold more than that.
 * @param names of the people in the conversation, by which they may be thanked
 */
export function isOnlyThanks(text: string, names: readonly string[] = []): boolean {
  if (text.length > longest || /[?？]/u.test(text)) return false;
  const bare = text.replace(modifiers, "");
  let isThanks = pleased.test(bare);
  pleased.lastIndex = 0;
  let rest = bare.replace(pleased, " ");
  const known = new Set(names.flatMap((name) => name.toLowerCase().split(/\s+/)));
  for (;;) {
    rest = rest.replace(/^[\s.,!¡…。！，、~〜'"()*&+\-–—]+/u, "");
    if (rest === "") return isThanks;
    const found = saysThanks.exec(rest);
    const filler = found === null ? saysNothing.exec(rest) : null;
    const name = /^[\p{L}'’-]+/u.exec(rest)?.[0] ?? "";
    if (found !== null) isThanks = true;
    else if (filler === null && !known.has(name.toLowerCase())) return false;
    rest = rest.slice((found ?? filler)?.[0].length ?? name.length);
  }
}

/**
 * Whether the customer's unanswered messages only thank for an answer that we or a teammate gave.
 * Where the answer asked something, "ok, thanks" may be a yes: that is left to the model.
 */
export function isOnlyThanksForAnAnswer({ parts }: Conversation, turn: Turn): boolean {
  const answer = turn.earlier.at(-1);
  if (answer === undefined || answer.author.role === "bot" || !isFirstHeard(answer)) return false;
  const names = parts.flatMap(({ author }) => author.name ?? []);
  if (!turn.messages.every((message) => isBare(message) && isOnlyThanks(message.text, names))) {
    return false;
  }
  return !/[?？]/u.test(answer.text) || turn.messages.every(({ text }) => !agrees.test(text));
}

/** What can also be a yes to what was asked. */
const agrees =
  /(?<!\p{L})(?:ok\w*|k|great|perfect\p{L}*|perfekt|super|good|alles klar|gut|d['’]accord|vale|va bene|fijn|tamam|sounds good)(?!\p{L})|はい|好的|네|了解|わかりました|👍|👌|✅/iu;

const isFirstHeard = ({ author }: Part) => author.role !== "customer";
const isBare = ({ attachments }: Part) => attachments.length === 0;
