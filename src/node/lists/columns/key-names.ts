/** What columns with keys are called, as {@link plainName} has it: English, German, French, Spanish. */
const KEY_NAMES: ReadonlySet<string> = new Set(
  `key keys licensekey licencekey license licenses licence licences licensecode licencecode licensenumber licencenumber licenseno
  productkey productcode softwarekey activationkey activationcode registrationkey registrationcode unlockkey unlockcode
  serial sn serialkey serialno serialnr serialnumber serialcode cdkey steamkey gamekey
  code couponcode coupon vouchercode voucher vouchernumber giftcardcode giftcode giftcard giftcardnumber giftvoucher giftvouchercode
  promocode promotioncode promotionalcode discountcode discountcoupon redeemcode redemptioncode redemptionkey redeemkey claimcode
  pin pincode
  schluessel schlussel lizenz lizenzschluessel lizenzschlussel lizenzkey lizenzcode lizenznummer lizenznr produktschluessel produktschlussel
  produktkey aktivierungscode aktivierungsschluessel aktivierungsschlussel aktivierungskey seriennummer seriennr serienschluessel
  serienschlussel freischaltcode freischaltschluessel freischaltschlussel registrierungscode registrierungsschlussel
  gutschein gutscheincode gutscheinnummer gutscheinnr geschenkcode geschenkkartencode rabattcode aktionscode einlosecode einloesecode
  cle clef cledelicence clelicence clefdelicence cleproduit cledeproduit cledactivation clefdactivation cleactivation codedactivation codeactivation
  numerodeserie numeroserie noserie nserie numerodelicence codelicence codedelicence codepromo codepromotionnel codecadeau codecartecadeau
  codedereduction codereduction codecoupon codebon bondachat chequecadeau
  clave claves clavedelicencia clavelicencia clavedeproducto clavedelproducto claveproducto clavedeactivacion claveactivacion licencia
  codigo codigos codigodeactivacion codigoactivacion codigodelicencia numerodelicencia numserie codigopromocional codigopromo
  codigodedescuento codigodescuento codigodecupon codigocupon cupon codigoderegalo codigoregalo codigodecanje codigocanje vale`
    .split(/\s+/)
    .map(plainName),
);

/** What columns of other things are called: signs of a heading, and of a column that is not the key. */
const OTHER_NAMES: ReadonlySet<string> = new Set(
  `id uuid guid rowid userid customerid clientid orderid invoiceid productid accountid licenseid keyid
  transactionid transaction transaktion paymentid trackingnumber reference ref hash sha256 checksum
  email mail emailaddress name fullname firstname lastname vorname nachname nom prenom nombre apellido kunde kundin kundennummer customer client cliente
  user username login password passwort owner company firma societe empresa country land pays pais phone telefon telephone telefono address city
  order orderno ordernumber bestellung bestellnummer auftrag commande pedido invoice rechnung facture factura
  date datum fecha created createdat createdon updated updatedat time timestamp activationdate expirationdate expirydate expires expiresat validuntil validfrom
  status state zustand statut estado activated active used enabled product produkt produit producto productname item article artikel sku
  game spiel jeu juego title titel titre titulo software edition version platform
  note notes notiz comment comments kommentar bemerkung description beschreibung remark remarks
  quantity qty menge anzahl cantidad quantite seats count value wert amount betrag price preis prix precio currency
  md5 sha1 sha512 hwid machine machineid device deviceid geraet geraeteid gerateid fingerprint imei macaddress iban bic ean gtin barcode isbn asin
  token tokens type kind manufacturer vendor hersteller url domain ip number nr no shop store tags labels devices attributes batch`
    .split(/\s+/)
    .map(plainName),
);

/** `license_key_id`, `Key ID`, `serialId`: what stands for a key, and is none. */
const ID_NAME =
  /(?:[\s_.-](?:id|ids|uuid|guid)|\p{Ll}(?:Id|ID|IDs|Ids))$|^[A-Z\d_ -]+[_ -](?:ID|UUID|GUID)$/u;

/** A name without case, accents, blanks and marks, so that `Licence-Key` and `licence_key` are one. */
export function plainName(name: string): string {
  return name
    .slice(0, 200)
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

/** Whether a column of this name plainly holds keys. */
export function namesKey(name: string): boolean {
  const plain = plainName(name);
  return KEY_NAMES.has(plain) || KEY_NAMES.has(plain.replace(/s$/, ''));
}

/** Whether a column of this name plainly holds something else. */
export function namesOther(name: string): boolean {
  return OTHER_NAMES.has(plainName(name)) || ID_NAME.test(name.slice(0, 200).trim());
}

/** Whether a name says that its column holds keys of some kind: `DLC Key`, `Key 2`, `Bonus-Code`; but `Key Hash` or `Customer Code` does not. */
export function namesSomeKey(name: string): boolean {
  const words = name
    .slice(0, 200)
    .split(/[^\p{L}]+|(?<=\p{Ll})(?=\p{Lu})/u)
    .filter((word) => word.length > 1);
  if (words.some(namesOther)) return false;
  return namesKey(words.join(' ')) || [words[0], words.at(-1)].some((word) => namesKey(word ?? ''));
}
