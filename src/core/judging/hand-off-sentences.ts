import type { OfficeHours, Tell } from "../policy.ts";
import { isOpen, opensAt } from "./office-hours.ts";

type Sentences = {
  /** With the assignment: it is said only when it happens. */
  handOff: string;
  offer: string;
  /** Outside office hours: when people are at work again. */
  back: string;
};

// No outcome is promised, and no time but the one at which the office opens.
const sentences: Record<string, Sentences> = {
  en: {
    handOff: "A colleague will take it from here and reply to you in this conversation.",
    offer: "Would you like a colleague to take this over? Just answer “yes”.",
    back: "Our team is back on {when}.",
  },
  de: {
    handOff: "Ein Kollege oder eine Kollegin übernimmt und antwortet Ihnen hier.",
    offer:
      "Möchten Sie, dass ein Kollege oder eine Kollegin übernimmt? Antworten Sie einfach mit „Ja“.",
    back: "Unser Team ist wieder da: {when}.",
  },
  fr: {
    handOff: "Un collègue prend le relais et vous répondra dans cette conversation.",
    offer: "Souhaitez-vous qu'un collègue prenne le relais ? Répondez simplement « oui ».",
    back: "Notre équipe sera de retour le {when}.",
  },
  es: {
    handOff: "Un compañero se hará cargo y le responderá en esta conversación.",
    offer: "¿Quiere que un compañero se haga cargo? Responda simplemente «sí».",
    back: "Nuestro equipo vuelve el {when}.",
  },
  pt: {
    handOff: "Um colega vai assumir e responderá a você nesta conversa.",
    offer: "Você gostaria que um colega assumisse? Basta responder “sim”.",
    back: "Nossa equipe volta em {when}.",
  },
  it: {
    handOff: "Un collega prenderà in carico la richiesta e le risponderà in questa conversazione.",
    offer: "Desidera che un collega prenda in carico la richiesta? Risponda semplicemente «sì».",
    back: "Il nostro team torna {when}.",
  },
  nl: {
    handOff: "Een collega neemt het over en antwoordt u in dit gesprek.",
    offer: "Wilt u dat een collega het overneemt? Antwoord gewoon met ‘ja’.",
    back: "Ons team is er weer op {when}.",
  },
  pl: {
    handOff: "Sprawę przejmie ktoś z naszego zespołu i odpowie w tej rozmowie.",
    offer: "Czy ktoś z naszego zespołu ma przejąć sprawę? Wystarczy odpowiedzieć „tak”.",
    back: "Nasz zespół wraca: {when}.",
  },
  sv: {
    handOff: "En kollega tar över och svarar dig här.",
    offer: "Vill du att en kollega tar över? Svara bara ”ja”.",
    back: "Vårt team är tillbaka {when}.",
  },
  da: {
    handOff: "En kollega tager over og svarer dig her.",
    offer: "Vil du have, at en kollega tager over? Svar blot “ja”.",
    back: "Vores team er tilbage {when}.",
  },
  no: {
    handOff: "En kollega tar over og svarer deg her.",
    offer: "Vil du at en kollega skal ta over? Bare svar «ja».",
    back: "Teamet vårt er tilbake {when}.",
  },
  fi: {
    handOff: "Kollega jatkaa tästä ja vastaa sinulle tässä keskustelussa.",
    offer: "Haluatko, että kollega jatkaa tästä? Vastaa vain ”kyllä”.",
    back: "Tiimimme palaa: {when}.",
  },
  cs: {
    handOff: "Převezme to někdo z našeho týmu a odpoví vám v této konverzaci.",
    offer: "Má to převzít někdo z našeho týmu? Stačí odpovědět „ano“.",
    back: "Náš tým bude zpět: {when}.",
  },
  tr: {
    handOff: "Bir ekip arkadaşımız devralacak ve size bu konuşmada yanıt verecek.",
    offer: "Bir ekip arkadaşımızın devralmasını ister misiniz? “Evet” yazmanız yeterli.",
    back: "Ekibimiz şu zamanda geri döner: {when}.",
  },
  ru: {
    handOff: "Дальше вам поможет наш сотрудник и ответит в этом разговоре.",
    offer: "Хотите, чтобы вам ответил наш сотрудник? Просто напишите «да».",
    back: "Наша команда вернётся: {when}.",
  },
  uk: {
    handOff: "Далі вам допоможе наш співробітник і відповість у цій розмові.",
    offer: "Бажаєте, щоб вам відповів наш співробітник? Просто напишіть «так».",
    back: "Наша команда повернеться: {when}.",
  },
  ja: {
    handOff: "担当者が引き継ぎ、この会話でお返事いたします。",
    offer: "担当者が引き継ぎましょうか。「はい」とお返事ください。",
    back: "次の営業開始は{when}です。",
  },
  zh: {
    handOff: "接下来由我们的同事为您处理，并在此对话中回复您。",
    offer: "需要由我们的同事为您处理吗？回复“是”即可。",
    back: "我们的团队将于{when}回来。",
  },
  ko: {
    handOff: "담당자가 이어받아 이 대화에서 답변드리겠습니다.",
    offer: "담당자가 이어받기를 원하시나요? “네”라고 답해 주세요.",
    back: "저희 팀은 {when}에 돌아옵니다.",
  },
};
sentences.nb = sentences.no as Sentences;

/**
 * What the customer is told with a hand-off, in their language, else in English; outside office hours
 * also when people are back.
 *
 * @param tell what the rule says about it; `null`: nothing of its own
 * @param at milliseconds since 1970
 * @returns `null` where the rule wants nothing said
 */
export function handOffSentence(
  tell: Tell | null,
  language: string,
  hours: OfficeHours | null,
  at: number,
): string | null {
  if (tell === "nothing") return null;
  const own = tell?.[language] ?? tell?.any;
  if (own !== undefined) return own;
  const said = sentences[language] ?? sentences.en;
  if (said === undefined) return null;
  const opens = hours === null || isOpen(hours, at) ? null : opensAt(hours, at);
  if (hours === null || opens === null) return said.handOff;
  const when = timeInWords(said === sentences[language] ? language : "en", hours, opens);
  return `${said.handOff} ${said.back.replace("{when}", when)}`;
}

/** "Monday 30 November at 09:00 GMT+1": the customer may be in another zone. */
function timeInWords(language: string, { timeZone }: OfficeHours, at: number): string {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    timeZone,
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(at);
}

/** What the customer is asked before a hand-off, in their language, else in English. */
export function offerSentence(language: string): string {
  return (sentences[language] ?? sentences.en)?.offer ?? "";
}
