import type { Tell } from "../policy.ts";

type Sentences = {
  /** With the assignment: it is said only when it happens. */
  handOff: string;
  offer: string;
};

// No time and no outcome is promised: nobody here knows who is at work.
const sentences: Record<string, Sentences> = {
  en: {
    handOff: "A colleague will take it from here and reply to you in this conversation.",
    offer: "Would you like a colleague to take this over? Just answer “yes”.",
  },
  de: {
    handOff: "Ein Kollege oder eine Kollegin übernimmt und antwortet Ihnen hier.",
    offer:
      "Möchten Sie, dass ein Kollege oder eine Kollegin übernimmt? Antworten Sie einfach mit „Ja“.",
  },
  fr: {
    handOff: "Un collègue prend le relais et vous répondra dans cette conversation.",
    offer: "Souhaitez-vous qu'un collègue prenne le relais ? Répondez simplement « oui ».",
  },
  es: {
    handOff: "Un compañero se hará cargo y le responderá en esta conversación.",
    offer: "¿Quiere que un compañero se haga cargo? Responda simplemente «sí».",
  },
  pt: {
    handOff: "Um colega vai assumir e responderá a você nesta conversa.",
    offer: "Você gostaria que um colega assumisse? Basta responder “sim”.",
  },
  it: {
    handOff: "Un collega prenderà in carico la richiesta e le risponderà in questa conversazione.",
    offer: "Desidera che un collega prenda in carico la richiesta? Risponda semplicemente «sì».",
  },
  nl: {
    handOff: "Een collega neemt het over en antwoordt u in dit gesprek.",
    offer: "Wilt u dat een collega het overneemt? Antwoord gewoon met ‘ja’.",
  },
  pl: {
    handOff: "Sprawę przejmie ktoś z naszego zespołu i odpowie w tej rozmowie.",
    offer: "Czy ktoś z naszego zespołu ma przejąć sprawę? Wystarczy odpowiedzieć „tak”.",
  },
  sv: {
    handOff: "En kollega tar över och svarar dig här.",
    offer: "Vill du att en kollega tar över? Svara bara ”ja”.",
  },
  da: {
    handOff: "En kollega tager over og svarer dig her.",
    offer: "Vil du have, at en kollega tager over? Svar blot “ja”.",
  },
  no: {
    handOff: "En kollega tar over og svarer deg her.",
    offer: "Vil du at en kollega skal ta over? Bare svar «ja».",
  },
  fi: {
    handOff: "Kollega jatkaa tästä ja vastaa sinulle tässä keskustelussa.",
    offer: "Haluatko, että kollega jatkaa tästä? Vastaa vain ”kyllä”.",
  },
  cs: {
    handOff: "Převezme to někdo z našeho týmu a odpoví vám v této konverzaci.",
    offer: "Má to převzít někdo z našeho týmu? Stačí odpovědět „ano“.",
  },
  tr: {
    handOff: "Bir ekip arkadaşımız devralacak ve size bu konuşmada yanıt verecek.",
    offer: "Bir ekip arkadaşımızın devralmasını ister misiniz? “Evet” yazmanız yeterli.",
  },
  ru: {
    handOff: "Дальше вам поможет наш сотрудник и ответит в этом разговоре.",
    offer: "Хотите, чтобы вам ответил наш сотрудник? Просто напишите «да».",
  },
  uk: {
    handOff: "Далі вам допоможе наш співробітник і відповість у цій розмові.",
    offer: "Бажаєте, щоб вам відповів наш співробітник? Просто напишіть «так».",
  },
  ja: {
    handOff: "担当者が引き継ぎ、この会話でお返事いたします。",
    offer: "担当者が引き継ぎましょうか。「はい」とお返事ください。",
  },
  zh: {
    handOff: "接下来由我们的同事为您处理，并在此对话中回复您。",
    offer: "需要由我们的同事为您处理吗？回复“是”即可。",
  },
  ko: {
    handOff: "담당자가 이어받아 이 대화에서 답변드리겠습니다.",
    offer: "담당자가 이어받기를 원하시나요? “네”라고 답해 주세요.",
  },
};
sentences.nb = sentences.no as Sentences;

/**
 * What the customer is told with a hand-off, in their language, else in English.
 *
 * @param tell what the rule says about it; `null`: nothing of its own
 * @returns `null` where the rule wants nothing said
 */
export function handOffSentence(tell: Tell | null, language: string): string | null {
  if (tell === "nothing") return null;
  if (tell === null) return (sentences[language] ?? sentences.en)?.handOff ?? null;
  return (
    tell[language] ?? tell.any ?? sentences[language]?.handOff ?? sentences.en?.handOff ?? null
  );
}

/** What the customer is asked before a hand-off, in their language, else in English. */
export function offerSentence(language: string): string {
  return (sentences[language] ?? sentences.en)?.offer ?? "";
}
