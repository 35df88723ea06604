/** Words around the matter: nothing that an answer to somebody else could rest on. */
export type SmallTalk = "greeting" | "holding";

/** Longer sentences say more than that somebody is being greeted or asked to wait. */
const maxSentenceWords = 20;

/**
 * Whether a message says nothing but hello, thanks and goodbye (`greeting`) or that somebody is
 * looking into it ("let me check", `holding`). One sentence about the matter makes it neither.
 *
 * It knows the usual phrases of a few languages; what it does not know counts as matter.
 */
export function smallTalk(text: string): SmallTalk | null {
  const found = sentencesOf(text).map(kindOf);
  if (found.length === 0 || found.includes(null)) return null;
  return found.includes("holding") ? "holding" : "greeting";
}

/**
 * The text without the sentences before and behind the matter that only greet, thank or ask to wait;
 * "" when it says nothing else. What stands between sentences about the matter stays.
 */
export function withoutSmallTalk(text: string): string {
  const sentences = text.match(/[^.!?\n…。！？]+[.!?\n…。！？]*|[.!?\n…。！？]+/gu) ?? [];
  const isMatter = (sentence: string) =>
    /[\p{L}\p{N}]/u.test(sentence) &&
    kindOf(sentence.replace(/[.!?\n…。！？]+$/u, "").trim()) === null;
  const first = sentences.findIndex(isMatter);
  const last = sentences.findLastIndex(isMatter);
  if (first === -1) return "";
  const matter = sentences
    .slice(first, last + 1)
    .join("")
    .trim();
  return matter.replace(helloBeforeComma, "");
}

function sentencesOf(text: string): string[] {
  return text
    .split(/[.!?\n…。！？]+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

function kindOf(sentence: string): SmallTalk | null {
  // After a colon comes the matter; a digit or a link is one.
  if (/[:：]|https?|\d/.test(sentence)) return null;
  if (sentence.split(/\s+/).length > maxSentenceWords) return null;
  const rest = withoutGreetings(sentence);
  if (rest === "") return "greeting";
  return holding.test(rest) ? "holding" : null;
}

/** What is left of a sentence when greetings, thanks and a name behind them are taken away. */
function withoutGreetings(sentence: string): string {
  let rest = sentence.replace(/^[^\p{L}\p{N}]+/u, "");
  for (let before = ""; rest !== before; ) {
    before = rest;
    rest = rest.replace(greeting, "").replace(/^[\s,;&+\-–—]+|^(?:and|und|et|y|e|en)\s+/iu, "");
    rest = rest.replace(/^[^\p{L}\p{N}]+$/u, "");
  }
  return rest.trim();
}

/** The same phrase with its ending: nothing, or no further letter. */
const phrases = (...list: string[]) => `(?:${list.join("|")})(?![\\p{L}\\p{N}])`;

/** Up to two capitalised words: "Hi Ada Lovelace". */
const name = "(?-i:\\s+\\p{Lu}[\\p{L}'’.-]*){0,2}";

const hello = phrases(
  "hi(?: there| all| team)?|hello(?: there| again)?|hey(?: there)?|dear|good (?:morning|afternoon|evening|day)|greetings|welcome(?: back)?",
  "hallo|guten (?:tag|morgen|abend)|moin|servus|grüezi|liebes? team|liebe[rs]?|sehr geehrte[rs]?(?: damen und herren| herr| frau)?",
  "bonjour|bonsoir|salut|coucou|hola|buen[oa]s? (?:d[ií]as?|tardes|noches)|ol[áa]|bom dia|boa (?:tarde|noite)|ciao|buongiorno|buonasera|salve|hoi|goede(?:morgen|middag|navond)|dag",
  "こんにちは|こんばんは|おはようございます|您好|你好|안녕하세요|привет|здравствуйте|cześć|dzień dobry|hej|hei",
);
/** "Hello Ada, where …": only with its comma, since "No invoices" would mean another thing without "No". */
const helloBeforeComma = new RegExp(`^${hello}${name}\\s*[,，、]\\s*`, "iu");
const thanks = phrases(
  "(?:many |no )?thanks?(?: you)?(?: so much| very much| a lot| a bunch| again| in advance)?(?: for (?:reaching out|contacting us|getting (?:back|in touch)|writing in|your (?:message|patience|help|time|quick (?:reply|response|help)|reply|response|understanding|interest)|the (?:quick )?(?:reply|response|help|info|information|update))(?: to (?:us|me))?)?|thx|ty|cheers|much appreciated|i appreciate (?:it|that|your help)",
  "(?:vielen|herzlichen|lieben|besten) dank(?: für (?:ihre|deine|eure|die) (?:nachricht|geduld|hilfe|antwort|anfrage|schnelle antwort|rückmeldung))?|danke(?: schön| sehr| dir| ihnen)?(?: für (?:ihre|deine|eure|die) (?:nachricht|geduld|hilfe|antwort|anfrage|schnelle antwort|rückmeldung))?",
  "merci(?: beaucoup| bien)?(?: (?:de|pour) (?:votre|ton|ta|nous avoir) (?:message|aide|patience|réponse|contactés?))?|(?:muchas )?gracias(?: por (?:su|tu|contactarnos|escribirnos|la) ?(?:mensaje|ayuda|paciencia|respuesta)?)?|(?:muito )?obrigad[oa](?: pel[oa] (?:mensagem|ajuda|contato|resposta))?|(?:molte )?grazie(?: mille)?(?: per (?:il|la|averci) (?:messaggio|risposta|aiuto|contattato))?|(?:dank (?:je|u)(?: wel)?|bedankt)(?: voor (?:je|uw) (?:bericht|geduld|hulp))?",
  "ありがとうございます|ありがとう|谢谢|謝謝|감사합니다|спасибо|dziękuję|tack|takk",
);
const pleasantries = phrases(
  "you(?:'|’)?re (?:very |most )?welcome|you are (?:very )?welcome|no (?:problem|worries)|my pleasure|anytime|sure(?: thing)?|of course|ok(?:ay)?|great|perfect|awesome|got it|i see|sounds good|alright|yes|yep|no|nope",
  "how are you(?: doing)?(?: today)?|i hope (?:you(?:'|’)?re|you are|this (?:helps|finds you)) ?(?:doing )?(?:well|fine)?|hope (?:this|that) helps|how (?:can|may) (?:i|we) help(?: you)?(?: today)?|(?:it(?:'|’)?s |it is )?(?:nice|good) to (?:meet|hear from) you|(?:i am|i'm|my name is|this is)(?: \\p{Lu}\\p{L}*)(?: (?:from|with) [\\p{L} ]{1,30})?",
  "have a (?:nice|great|good|lovely|wonderful) (?:day|one|evening|weekend|week|rest of your day)(?: ahead)?|take care|bye(?: bye)?|goodbye|see you|(?:kind|best|warm) regards|best|all the best|sincerely|talk soon",
  "(?:kein|gar kein) problem|gern(?:e)?(?: geschehen)?|bitte(?: schön| sehr)?|alles klar|super|prima|ja|nein|wie (?:kann|können) (?:ich|wir) (?:ihnen |dir )?(?:helfen|behilflich sein)|(?:einen )?schönen (?:tag|abend)(?: noch)?|tschüss|(?:viele|liebe|beste|freundliche|mit freundlichen) grüßen?|auf wiedersehen",
  "de rien|avec plaisir|je vous en prie|bonne (?:journée|soirée)|cordialement|au revoir|comment (?:puis-je|pouvons-nous) vous aider|oui|non|de nada|con gusto|un saludo|saludos|que tenga (?:un )?buen d[ií]a|adi[óo]s|¿?(?:en qué|cómo) (?:puedo|podemos) ayudar(?:te|le)|s[ií]|por nada|até (?:logo|mais)|tenha um bom dia|abraços?|prego|di niente|buona giornata|arrivederci|cordiali saluti|graag gedaan|fijne dag|met vriendelijke groet(?:en)?|groetjes|ja|nee",
);
const greeting = new RegExp(`^(?:(?:${hello}|${thanks})${name}|${pleasantries})`, "iu");

/** Somebody is looking into it: how such a sentence begins. */
const holding = new RegExp(
  `^(?:(?:please|so|well|then|yes|bitte) )?${phrases(
    "let (?:me|us) (?:just )?(?:quickly )?(?:check|look|see|find out|take a look|have a look|verify|confirm|ask|investigate|double[- ]check|get back)",
    "(?:i|we)(?:'|’)?(?:ll| will| am going to|'m going to|’m going to|'re going to) (?:just )?(?:quickly )?(?:check|look into|look at|take a look|have a look|get back|ask|investigate|find out|verify|double[- ]check|be (?:right )?back|keep you (?:posted|updated))",
    "(?:i am|i'm|i’m|we are|we're|we’re) (?:just |still |currently )?(?:checking|looking into|looking at|investigating|on it)",
    "(?:one|just a|a|give me a|please hold|hold on|hang on|bear with)(?: (?:moment|second|sec|minute|min|few minutes|me|us|on))",
    "(?:ich|wir) (?:schaue?n?|prüfen?|kläre?n?|frage?n?|sehen?|melden?)(?: \\p{L}+){0,4}|(?:lassen sie|lass) mich (?:\\p{L}+ ){0,3}(?:prüfen|schauen|nachsehen|nachfragen)|(?:einen|kleinen) (?:kleinen )?(?:moment|augenblick)|moment(?: bitte)?|sekunde",
    "(?:laissez[- ]moi|je vais) (?:\\p{L}+ ){0,2}(?:vérifier|regarder|voir|demander)|je (?:vérifie|regarde|reviens vers vous)|un (?:instant|moment|petit moment)",
    "(?:d[ée]jame|perm[íi]tame|d[ée]jeme|voy a) (?:\\p{L}+ ){0,2}(?:ver|revisar|comprobar|verificar|consultar)|un (?:momento|segundo|momentito)|(?:vou|deixe-me) (?:\\p{L}+ ){0,2}(?:verificar|ver|checar|conferir)|(?:só )?um (?:momento|minuto|instante)",
    "(?:mi faccia|fammi|lasci(?:a)?mi) (?:\\p{L}+ ){0,2}(?:controllare|verificare|vedere)|un (?:attimo|momento|secondo)|(?:controllo|verifico) (?:subito|e)|(?:laat me|ik (?:kijk|ga|zoek|check)) (?:\\p{L}+ ){0,2}(?:even|kijken|nakijken|na|uit)|(?:een|één) (?:moment|momentje|ogenblik)",
    "少々お待ちください|確認いたします|请稍等|請稍等|잠시만요",
  )}`,
  "iu",
);
