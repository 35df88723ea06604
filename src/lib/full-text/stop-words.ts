/**
 * Words that say nothing about what a question is about, in the languages most often met. Rarity in
 * the index tells the same once it is large; this list is for small ones, where "how" is as rare as
 * "invoice". Without accents, as the index sees them.
 */
const byLanguage = [
  // English
  `a about after all also am an and any are as at be been but by can could did do does doing don
   for from get give had has have hello hey hi how i if im in into is it its just ll like me my need
   no not of on or our please re should so some t than thank thanks that the their them then there
   these they this to too up us ve want was we were what when where which who why will with would
   you your`,
  // German
  `aber als am an auch auf aus bei bin bitte da dann das dass dem den der des die dies diese dieser
   doch ein eine einen einem einer er es fur habe haben hallo hat ich ihr ihre im in ist ja kann
   kein keine konnen man mein meine meinen meiner mich mir mit mochte muss nach nicht noch nur oder
   ohne schon sehr sich sie sind so uber um und uns von vor war warum was wenn wer werden wie wir
   wird wo zu zum zur`,
  // French
  `ai au aux avec bonjour ce cela ces cette comment dans de des du elle en est et etre faire il ils
   je la le les leur ma mais me merci mes mon ne nos notre nous on ou par pas peut peux plus pour
   pourquoi quand que quel quelle qui sa sans se ses si son sont sur tu un une vos votre vous`,
  // Spanish
  `al como con cual cuando de del donde el ella en es esta estoy este esto gracias ha hay hola la
   las le lo los mas me mi mis muy no nos o para pero por porque puedo que quiero se si sin sobre
   soy su sus te tengo tu un una uno y ya yo`,
  // Portuguese
  `ao as com da das de do dos e ela ele em esta estou eu foi isso isto ja mais mas meu minha na nao
   nas no nos obrigado ola os ou para pela pelo por porque posso qual quando que quero se sem ser
   sua tem tenho um uma voce`,
  // Italian
  `ai al alla che chi ciao come con cosa cui da dal del della di dove e ed gli grazie ho i il in io
   la le lo ma mi mia mio ne nel nella non o per perche piu posso quando quale quello questo se si
   sono su sul tra un una uno vi`,
  // Dutch
  `aan als bij dan dat de deze die dit doe een en er het hoe ik in is je kan kunnen maar me met mij
   mijn naar niet nog of om ook op te uit van voor wat we wel wil worden wordt zijn`,
].join(" ");

export const stopWords: ReadonlySet<string> = new Set(byLanguage.split(/\s+/).filter(Boolean));
