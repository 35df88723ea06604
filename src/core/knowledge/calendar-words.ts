/**
 * Months and days of the week, long and short, as thirteen languages write them in a date and by
 * themselves. Written out: asking `Intl` for them loads 15 MB of its data (a test compares the two).
 */
export const calendarWords: ReadonlySet<string> = new Set(
  [
    // English
    "january february march april may june july august september october november december",
    "monday friday sunday thursday tuesday wednesday saturday jan feb mar apr jun jul aug sep",
    "oct nov dec mon fri sun thu tue wed sat",
    // German
    "januar februar märz april mai juni juli august september oktober november dezember",
    "montag freitag sonntag donnerstag dienstag mittwoch samstag jan feb apr aug sept okt nov",
    "dez mär jun jul sep mo fr so do di mi sa",
    // French
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "lundi vendredi dimanche jeudi mardi mercredi samedi janv févr avr juil sept oct nov déc",
    "lun ven dim jeu mar mer sam",
    // Spanish
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "lunes viernes domingo jueves martes miércoles sábado ene feb mar abr may jun jul ago",
    "sept oct nov dic lun vie dom jue mié sáb",
    // Italian
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre",
    "dicembre lunedì venerdì domenica giovedì martedì mercoledì sabato gen feb mar apr mag",
    "giu lug ago set ott nov dic lun ven dom gio mer sab",
    // Portuguese
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "segunda-feira sexta-feira domingo quinta-feira terça-feira quarta-feira sábado jan fev",
    "mar abr mai jun jul ago set out nov dez seg sex dom qui ter qua sáb",
    // Dutch
    "januari februari maart april mei juni juli augustus september oktober november december",
    "maandag vrijdag zondag donderdag dinsdag woensdag zaterdag jan feb mrt apr jun jul aug",
    "sep okt nov dec ma vr zo do di wo za",
    // Polish
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października",
    "listopada grudnia styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień",
    "październik listopad grudzień poniedziałek piątek niedziela czwartek wtorek środa sobota",
    "sty lut mar kwi cze lip sie wrz paź lis gru pon pt niedz czw wt śr sob",
    // Swedish
    "januari februari mars april maj juni juli augusti september oktober november december",
    "måndag fredag söndag torsdag tisdag onsdag lördag jan feb apr aug sep okt nov dec mån",
    "fre sön tors tis ons lör",
    // Danish
    "januar februar marts april maj juni juli august september oktober november december",
    "mandag fredag søndag torsdag tirsdag onsdag lørdag jan feb mar apr jun jul aug sep okt",
    "nov dec man fre søn tors tirs ons lør",
    // Norwegian
    "januar februar mars april mai juni juli august september oktober november desember",
    "mandag fredag søndag torsdag tirsdag onsdag lørdag jan feb apr aug sep okt nov des mar",
    "jun jul man fre søn tor tir ons lør",
    // Turkish
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık pazartesi",
    "cuma pazar perşembe salı çarşamba cumartesi oca şub mar nis may haz tem ağu eyl eki kas",
    "ara pzt cum paz per sal çar cmt",
    // Russian
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря январь",
    "февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь понедельник",
    "пятница воскресенье четверг вторник среда суббота янв февр мар апр июн июл авг сент окт",
    "нояб дек пн пт вс чт вт ср сб",
  ].flatMap((line) => line.split(" ")),
);
