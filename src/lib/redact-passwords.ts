import { isMixed, isPlaceholder } from "./secret-form.ts";

const quoted = `"[^"\\n]+"|'[^'\\n]+'|“[^”\\n]+”|„[^“”\\n]+[“”]|«[^»\\n]+»|「[^」\\n]+」`;
/** To the end of the sentence's word: the full stop that ends the sentence is not part of it. */
const word = `[^\\s"“”„«»「」]*[^\\s"“”„«»「」.,;!?。、，]`;

const passwordWords = [
  "pass(?:word|code|phrase)|pwd|passwd",
  "passwort|kennwort|zugangscode",
  "mot de passe|mdp",
  "contrase[ñn]a",
  "senha|palavra-passe",
  "parola d['’]ordine",
  "wachtwoord",
  "has[łl]o",
  "l[öo]senord|passord|adgangskode|kodeord|salasana",
  "пароль",
  "şifre|parola",
].join("|");

const isWords = "is|was|are|ist|lautet|war|est|es|é|è|to|är|er|on|это";
const isSigns = "[:=：]|->|→";
/** "Password → Security" is the way through a menu more often than a password. */
const endsInArrow = /(?:->|→)\s*$/;

/**
 * How sentences about passwords go on: what is said of one ("is not working") and what one must be
 * ("must contain", "mindestens").
 */
const saysNothing = new RegExp(
  `^(?:${[
    "not|no|never|wrong|incorrect|invalid|expired|too|still|being|required|missing|the|a|an|my|in|at|on|for|and|or|of|to|that|correct|right|ok|okay|safe|secure|weak|strong|lost|reset|changed|broken|unknown|rejected|denied|always|only|now|also|just|very|so|it|working|needed|stored|saved|set|there|here|case|different|same",
    "must|should|can|cannot|may|might|will|needs?|has|have|contains?|at|minimum|min|maximum|max|between|up|more|fewer|less|least|longer|shorter|length|choose|pick|use|enter|type|create|change|see|click|go|open|if|when|this|your|our|you|we|i|one|any|each|every|all|both|either|unless|case-sensitive|optional|mandatory|empty|blank|visible|hidden|private|personal|unique|valid|sent|shown|kept|mine|yours|what|which|as|by|from|with|without|again|ready|none|n/a|only|easy|hard|long|short|old|new|good|bad|fine|important|impossible|forgotten|possible",
    "nicht|kein|siehe|keine|falsch|ungültig|abgelaufen|zu|noch|das|die|der|ein|eine|mein|korrekt|richtig|sicher|weg|vergessen|immer|nur|jetzt|auch|muss|müssen|soll|sollte|darf|kann|mindestens|höchstens|maximal|minimal|min|max|zwischen|bis|ab|wenn|bitte|erforderlich|pflicht|optional|gültig|leer|neu|alt|lang|kurz|wieder|schon|sehr|hier|dort|unbekannt|ihr|dein|für|von|per|aus|bei|mit|ohne|wie|wählen|ändern|festlegen",
    "pas|voir|vea|vedi|zie|incorrecte?|invalide|expiré|trop|toujours|le|la|les|un|une|mon|votre|ton|correcte?|oublié|refusé|perdu|doit|doivent|devrait|au|minimum|maximum|entre|plus|moins|si|choisissez|utilisez|obligatoire|requis|valide|facultatif|vide|nouveau|sensible|bien|en|de|à|pour",
    "incorrecta|inválida|expirada|demasiado|siempre|el|los|mi|su|correcta|olvidada|debe|deben|debería|tiene|al|mínimo|máximo|entre|hasta|más|menos|si|elija|use|obligatoria|opcional|válida|nueva|muy|de|para|por|con",
    "incorreta|errada|sempre|minha|sua|correta|não|non|deve|devem|precisa|tem|no|pelo|entre|até|mais|menos|obrigatória|nova|muito|sbagliata|scaduta|troppo|corretta|almeno|deve|devono|minimo|massimo|tra|fino|più|meno|obbligatoria|nuova|molto|il|da|di|con|per",
    "niet|verkeerd|onjuist|verlopen|te|het|de|een|mijn|je|uw|juist|moet|moeten|mag|kan|minstens|minimaal|maximaal|ten|tussen|meer|minder|verplicht|nieuw|musi|powinno|co|najmniej|minimum|od|nie|jest|måste|ska|bör|minst|högst|mellan|inte|fel|skal|må|mindst|ikke",
    "не|неверный|неправильный|должен|должна|минимум|не менее|от|до|или|обязателен|en|az|olmalı|olmalıdır|yanlış|geçersiz|zorunlu",
  ].join("|")})$`,
  "iu",
);
/** Forms that say what is done with something, in lower case: "encrypted", "gespeichert", "inviata". */
const participle =
  /^(?:\p{Ll}{2,}(?:ed|ing|able|ible|sensitive|pflichtig|bar|lich|iert)|(?:ge|ver|be|zurückge)\p{Ll}{3,}(?:t|en|d)|\p{Ll}{3,}(?:ées?|é|ados?|adas?|idos?|idas?|at[oa]|ut[oa]))$/u;
/** What a rule about passwords counts, or how it begins, wherever in the sentence. */
const rule =
  /(?:^|[^\p{L}])(?:characters?|chars|letters?|digits?|numbers?|symbols?|upper-?case|lower-?case|at least|minimum|long(?:er)?|zeichen|buchstaben|ziffern?|zahlen?|sonderzeichen|stellen|stellig\p{L}*|mindestens|caract[èe]res?|lettres?|chiffres?|caracteres|letras|d[ií]gitos|n[úu]meros|caratteri|lettere|cifre|numeri|tekens|letters|cijfers|znak(?:i|ów|ow)|liter|cyfr|tecken|bokst[äa]ver|siffror|tegn|символ\p{L}*|букв\p{L}*|цифр\p{L}*|karakter|harf|rakam|days?|hours?|minutes?|tage?n?|stunden?|jours?|días|dias|giorni|dagen|dni)(?![\p{L}])/iu;
/** As much of the sentence behind a value as is looked at. */
const sentenceLength = 80;

const password = new RegExp(
  `(?<![\\p{L}])((?:${passwordWords})(?:\\s+(?:for|to|of|für|zu|pour|para|per|voor)\\s[^\\n.!?:=]{1,60}?)?` +
    `(?:\\s+(?:${isWords})\\s*[:：]?\\s+|\\s*(?:${isSigns})\\s*))(${quoted}|${word})`,
  "giu",
);
/** Written without spaces: パスワードはhunter2です, 密码是hunter2. */
const passwordUnspaced =
  /((?:パスワード|暗証番号|密码|密碼|口令|비밀번호)\s*(?:は|が|是|为|為|는|은|[:：=])\s*)(「[^」\n]+」|"[^"\n]+"|[\x21-\x7e]+)/gu;
/** What follows a value that is said to be the password, and not one that something is done with. */
const endsUnspaced = /^(?:\s|$|です|でした|だ|入力|[。、，；！？」)）]|입니다|이에요|예요|这|這)/u;
const countsUnspaced = /^\s*(?:文字|桁|位|个|個|字|種類|种|자|글자|자리|日|天|時間|小时|일)/u;

/** Masks what is said to be a password, and leaves what is said about passwords. */
export function maskPasswords(text: string): string {
  return text
    .replace(password, (found, introduction: string, value: string, at: number, whole: string) =>
      isPassword(value, behind(found, at, whole)) &&
      (isMixed(value) || !endsInArrow.test(introduction))
        ? `${introduction}[password]`
        : found,
    )
    .replace(
      passwordUnspaced,
      (found, introduction: string, value: string, at: number, whole: string) =>
        isUnspaced(value, behind(found, at, whole)) ? `${introduction}[password]` : found,
    );
}

const inQuotes = new RegExp(`^(?:${quoted})$`, "u");

function behind(found: string, at: number, whole: string): string {
  return whole.slice(at + found.length, at + found.length + sentenceLength);
}

function isPassword(value: string, following: string): boolean {
  if (isPlaceholder(value)) return false;
  const [sentence = ""] = following.split(/[.!?\n。]/u, 1);
  const isQuoted = inQuotes.test(value);
  const bare = isQuoted ? value.slice(1, -1) : value.replace(/[:：)\]]+$/u, "");
  const saysRule = rule.test(` ${bare.replace(/^\d+[+-]*/, "")} ${sentence}`);
  // "12 characters", "8-64 Zeichen", "(min. 8 …", "12-character"
  if (/^[^\p{L}]*$/u.test(bare)) return /\d/.test(bare) && !saysRule;
  if (/^\d+[+-]*\p{L}+$/u.test(bare)) return !saysRule;
  if (isMixed(bare)) return true;
  if (isQuoted) return !saysRule;
  const [first = ""] = bare.replace(/^[^\p{L}\p{N}]+/u, "").split(/\s/, 1);
  return !(saysNothing.test(first) || participle.test(first) || saysRule);
}

function isUnspaced(value: string, following: string): boolean {
  if (isPlaceholder(value)) return false;
  if (/^\d[\d\-~+]*$/.test(value)) return !countsUnspaced.test(following);
  return isMixed(value) || /^["「]/.test(value) || endsUnspaced.test(following);
}
