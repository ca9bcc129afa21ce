import { isNote } from './key-in-line.js';

/** What stands where a key is missing or was taken, as {@link plainWords} has it: English, German, French, Spanish. */
const STATUS: ReadonlySet<string> = new Set(
  `true false yes no y n x o on off j s
  pending tbd tba tbc todo wip waiting wait hold reserved unassigned issued unissued delivered shipped sent unsent open opened
  closed done active inactive enabled disabled available unavailable unknown undefined empty blank deleted removed deactivated activated blocked
  locked suspended invalid valid error err failed failure processing processed paid unpaid returned lost stolen duplicate ditto unlimited
  dummy example sample placeholder redacted hidden null void absent unset todelete spare unsold
  ja nein wahr falsch offen frei verfugbar vergeben reserviert gesperrt geloscht ungultig gultig aktiv inaktiv ausstehend unbekannt leer fehlt
  fehler storniert abgelaufen zugewiesen bezahlt versandt doppelt keine keiner kein entfallt
  oui non vrai faux vendu vendus actif inactif reserve disponible libre vide inconnu aucun aucune attente annule expire supprime
  si verdadero falso pendiente vendido activo inactivo reservado vacio desconocido ninguno ninguna anulado caducado eliminado`
    .split(/\s+/)
    .concat(
      `on hold,out of stock,sold out,n a,not issued,not available,not assigned,not used,not set,see above,see below,same as above,to be determined,
      to be announced,coming soon,no key,no code,no license,in use,to do,in stock,nicht vergeben,nicht verfugbar,kein schlussel,siehe oben,
      en attente,non disponible,no disponible`.split(/,\s*/),
    ),
);

/** What answers a question, as whether a key is used. */
const TRUTH: ReadonlySet<string> = new Set(
  'true false yes no y n x o on off ja nein j wahr falsch oui non vrai faux si s verdadero falso'.split(' '),
);

/** Longer texts are none. */
const LONGEST = 32;
/** So many zeros stand for a key. */
const SHORTEST_ZEROS = 8;

/** Whether a cell is such a word, alone or in brackets, or several: `pending`, `TRUE`, `<on hold>`, `SOLD-OUT`; or `XXXX-XXXX`, or zeros. */
export function isStatus(cell: string): boolean {
  if (/^0[0\W_]*0$/.test(cell) && cell.length >= SHORTEST_ZEROS) return true;
  if (cell.length > LONGEST || /\p{N}/u.test(cell)) return false;
  const words = plainWords(cell);
  return STATUS.has(words) || (words !== '' && words.split(' ').every(isOne) && /^\p{L}{2}|^.$/u.test(words));
}

/** Whether a cell is yes or no, in whatever words. */
export function isTruth(cell: string): boolean {
  return TRUTH.has(plainWords(cell));
}

function isOne(word: string): boolean {
  return STATUS.has(word) || isNote(word) || /^x+$/.test(word);
}

/** Words in small letters without accents, with one blank between them and no marks around them. */
function plainWords(cell: string): string {
  return cell
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();
}
