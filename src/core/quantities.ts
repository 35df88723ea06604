/** A number with what it counts, so that "14 days", "two weeks" and "14 Tage" are one. */
export type Quantity = {
  /** What it counts and how many, in the smallest unit; `number` where no unit is known. */
  key: string;
  /** The number alone. */
  value: number;
  /** As it stands in the text. */
  written: string;
};

type Unit = { of: string; size: number };

/** Beginnings of words, in lower case. Months are not made into days: "30 days" is not "a month". */
const units: [RegExp, Unit][] = [
  [
    /^(?:seconds?|secs?|sekunden?|secondes?|segundos?|secondi|seconden?|sekund\p{L}*|секунд\p{L}*)$/u,
    { of: "time", size: 1 },
  ],
  [
    /^(?:minutes?|mins?|minuten?|minutos?|minut[ioy]?|minuut|минут\p{L}*|dakika)$/u,
    { of: "time", size: 60 },
  ],
  [
    /^(?:hours?|hrs?|stunden?|std|heures?|horas?|or[ae]|uur|uren|godzin\p{L}*|timm\p{L}*|timer?|час\p{L}*|saat)$/u,
    { of: "time", size: 3600 },
  ],
  [
    /^(?:days?|tage?n?|jours?|d[ií]as?|giorn[oi]|dag(?:en|ar|e)?|dni|dzie[nń]|дн\p{L}*|день|gün)$/u,
    { of: "time", size: 86_400 },
  ],
  [
    /^(?:weeks?|wochen?|semaines?|semanas?|settiman[ae]|weken|tydzie[nń]|tygodni\p{L}*|veck\p{L}+|uge[rn]?|недел\p{L}*|hafta)$/u,
    { of: "time", size: 604_800 },
  ],
  [
    /^(?:months?|monate?n?|mois|mes(?:es)?|mes[ei]|maand(?:en)?|miesi[aą]c\p{L}*|månad\p{L}*|måned\p{L}*|месяц\p{L}*|ay)$/u,
    { of: "months", size: 1 },
  ],
  [
    /^(?:years?|yrs?|jahre?n?|ans?|années?|años?|anos?|ann[oi]|jaar|jaren|lat[a]?|rok\p{L}*|år|год\p{L}*|лет|yıl)$/u,
    { of: "months", size: 12 },
  ],
  [
    /^(?:%|percent|prozent|pour-?cent|procent\p{L}*|porcento|процент\p{L}*)$/u,
    { of: "percent", size: 1 },
  ],
  [/^(?:kb|kib|ko)$/u, { of: "bytes", size: 1 }],
  [/^(?:mb|mib|mo|megabytes?)$/u, { of: "bytes", size: 1_000 }],
  [/^(?:gb|gib|go|gigabytes?)$/u, { of: "bytes", size: 1_000_000 }],
  [/^(?:tb|tib|terabytes?)$/u, { of: "bytes", size: 1_000_000_000 }],
  [/^(?:\$|usd|us\$|dollars?|dólares)$/u, { of: "dollars", size: 1 }],
  [/^(?:€|eur|euros?)$/u, { of: "euros", size: 1 }],
  [/^(?:£|gbp|pounds?|pfund)$/u, { of: "pounds", size: 1 }],
];

/** Counted only before a unit: "one of them" counts nothing. */
const numberWords = new Map(
  [
    "zero|null|nul|cero|zéro",
    "one|a|an|ein|eine|einen|einem|einer|un|une|uno|una|um|uma|een|jeden|jedna|en|ett|один|одна|bir",
    "two|zwei|deux|dos|due|dois|duas|twee|dwa|dwie|två|два|две|iki",
    "three|drei|trois|tres|tre|três|drie|trzy|три|üç",
    "four|vier|quatre|cuatro|quattro|quatro|cztery|fyra|fire|четыре|dört",
    "five|fünf|cinq|cinco|cinque|vijf|pięć|пять|beş",
    "six|sechs|seis|sei|zes|sześć|seks|шесть|altı",
    "seven|sieben|sept|siete|sette|sete|zeven|siedem|sju|syv|семь|yedi",
    "eight|acht|huit|ocho|otto|oito|osiem|åtta|otte|восемь|sekiz",
    "nine|neun|neuf|nueve|nove|negen|dziewięć|nio|девять|dokuz",
    "ten|zehn|dix|diez|dieci|dez|tien|dziesięć|tio|десять",
    "eleven|elf|onze|undici",
    "twelve|zwölf|douze|doce|dodici|doze|twaalf|двенадцать",
  ].flatMap((words, value) => words.split("|").map((word) => [word, value] as const)),
);

const pattern =
  /(?<before>[$€£]|\b(?:USD|EUR|GBP)\s?)?(?<number>\p{Nd}+(?:[.,'’\u00a0\u202f]\p{Nd}+)*)(?:[\s\u00a0-]?(?<unit>[%$€£]|\p{L}+))?|(?<![\p{L}\p{N}])(?<word>\p{L}+)[\s\u00a0-](?<wordUnit>\p{L}+)/gu;

/** What only counts its own lines: "Step 3", "2.", "There are 2 ways". */
const counting =
  /(?:steps?|schritt|étape|paso|passo|stap|krok|шаг) ?\p{Nd}+|^[ \t]{0,20}\p{Nd}{1,6}[.)](?=\s|$)|(?<!\p{Nd})\p{Nd}{1,6}(?= (?:(?:main|different|possible) )?(?:ways?|options?|steps?|reasons?|methods?|things?|wege?|möglichkeiten|schritte)(?!\p{L}))/gimu;

/** What a text counts. Numbers inside links and addresses are none. */
export function quantitiesIn(text: string): Quantity[] {
  const plain = text
    .replace(
      /https?:\/\/\S+|(?<!\S)[^\s@]{1,100}@\S{1,200}|(?<![\w.-])(?:[\w-]{1,63}\.){2,}[\w-]+/g,
      " ",
    )
    .replace(counting, " ")
    .replace(/(?<=[\p{L}\p{N}]\s)(?:business|working|calendar|consecutive|full)\s(?=\p{L})/giu, "");
  const found: Quantity[] = [];
  const reader = new RegExp(pattern);
  for (let match = reader.exec(plain); match !== null; match = reader.exec(plain)) {
    const { before, number, unit, word, wordUnit } = match.groups ?? {};
    if (number === undefined) {
      const value = numberWords.get((word ?? "").toLowerCase());
      const counted = value === undefined ? null : unitOf(wordUnit);
      if (value !== undefined && counted !== null) found.push(quantity(value, counted, match[0]));
      // The second word may be the first of the next pair.
      else reader.lastIndex = match.index + (word ?? " ").length;
      continue;
    }
    const value = readNumber(number);
    if (value === null) continue;
    const behind = unitOf(unit);
    const written = behind === null ? `${before ?? ""}${number}` : match[0].trim();
    found.push(quantity(value, unitOf(before) ?? behind, written));
    if (behind === null && unit !== undefined) reader.lastIndex -= unit.length;
  }
  return found;
}

function quantity(value: number, unit: Unit | null, written: string): Quantity {
  const key = unit === null ? `number:${value}` : `${unit.of}:${value * unit.size}`;
  return { key, value, written };
}

function unitOf(written: string | undefined): Unit | null {
  if (written === undefined) return null;
  const word = written.trim().toLowerCase();
  return units.find(([name]) => name.test(word))?.[1] ?? null;
}

/** "1,200.50", "1.200,50" and "1 200,50" are one number; `null` for what is none, as "1.2.3". */
function readNumber(written: string): number | null {
  if (/^\d+$/.test(written)) return Number(written);
  const plain = written.replace(/['’\u00a0\u202f]/g, "").replace(/(?!\d)\p{Nd}/gu, latinDigit);
  const last = Math.max(plain.lastIndexOf("."), plain.lastIndexOf(","));
  if (last === -1) return Number(plain);
  const whole = plain.slice(0, last);
  const rest = plain.slice(last + 1);
  const isThousands = rest.length === 3 && /^\d{1,3}(?:[.,]\d{3})*$/.test(whole);
  if (!isThousands && /[.,]/.test(whole) && !/^\d{1,3}(?:[.,]\d{3})+$/.test(whole)) return null;
  const digits = whole.replace(/[.,]/g, "");
  return isThousands ? Number(digits + rest) : Number(`${digits}.${rest}`);
}

/** Also those of Arabic, Hindi … */
function latinDigit(digit: string): string {
  let zero = digit.codePointAt(0) ?? 0;
  const code = zero;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero -= 1;
  return String(code - zero);
}
