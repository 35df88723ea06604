/** What the built-in drafter can say and recognise in one language. */
type Phrases = {
  greeting: (name: string | null) => string;
  howCanWeHelp: string;
  /** Stands before a link to the whole text. */
  readMore: string;
  handOver: string;
  thanks: RegExp;
  hello: RegExp;
  wantsPerson: RegExp;
  angry: RegExp;
};

/** "Hello Ada," or "Hello," */
const greet = (word: string, name: string | null) =>
  name === null ? `${word},` : `${word} ${name},`;

// Each pattern is tried on lower-case text without punctuation and emoji.
export const phrases = {
  en: {
    greeting: (name) => greet("Hello", name),
    howCanWeHelp: "How can we help you?",
    readMore: "Read more",
    handOver:
      "Thank you for your message. I do not have a good answer to this, so a colleague can take it from here.",
    thanks:
      /^((many |ok |okay |great |perfect |super |cool |awesome )*(thanks|thank you|thx|ty|cheers)( so much| very much| a lot| again| everyone)?|ok|okay|got it|perfect|great|that (worked|helped)|it works( now)?|bye|goodbye|have a (nice|great|good) day)$/,
    hello: /^(hi|hello|hey|hiya|good (morning|afternoon|evening))( there| all| team)?$/,
    wantsPerson:
      /\b(real person|human|(speak|talk|chat) (to|with) (a |an |some)?(person|someone|agent|human|somebody|representative))\b/,
    angry:
      /\b(ridiculous|unacceptable|outrageous|disgusting|pathetic|terrible|horrible|awful|useless|worst|furious|angry|scam|rip ?off|joke|crap|bullshit|shit|damn|wtf|f+u+c+k\w*|fed up|sick of|had enough|waste of)\b/,
  },
  de: {
    greeting: (name) => greet("Hallo", name),
    howCanWeHelp: "Wie können wir helfen?",
    readMore: "Mehr dazu",
    handOver:
      "Danke für Ihre Nachricht. Darauf habe ich keine gute Antwort; hier kann jemand aus unserem Team weiterhelfen.",
    thanks:
      /^((vielen|herzlichen|besten|super|alles klar|ok|okay|perfekt) )*(dank|danke|dankeschön|merci)( schön| sehr| dir| ihnen| euch| nochmal)?$|^(alles klar|hat geklappt|tschüss|auf wiedersehen)$/,
    hello: /^(hallo|moin|servus|grüezi|guten (morgen|tag|abend))( zusammen| team)?$/,
    wantsPerson:
      /\b(echten?|richtigen?) (mensch|person)|\bmit (einem |einer )?(mensch|mitarbeiter|person)/,
    angry:
      /\b(unverschämt\w*|frechheit|lächerlich\w*|unmöglich\w*|katastrophe|saftladen|betrug|abzocke|wütend|sauer|scheiß\w*|mist|verdammt\w*|zum kotzen|reicht(s| es) mir)(?!\p{L})/u,
  },
  fr: {
    greeting: (name) => greet("Bonjour", name),
    howCanWeHelp: "Comment pouvons-nous vous aider ?",
    readMore: "En savoir plus",
    handOver:
      "Merci pour votre message. Je n'ai pas de bonne réponse à cette question ; quelqu'un de notre équipe peut prendre le relais.",
    thanks:
      /^((super|parfait|ok) )*(merci)( beaucoup| bien| à vous| encore)?$|^(parfait|au revoir)$/,
    hello: /^(bonjour|salut|bonsoir|coucou)( à tous| l'équipe)?$/,
    wantsPerson:
      /\b(parler|discuter) (à|avec) (une personne|quelqu'un|un humain|un conseiller)|\bun humain\b/,
    angry:
      /\b(inadmissible|inacceptable|scandaleux|honteux|honte|ridicule|arnaque|furieux|furieuse|nul|merde|putain|ras le bol|en ai marre)(?!\p{L})/u,
  },
  es: {
    greeting: (name) => greet("Hola", name),
    howCanWeHelp: "¿En qué podemos ayudarle?",
    readMore: "Más información",
    handOver:
      "Gracias por su mensaje. No tengo una buena respuesta para esto; alguien de nuestro equipo puede ayudarle.",
    thanks:
      /^((muchas|mil|ok|perfecto|vale) )*(gracias)( de nuevo| a todos)?$|^(perfecto|adiós|vale)$/,
    hello: /^(hola|buenas|buenos días|buenas (tardes|noches))( a todos| equipo)?$/,
    wantsPerson: /\bhablar con (una persona|alguien|un humano|un agente)/,
    angry:
      /\b(inaceptable|vergüenza|ridículo|estafa|furioso|furiosa|indignado|indignada|mierda|pésimo|harto|harta)(?!\p{L})/u,
  },
  it: {
    greeting: (name) => greet("Buongiorno", name),
    howCanWeHelp: "Come possiamo aiutarla?",
    readMore: "Maggiori informazioni",
    handOver:
      "Grazie per il messaggio. Non ho una buona risposta a questa domanda; qualcuno del nostro team può aiutarla.",
    thanks:
      /^((tante|mille|molte|ok|perfetto) )*(grazie)( mille| tante| ancora)?$|^(perfetto|arrivederci)$/,
    hello: /^(ciao|salve|buongiorno|buonasera)( a tutti)?$/,
    wantsPerson: /\bparlare con (una persona|qualcuno|un umano|un operatore)/,
    angry:
      /\b(inaccettabile|vergogna|ridicolo|truffa|furioso|furiosa|schifo|merda|pessimo|stufo|stufa)(?!\p{L})/u,
  },
  pt: {
    greeting: (name) => greet("Olá", name),
    howCanWeHelp: "Como podemos ajudar?",
    readMore: "Saiba mais",
    handOver:
      "Agradecemos a sua mensagem. Não tenho uma boa resposta para isto; alguém da nossa equipa pode ajudar.",
    thanks: /^((muito|ok|perfeito) )*(obrigad[oa])( pela ajuda)?$|^(perfeito|adeus)$/,
    hello: /^(olá|oi|bom dia|boa (tarde|noite))( a todos)?$/,
    wantsPerson: /\bfalar com (uma pessoa|alguém|um humano|um atendente)/,
    angry:
      /\b(inaceitável|vergonha|ridículo|golpe|furioso|furiosa|merda|péssimo|absurdo|farto|farta)(?!\p{L})/u,
  },
  nl: {
    greeting: (name) => greet("Hallo", name),
    howCanWeHelp: "Hoe kunnen we helpen?",
    readMore: "Lees meer",
    handOver:
      "Bedankt voor uw bericht. Hierop heb ik geen goed antwoord; iemand van ons team kan u verder helpen.",
    thanks:
      /^((heel|hartelijk|ok|super) )*(bedankt|dankjewel|dank je( wel)?|dank u( wel)?)$|^(tot ziens)$/,
    hello: /^(hoi|goedemorgen|goedemiddag|goedenavond|goedendag)( allemaal)?$/,
    wantsPerson: /\bmet (een )?(mens|medewerker|iemand) (praten|spreken)/,
    angry:
      /\b(belachelijk|onacceptabel|schandalig|oplichting|woedend|boos|waardeloos|klote|zat van|schande)(?!\p{L})/u,
  },
} as const satisfies Record<string, Phrases>;

export type PhraseLanguage = keyof typeof phrases;
export const phraseLanguages: PhraseLanguage[] = ["en", "de", "fr", "es", "it", "pt", "nl"];
