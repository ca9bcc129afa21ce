// Package keywright verifies, offline, what keywright signs: responses, licenses, lists of revoked keys, updates of
// keyrings, and keys of sealed batches. Copy this file into your app: it needs Go 1.19 or later, and its standard library.
//
// Every function answers with a verdict, whatever it is given. OK alone opens anything; Reason says why not, in the words
// of keywright's docs/verify-in-your-app.md and docs/seal.md. A policy that lacks what is required, or
// contradicts itself, is answered with invalid_option.
//
// Limits: keys are compared in ASCII, for the standard library has no NFKC. A key with other letters fits no license and
// no batch, and every list calls it revoked. A signature whose R has a part of small order, which
// only the owner of the private key can make, is refused as well.
package keywright

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// ---- Keyrings ----

// Key is what a keyring says about one public key.
type Key struct {
	Kid, Alg, Status, Role, Product string // Role and Product are empty where none is named
	purposes                        []string
	from, until                     *time.Time
	bytes                           []byte // the point of Ed25519, or the modulus of RSA
}

// Keyring is a set of public keys. ParseKeyring makes it.
type Keyring struct{ Keys []Key }

// ParseKeyring reads a keyring file. Embed it in your app: who can change it signs their own licenses.
func ParseKeyring(text string) (*Keyring, error) {
	value, ok := parseJSON(strings.TrimPrefix(text, "\ufeff"), payloadDepth)
	set, isObject := value.(map[string]any)
	if !ok || !isObject || !has(set, "keys") {
		return nil, errors.New("the keyring is no JWKS")
	}
	if schema, given := set["schema"]; given && schema != "keywright/keyring/v1" {
		return nil, errors.New("the keyring is not of keywright/keyring/v1")
	}
	keyring := &Keyring{}
	for _, list := range []string{"keys", "compromised"} {
		items, isList := set[list].([]any)
		if !isList && has(set, list) {
			return nil, errors.New("the keyring has no list of " + list)
		}
		for _, item := range items {
			key, ok := readKey(item, list)
			if !ok {
				return nil, errors.New("the keyring has a key that may not be used")
			}
			if keyring.find(key.Kid) != nil {
				return nil, errors.New("the keyring holds a key twice")
			}
			keyring.Keys = append(keyring.Keys, key)
		}
	}
	if len(keyring.Keys) == 0 {
		return nil, errors.New("the keyring holds no key")
	}
	return keyring, nil
}

func (keyring *Keyring) find(kid string) *Key {
	for index := range keyring.Keys {
		if keyring.Keys[index].Kid == kid {
			return &keyring.Keys[index]
		}
	}
	return nil
}

func readKey(item any, list string) (Key, bool) {
	jwk, isObject := item.(map[string]any)
	if !isObject {
		return Key{}, false
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if has(jwk, name) {
			return Key{}, false
		}
	}
	key := Key{Status: list}
	var member, thumbprint string
	switch {
	case jwk["kty"] == "RSA" && jwk["e"] == "AQAB" && oneOf(jwk, "alg", "RS256"):
		key.Alg, member = "RS256", "n"
	case jwk["kty"] == "OKP" && jwk["crv"] == "Ed25519" && oneOf(jwk, "alg", "Ed25519", "EdDSA"):
		key.Alg, member = "Ed25519", "x"
	default:
		return Key{}, false
	}
	spelled, _ := jwk[member].(string)
	key.bytes, isObject = decodeBase64(spelled, base64.RawURLEncoding)
	if key.Alg == "RS256" {
		thumbprint = `{"e":"AQAB","kty":"RSA","n":"` + spelled + `"}`
	} else {
		thumbprint = `{"crv":"Ed25519","kty":"OKP","x":"` + spelled + `"}`
	}
	hash := sha256.Sum256([]byte(thumbprint))
	key.Kid = base64.RawURLEncoding.EncodeToString(hash[:])
	sound := isObject && oneOf(jwk, "kid", key.Kid) && oneOf(jwk, "use", "sig") && oneOf(jwk, "role", "product", "global")
	if key.Alg == "RS256" {
		sound = sound && isModulus(key.bytes)
	} else {
		sound = sound && isSoundPoint(key.bytes)
	}
	if list == "keys" {
		key.Status = "active"
		sound = sound && oneOf(jwk, "status", "active", "retired", "compromised")
		if has(jwk, "status") {
			key.Status, _ = jwk["status"].(string)
		}
	}
	key.Role, _ = jwk["role"].(string)
	key.Product, _ = jwk["product"].(string)
	for _, name := range []string{"product", "kid_given"} {
		if text, isText := jwk[name].(string); has(jwk, name) && (!isText || text == "") {
			sound = false
		}
	}
	key.purposes = []string{"response", "license"}
	if has(jwk, "purposes") {
		purposes, isTexts := texts(jwk["purposes"])
		key.purposes = purposes
		sound = sound && isTexts && len(purposes) > 0
		for _, purpose := range purposes {
			sound = sound && contains([]string{"response", "license", "seal", "list", "keyring"}, purpose)
		}
	}
	key.from, isObject = readTime(jwk, "validFrom")
	sound = sound && isObject
	key.until, isObject = readTime(jwk, "validUntil")
	return key, sound && isObject
}

// oneOf says whether a member is one of those texts, or absent.
func oneOf(object map[string]any, name string, allowed ...string) bool {
	text, isText := object[name].(string)
	return !has(object, name) || (isText && contains(allowed, text))
}

func (key *Key) isFor(purpose string) bool { return contains(key.purposes, purpose) }

func (key *Key) serves(role string) bool { return key.Role == "" || role == "" || key.Role == role }

// isValidAt judges a signed time, in Unix seconds. NaN, for none, breaks every limit.
func (key *Key) isValidAt(seconds float64) bool {
	if key.from != nil && !(seconds*1000 >= milliseconds(*key.from)) {
		return false
	}
	if key.until == nil {
		return key.Status == "active"
	}
	return seconds*1000 < milliseconds(*key.until)
}

// ---- Signatures ----

var (
	prime, _ = new(big.Int).SetString("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed", 16)
	order, _ = new(big.Int).SetString("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
	curveD   = inField(new(big.Int).Mul(big.NewInt(-121665), new(big.Int).ModInverse(big.NewInt(121666), prime)))
)

func inField(number *big.Int) *big.Int { return number.Mod(number, prime) }

func multiply(a, b *big.Int) *big.Int { return inField(new(big.Int).Mul(a, b)) }

// point is (x/z, y/z), with t = x·y/z.
type point struct{ x, y, z, t *big.Int }

// decodePoint reads a point in the one spelling that RFC 8032 has for it.
func decodePoint(spelled []byte) (point, bool) {
	if len(spelled) != 32 {
		return point{}, false
	}
	reversed := make([]byte, 32)
	for index, octet := range spelled {
		reversed[31-index] = octet
	}
	sign := reversed[0] >> 7
	reversed[0] &= 127
	y := new(big.Int).SetBytes(reversed)
	if y.Cmp(prime) >= 0 {
		return point{}, false
	}
	square := multiply(y, y)
	under := inField(new(big.Int).Add(multiply(curveD, square), big.NewInt(1)))
	over := inField(square.Sub(square, big.NewInt(1)))
	x := new(big.Int).ModSqrt(multiply(over, new(big.Int).ModInverse(under, prime)), prime)
	if x == nil || (x.Sign() == 0 && sign == 1) {
		return point{}, false
	}
	if x.Bit(0) != uint(sign) {
		x.Sub(prime, x)
	}
	return point{x, y, big.NewInt(1), multiply(x, y)}, true
}

func (p point) add(q point) point {
	a := multiply(new(big.Int).Sub(p.y, p.x), new(big.Int).Sub(q.y, q.x))
	b := multiply(new(big.Int).Add(p.y, p.x), new(big.Int).Add(q.y, q.x))
	c := multiply(multiply(p.t, q.t), new(big.Int).Lsh(curveD, 1))
	d := multiply(p.z, new(big.Int).Lsh(q.z, 1))
	e, f := new(big.Int).Sub(b, a), new(big.Int).Sub(d, c)
	g, h := new(big.Int).Add(d, c), new(big.Int).Add(b, a)
	return point{multiply(e, f), multiply(g, h), multiply(f, g), multiply(e, h)}
}

func (p point) isNeutral() bool { return p.x.Sign() == 0 && p.y.Cmp(p.z) == 0 }

// isSoundPoint refuses keys on which engines disagree, and those that verify what nobody signed: only points of the great
// prime order pass.
func isSoundPoint(spelled []byte) bool {
	p, ok := decodePoint(spelled)
	if !ok || p.isNeutral() {
		return false
	}
	sum := p
	for bit := order.BitLen() - 2; bit >= 0; bit-- {
		sum = sum.add(sum)
		if order.Bit(bit) == 1 {
			sum = sum.add(p)
		}
	}
	return sum.isNeutral()
}

func isModulus(modulus []byte) bool {
	bits := new(big.Int).SetBytes(modulus).BitLen()
	return bits >= 2048 && bits <= 8192 && modulus[0] != 0 && modulus[len(modulus)-1]%2 == 1
}

func (key *Key) signatureLength() int {
	if key.Alg == "RS256" {
		return len(key.bytes)
	}
	return ed25519.SignatureSize
}

func (key *Key) verify(message, signature []byte) bool {
	if len(signature) != key.signatureLength() {
		return false
	}
	if key.Alg == "RS256" {
		modulus := new(big.Int).SetBytes(key.bytes)
		// crypto/rsa of Go 1.19 takes numbers that are not below the modulus.
		if new(big.Int).SetBytes(signature).Cmp(modulus) >= 0 {
			return false
		}
		hash := sha256.Sum256(message)
		return rsa.VerifyPKCS1v15(&rsa.PublicKey{N: modulus, E: 65537}, crypto.SHA256, hash[:], signature) == nil
	}
	// crypto/ed25519 refuses S from L on, and compares R as it is spelled.
	return ed25519.Verify(key.bytes, message, signature)
}

// ---- Responses ----

const (
	payloadBytes  = 1 << 20
	payloadDepth  = 64
	latestSeconds = 253402300799 // the last second of the year 9999
	safeInteger   = 1<<53 - 1
	day           = 24 * time.Hour
)

// Seconds is for the ages of a policy, which are pointers because nil demands nothing.
func Seconds(count float64) *float64 { return &count }

// ResponsePolicy is what a response must satisfy besides being signed. What is left out demands nothing.
type ResponsePolicy struct {
	Role      string    // only keys of this role, and of both, may have signed
	Product   string    // the key must be this product's; required for a keyring of several
	MaxAge    *float64  // seconds; needs Now
	MaxFuture *float64  // how far ahead of Now it may be signed; nil is 300 seconds
	Nonce     string    // the payload's nonce must be this one
	Now       time.Time // zero: unchecked
}

// Response is the verdict about a response.
type Response struct {
	OK      bool
	Reason  string
	Kid     string         // the key that signed
	Role    string         // that key's role; empty where it serves both
	Payload map[string]any // what was signed; numbers are float64
}

// VerifyResponse says who signed a response, and when. The envelope is its JSON text.
func VerifyResponse(envelope string, keyring *Keyring, policy ResponsePolicy) Response {
	products := map[string]bool{}
	for _, key := range keyring.Keys {
		products[key.Product] = key.Product != ""
	}
	delete(products, "")
	isAged := policy.MaxAge != nil || policy.MaxFuture != nil
	if (policy.Product == "" && len(products) > 1) || (isAged && policy.Now.IsZero()) ||
		!isRole(policy.Role) || !areAges(policy.MaxAge, policy.MaxFuture) {
		return Response{Reason: "invalid_option"}
	}
	if policy.MaxFuture == nil {
		policy.MaxFuture = Seconds(300)
	}
	return examine(envelope, keyring, policy, "response")
}

// isRole says whether a policy may name that role; empty is any.
func isRole(role string) bool {
	return role == "" || role == "product" || role == "global"
}

func areAges(ages ...*float64) bool {
	for _, age := range ages {
		if age != nil && !(*age >= 0 && *age <= math.MaxFloat64) {
			return false
		}
	}
	return true
}

type envelopeParts struct {
	base64, role       string
	payload, signature []byte
	response           any
	hasResponse        bool
}

func readEnvelope(text string) (parts envelopeParts, ok bool) {
	if !isShortText(text, 8*payloadBytes) {
		return parts, false
	}
	value, ok := parseJSON(text, payloadDepth+1)
	envelope, isObject := value.(map[string]any)
	if !ok || !isObject {
		return parts, false
	}
	parts.base64, ok = envelope["response_base64"].(string)
	if !ok {
		return parts, false
	}
	parts.payload, ok = decodeBase64(parts.base64, base64.StdEncoding)
	if !ok || len(parts.payload) > payloadBytes {
		return parts, false
	}
	parts.response, parts.hasResponse = envelope["response"]
	parts.role, ok = envelope["private_key_used"].(string)
	if !ok && has(envelope, "private_key_used") {
		return parts, false
	}
	sealed := envelope["signature"]
	if sealed == nil || sealed == "" || sealed == "Private key not set" {
		return parts, true
	}
	spelled, isText := sealed.(string)
	if !isText || len(spelled) > 1368 {
		return parts, false
	}
	parts.signature, ok = decodeBase64(spelled, base64.StdEncoding)
	return parts, ok
}

func examine(envelope string, keyring *Keyring, policy ResponsePolicy, purpose string) Response {
	refuse := func(reason string) Response { return Response{Reason: reason} }
	parts, ok := readEnvelope(envelope)
	if !ok {
		return refuse("malformed")
	}
	if parts.signature == nil {
		return refuse("unsigned")
	}
	var signer *Key
	candidates := 0
	for index := range keyring.Keys {
		key := &keyring.Keys[index]
		if !key.isFor(purpose) || !key.serves(policy.Role) || key.signatureLength() != len(parts.signature) {
			continue
		}
		candidates++
		if signer == nil && key.verify([]byte(parts.base64), parts.signature) {
			signer = key
		}
	}
	switch {
	case candidates == 0:
		return refuse("unknown_key")
	case signer == nil:
		return refuse("bad_signature")
	case signer.Status == "compromised":
		return refuse("key_compromised")
	}
	value, ok := parseJSON(string(parts.payload), payloadDepth)
	payload, isObject := value.(map[string]any)
	if !ok || !isObject {
		return refuse("malformed")
	}
	if parts.hasResponse && !same(parts.response, payload) {
		return refuse("sibling_mismatch")
	}
	if reason := findBreach(payload, signer, policy); reason != "" {
		return refuse(reason)
	}
	return Response{OK: true, Kid: signer.Kid, Role: signer.Role, Payload: payload}
}

func findBreach(payload map[string]any, key *Key, policy ResponsePolicy) string {
	seconds := signedTime(payload)
	if !key.isValidAt(seconds) {
		return "key_retired"
	}
	if policy.Product != "" && policy.Product != key.Product {
		return "wrong_product"
	}
	if !policy.Now.IsZero() {
		// Without a time the age is NaN: not from the future, and not young enough either.
		age := milliseconds(policy.Now)/1000 - seconds
		if age < -*policy.MaxFuture {
			return "from_future"
		}
		if policy.MaxAge != nil && !(age <= *policy.MaxAge) {
			return "stale"
		}
	}
	if policy.Nonce != "" && payload["nonce"] != policy.Nonce {
		return "nonce_mismatch"
	}
	return ""
}

// signedTime is NaN unless it is a whole number of seconds that a double holds exactly.
func signedTime(payload map[string]any) float64 {
	seconds, isNumber := payload["timestamp"].(float64)
	if !isNumber || seconds < 0 || seconds > safeInteger || seconds != math.Floor(seconds) {
		return math.NaN()
	}
	return seconds
}

// same says whether two JSON values say the same: the order of members is free, numbers are doubles.
func same(one, other any) bool {
	switch left := one.(type) {
	case map[string]any:
		right, isObject := other.(map[string]any)
		if !isObject || len(left) != len(right) {
			return false
		}
		for name, value := range left {
			if beside, found := right[name]; !found || !same(value, beside) {
				return false
			}
		}
		return true
	case []any:
		right, isList := other.([]any)
		if !isList || len(left) != len(right) {
			return false
		}
		for index, value := range left {
			if !same(value, right[index]) {
				return false
			}
		}
		return true
	}
	switch other.(type) {
	case map[string]any, []any:
		return false
	}
	return one == other
}

// ---- Licenses ----

// LicensePolicy is what a license must satisfy besides being signed. Product and Now are required.
type LicensePolicy struct {
	Product     string
	Key         string         // what the customer typed, in whatever spelling
	AnyKey      bool           // leaves the key unchecked
	Device      string         // what the app calls this device; empty: none, which no license with devices allows
	Now         time.Time      // the current time: the clock is never read
	Evidence    string         // what AddEvidence made
	Revocations []*Revocations // as OpenRevocations answered, with OK or without
	MaxListAge  *float64       // seconds; without a list that is younger, and not overdue, the answer is no
	Role        string
	MaxAge      *float64
	MaxFuture   *float64 // nil: any time, for clocks may be slow
	Nonce       string
}

// License is what a signed payload says about one license key.
type License struct {
	Key, Product          string
	ValidUntil, ValidFrom *time.Time // nil: for ever, always
	Devices               []string
	AnyDevice             bool
	Entitlements          map[string]any
	Comparison            string
	Signed                map[string]any // the license as it was signed
}

// Licensed is the verdict about a license.
type Licensed struct {
	OK          bool
	Reason      string
	Kid, Role   string
	License     *License // also of some refusals whose signature holds: it allows nothing then
	SignedAt    time.Time
	ClockBehind bool // the clock is more than a day behind the earliest time that it can be: tell the customer
	ListStale   bool // a list of revocations is overdue: fetch it
}

// VerifyLicense says whether this product may be used with this key on this device now. The envelope is the JSON text of
// the license file. Only OK opens anything.
func VerifyLicense(envelope string, keyring *Keyring, policy LicensePolicy) Licensed {
	ages := areAges(policy.MaxAge, policy.MaxFuture, policy.MaxListAge)
	if policy.Product == "" || policy.Now.IsZero() || !isRole(policy.Role) || !ages || !areOf(policy.Revocations, policy.Product) {
		return Licensed{Reason: "invalid_option"}
	}
	floor := EarliestNow(policy.Evidence, keyring)
	now := later(policy.Now, floor)
	asked := ResponsePolicy{Role: policy.Role, MaxAge: policy.MaxAge, MaxFuture: policy.MaxFuture, Nonce: policy.Nonce, Now: now}
	if asked.MaxFuture == nil {
		asked.MaxFuture = Seconds(math.MaxFloat64)
	}
	response := examine(envelope, keyring, asked, "license")
	if !response.OK {
		return Licensed{Reason: response.Reason}
	}
	seconds := signedTime(response.Payload)
	license := readLicense(response.Payload)
	if license == nil || !(seconds <= latestSeconds) {
		return Licensed{Reason: "not_a_license", Kid: response.Kid}
	}
	signedAt := time.Unix(int64(seconds), 0).UTC()
	now = later(now, signedAt)
	verdict := Licensed{Kid: response.Kid, License: license}
	if product := keyring.find(response.Kid).Product; product != "" && product != policy.Product {
		verdict.Reason = "wrong_product"
	} else {
		verdict.Reason = license.findBreach(policy, now)
	}
	if verdict.Reason != "" {
		return verdict
	}
	verdict.OK, verdict.Role, verdict.SignedAt = true, response.Role, signedAt
	verdict.ClockBehind = floor.Sub(policy.Now) > day
	verdict.ListStale = isAnyStale(policy.Revocations, now)
	return verdict
}

func readLicense(payload map[string]any) *License {
	signed, isObject := payload["license"].(map[string]any)
	if !isObject || payload["schema"] != "keywright/license/v1" {
		return nil
	}
	license := &License{Comparison: "canonical", Entitlements: map[string]any{}, AnyDevice: true, Signed: signed}
	ok := true
	if has(signed, "comparison") {
		license.Comparison, _ = signed["comparison"].(string)
		ok = license.Comparison == "canonical" || license.Comparison == "exact"
	}
	license.Key, _ = signed["key"].(string)
	license.Product, _ = signed["product"].(string)
	_, isKey := sameKeyText(license.Key, license.Comparison)
	isKey = isKey || (!isASCII(license.Key) && len(license.Key) <= longestKey)
	ok = ok && isKey && license.Product != ""
	if has(signed, "entitlements") {
		license.Entitlements, isObject = signed["entitlements"].(map[string]any)
		ok = ok && isObject
	}
	if has(signed, "devices") {
		license.AnyDevice = false
		license.Devices, isObject = texts(signed["devices"])
		ok = ok && isObject
	}
	from, isFrom := readTime(signed, "valid_from")
	until, isUntil := readTime(signed, "valid_until")
	isForEver := has(signed, "valid_until") && signed["valid_until"] == nil
	if !ok || !isFrom || !(isForEver || (isUntil && until != nil)) || isEmptySpan(from, until) {
		return nil
	}
	license.ValidFrom, license.ValidUntil = from, until
	return license
}

func isEmptySpan(from, until *time.Time) bool {
	return from != nil && until != nil && !from.Before(*until)
}

func (license *License) findBreach(policy LicensePolicy, now time.Time) string {
	if license.Product != policy.Product {
		return "wrong_product"
	}
	if !policy.AnyKey {
		typed, isKey := sameKeyText(policy.Key, license.Comparison)
		if own, _ := sameKeyText(license.Key, license.Comparison); !isKey || typed != own {
			return "wrong_key"
		}
	}
	if !license.AnyDevice && (policy.Device == "" || !contains(license.Devices, policy.Device)) {
		return "wrong_device"
	}
	isRevoked := func(list *Revocations) bool { return list.Has(license.Key) }
	if breach := findListBreach(license.Comparison, policy.Revocations, policy.MaxListAge, now, isRevoked); breach != "" {
		return breach
	}
	return outside(license.ValidFrom, license.ValidUntil, now)
}

func outside(from, until *time.Time, now time.Time) string {
	if from != nil && now.Before(*from) {
		return "not_yet_valid"
	}
	if until != nil && !now.Before(*until) {
		return "expired"
	}
	return ""
}

const longestKey = 4096

// sameKeyText is what two spellings of one key have in common; not ok for a text that is no key, or cannot be compared.
func sameKeyText(key, comparison string) (string, bool) {
	if len(key) > longestKey || !isASCII(key) {
		return "", false
	}
	var form strings.Builder
	for index := 0; index < len(key); index++ {
		octet := key[index]
		switch {
		case octet >= 'a' && octet <= 'z':
			form.WriteByte(octet - 32)
		case !strings.ContainsRune("\t\n\v\f\r -_.:/", rune(octet)):
			form.WriteByte(octet)
		}
	}
	if comparison == "exact" {
		return key, form.Len() > 0
	}
	return form.String(), form.Len() > 0
}

// ---- Time evidence ----

type timeEvidence struct {
	Built  int64            `json:"built"`
	Signed map[string]int64 `json:"signed"`
	Seen   int64            `json:"seen"`
}

// EarliestNow is the earliest time that it can be now: the latest of when the app was built, what was signed by keys that
// are not compromised, and what the clock showed before, as long as that is at most 400 days past the other two. Evidence
// is the text that AddEvidence made, or {"built":SECONDS}; whatever cannot be read of it counts as absent.
func EarliestNow(evidence string, keyring *Keyring) time.Time {
	read := readEvidence(evidence)
	proven := read.latestProof(keyring)
	if read.Seen > proven && read.Seen <= proven+400*86400 {
		proven = read.Seen
	}
	return time.Unix(proven, 0).UTC()
}

// AddEvidence is the evidence with what was just verified (its kid, empty where nothing was, and when it was signed), and
// with the time that the clock shows. Keep it.
func AddEvidence(evidence, kid string, signedAt, now time.Time, keyring *Keyring) string {
	read := readEvidence(evidence)
	proven := read.latestProof(keyring)
	if kid != "" {
		seconds := evidentTime(math.Floor(milliseconds(signedAt) / 1000))
		if seconds > proven {
			read.Seen = 0
		}
		if seconds >= read.Signed[kid] {
			read.Signed[kid] = seconds
		}
	}
	if clock := int64(math.Floor(milliseconds(now) / 1000)); clock > read.Seen {
		read.Seen = clock
	}
	text, _ := json.Marshal(read)
	return string(text)
}

func readEvidence(text string) timeEvidence {
	value, _ := parseJSON(text, payloadDepth)
	kept, _ := value.(map[string]any)
	signed, _ := kept["signed"].(map[string]any)
	read := timeEvidence{evidentTime(kept["built"]), map[string]int64{}, evidentTime(kept["seen"])}
	for kid, at := range signed {
		read.Signed[kid] = evidentTime(at)
	}
	return read
}

func evidentTime(value any) int64 {
	if seconds, isNumber := value.(float64); isNumber && seconds > 0 && seconds < latestSeconds+1 {
		return int64(seconds)
	}
	return 0
}

func (evidence timeEvidence) latestProof(keyring *Keyring) int64 {
	latest := evidence.Built
	for kid, at := range evidence.Signed {
		if key := keyring.find(kid); at > latest && (key == nil || key.Status != "compromised") {
			latest = at
		}
	}
	return latest
}

// ---- Signed notes ----

const mostSignatures = 100

type noteLine struct {
	name  string
	bytes []byte // four of key id, then the signature
}

type note struct {
	text  string
	lines []noteLine
}

// parseNote takes a note apart (C2SP signed-note). Its text ends at the last empty line.
func parseNote(source string) (note, bool) {
	split := strings.LastIndex(source, "\n\n")
	if split < 0 || !utf8.ValidString(source) || !strings.HasSuffix(source, "\n") || split+2 >= len(source) {
		return note{}, false
	}
	for index := 0; index < len(source); index++ {
		if source[index] < 0x20 && source[index] != '\n' {
			return note{}, false
		}
	}
	read := note{text: source[:split+1]}
	lines := strings.Split(source[split+2:len(source)-1], "\n")
	for _, line := range lines {
		parts := strings.Split(line, " ")
		if len(lines) > mostSignatures || len(parts) != 3 || parts[0] != "\u2014" || parts[1] == "" || parts[2] == "" {
			return note{}, false
		}
		isBlank := func(letter rune) bool { return letter == '+' || unicode.Is(unicode.White_Space, letter) }
		decoded, ok := decodeBase64(parts[2], base64.StdEncoding)
		if strings.IndexFunc(parts[1], isBlank) >= 0 || !ok || len(decoded) <= 4 {
			return note{}, false
		}
		read.lines = append(read.lines, noteLine{parts[1], decoded})
	}
	return read, true
}

// signers are the keys that signed under a name. Lines of other names and keys are passed over; one of a known key that
// does not hold makes the whole note not ok.
func (read note) signers(name string, keys []*Key) ([]*Key, bool) {
	var signers []*Key
	for _, line := range read.lines {
		if line.name != name {
			continue
		}
		var signer *Key
		isKnown := false
		for _, key := range keys {
			hash := sha256.Sum256(append([]byte(name+"\n\x01"), key.bytes...))
			if !bytes.Equal(hash[:4], line.bytes[:4]) {
				continue
			}
			isKnown = true
			if signer == nil && key.verify([]byte(read.text), line.bytes[4:]) {
				signer = key
			}
		}
		if isKnown && signer == nil {
			return nil, false
		}
		if signer != nil && !containsKey(signers, signer) {
			signers = append(signers, signer)
		}
	}
	return signers, true
}

func (keyring *Keyring) noteKeys(purpose string) (keys []*Key) {
	for index := range keyring.Keys {
		if key := &keyring.Keys[index]; key.Alg == "Ed25519" && key.isFor(purpose) {
			keys = append(keys, key)
		}
	}
	return keys
}

type signedBody struct {
	body    []byte
	lines   map[string]string
	name    string
	number  int64
	issued  time.Time
	signers []*Key
}

// openBody reads a body, an empty line, and a note that tells about it. It is read from its end.
func openBody(source []byte, purpose string, names []string, keyring *Keyring) (signedBody, string) {
	opened := signedBody{lines: map[string]string{}}
	end := emptyLine(source, len(source))
	start := -1
	if end > 0 && len(source) <= 1<<26 {
		start = emptyLine(source, end-1)
	}
	if start < 0 || len(source)-start > 1+1<<16 {
		return opened, "malformed"
	}
	read, ok := parseNote(string(source[start+1:]))
	if !ok {
		return opened, "malformed"
	}
	opened.body = source[:start]
	lines := strings.Split(strings.TrimSuffix(read.text, "\n"), "\n")
	if lines[0] != "keywright/"+purpose+"/v1" || len(lines) != 1+len(names) {
		return opened, "malformed"
	}
	for index, name := range names {
		value := strings.TrimPrefix(lines[1+index], name+" ")
		if value == lines[1+index] {
			return opened, "malformed"
		}
		opened.lines[name] = value
	}
	opened.name = opened.lines["name"]
	opened.number, ok = parsePlace(opened.lines["number"])
	issued, isTime := parseTime(opened.lines["issued"])
	if !ok || opened.number < 1 || !isTime {
		return opened, "malformed"
	}
	opened.issued = issued
	signers, ok := read.signers(opened.name, keyring.noteKeys(purpose))
	if !ok {
		return opened, "bad_signature"
	}
	reason := "unknown_key"
	for _, key := range signers {
		if key.Status == "compromised" {
			if reason == "unknown_key" {
				reason = "key_compromised"
			}
		} else if reason = "key_retired"; key.isValidAt(milliseconds(issued) / 1000) {
			opened.signers = append(opened.signers, key)
		}
	}
	if len(opened.signers) == 0 {
		return opened, reason
	}
	hash := sha256.Sum256(opened.body)
	if base64.StdEncoding.EncodeToString(hash[:]) != opened.lines["sha256"] {
		return opened, "malformed"
	}
	return opened, ""
}

// emptyLine is where the last empty line before end begins, or -1.
func emptyLine(source []byte, end int) int {
	for at := end - 1; at >= 0 && at >= len(source)-1<<16; at-- {
		if source[at] == '\n' && (at == 0 || source[at-1] == '\n') {
			return at
		}
	}
	return -1
}

// seenIssue is the newest issue that one key signed.
type seenIssue struct {
	Kid    string `json:"kid"`
	Number int64  `json:"number"`
	Sha256 string `json:"sha256"`
	Issued string `json:"issued"`
}

type called struct {
	Kid string `json:"kid"`
	By  string `json:"by"`
}

type keptState struct {
	Name        string      `json:"name"`
	Seen        []seenIssue `json:"seen"`
	Compromised []called    `json:"compromised,omitempty"`
}

// readKept reads what was kept, as far as it can be read.
func readKept(text string) (kept keptState, isNamed bool) {
	value, _ := parseJSON(text, payloadDepth)
	object, _ := value.(map[string]any)
	kept.Name, isNamed = object["name"].(string)
	for _, item := range lastItems(object["seen"]) {
		issue, _ := item.(map[string]any)
		kid, isKid := issue["kid"].(string)
		number, isNumber := issue["number"].(float64)
		hash, isHash := issue["sha256"].(string)
		issued, isIssued := issue["issued"].(string)
		_, isTime := parseTime(issued)
		isWhole := number == math.Floor(number) && math.Abs(number) <= safeInteger
		if isKid && isNumber && isWhole && isHash && isIssued && isTime {
			kept.Seen = append(kept.Seen, seenIssue{kid, int64(number), hash, issued})
		}
	}
	for _, item := range lastItems(object["compromised"]) {
		one, _ := item.(map[string]any)
		kid, isKid := one["kid"].(string)
		if by, isBy := one["by"].(string); isKid && isBy {
			kept.Compromised = append(kept.Compromised, called{kid, by})
		}
	}
	return kept, isNamed
}

func lastItems(value any) []any {
	items, _ := value.([]any)
	if len(items) > 1000 {
		items = items[len(items)-1000:]
	}
	return items
}

// isRollback says whether it goes back behind what was seen of the same keys: a lower number, or the same of another body.
func (opened signedBody) isRollback(seen []seenIssue) bool {
	for _, issue := range seen {
		for _, signer := range opened.signers {
			isSame := opened.number == issue.Number && opened.lines["sha256"] != issue.Sha256
			if signer.Kid == issue.Kid && (opened.number < issue.Number || isSame) {
				return true
			}
		}
	}
	return false
}

// isSuperseded says whether it was signed before what was seen of other keys. What a key signed that keyring calls
// compromised is passed over: a thief's date would lock the repair out.
func (opened signedBody) isSuperseded(seen []seenIssue, keyring *Keyring) bool {
	for _, issue := range seen {
		key := keyring.find(issue.Kid)
		isPassed := key != nil && key.Status == "compromised"
		for _, signer := range opened.signers {
			isPassed = isPassed || signer.Kid == issue.Kid
		}
		issued, _ := parseTime(issue.Issued)
		if !isPassed && opened.issued.Before(issued) {
			return true
		}
	}
	return false
}

func (opened signedBody) keepLatest(seen []seenIssue) []seenIssue {
	latest := []seenIssue{}
	for _, issue := range seen {
		isSigner := false
		for _, signer := range opened.signers {
			isSigner = isSigner || signer.Kid == issue.Kid
		}
		if !isSigner {
			latest = append(latest, issue)
		}
	}
	for _, signer := range opened.signers {
		latest = append(latest, seenIssue{signer.Kid, opened.number, opened.lines["sha256"], FormatTime(opened.issued)})
	}
	return latest
}

// ---- Revocations ----

// RevocationsPolicy is what is demanded of a list. All but Last is required.
type RevocationsPolicy struct {
	Name    string // the name that the list is published under
	Product string
	Now     time.Time
	Last    string // what was kept of the list before, its Latest
}

// Revocations is a signed list of revoked keys, or why it is not to be believed. OpenRevocations makes it.
type Revocations struct {
	OK             bool
	Reason         string
	Product        string
	Comparison     string
	Number         int64
	Count          int
	SignedAt, Next time.Time
	IsStale        bool
	Kid            string
	Latest         string // what to keep, and to give as Last the next time
	body           []byte
}

// isNoteName says whether something may be published under that name.
func isNoteName(name string) bool {
	isBad := func(letter rune) bool {
		return letter == '+' || unicode.Is(unicode.White_Space, letter) || unicode.Is(unicode.C, letter)
	}
	return name != "" && isShortText(name, 255) && strings.IndexFunc(name, isBad) < 0
}

// OpenRevocations reads a signed list of revoked keys, at most 64 MiB. The answer goes into a policy, whatever it is.
func OpenRevocations(list []byte, keyring *Keyring, policy RevocationsPolicy) *Revocations {
	refuse := func(reason string) *Revocations { return &Revocations{Reason: reason} }
	if !isNoteName(policy.Name) || policy.Product == "" || policy.Now.IsZero() {
		return refuse("invalid_option")
	}
	names := []string{"name", "kind", "product", "comparison", "number", "issued", "next", "width", "count", "sha256"}
	opened, reason := openBody(list, "list", names, keyring)
	if reason != "" {
		return refuse("list_bad")
	}
	lines := opened.lines
	next, isTime := parseTime(lines["next"])
	count, areRows := countRows(opened.body)
	isOurs := lines["name"] == policy.Name && lines["product"] == policy.Product && lines["kind"] == "revoked" && lines["width"] == "8"
	isCompared := lines["comparison"] == "canonical" || lines["comparison"] == "exact"
	if !isOurs || !isCompared || !isTime || !next.After(opened.issued) || !areRows || lines["count"] != strconv.Itoa(count) {
		return refuse("list_bad")
	}
	kept, _ := readKept(policy.Last)
	if kept.Name != policy.Name {
		kept.Seen = nil
	}
	isOlder := false
	for _, issue := range kept.Seen {
		issued, _ := parseTime(issue.Issued)
		key := keyring.find(issue.Kid)
		isOlder = isOlder || (opened.issued.Before(issued) && key != nil && key.Status != "compromised")
	}
	if isOlder || opened.isRollback(kept.Seen) {
		return refuse("list_rollback")
	}
	latest, _ := json.Marshal(keptState{Name: policy.Name, Seen: opened.keepLatest(kept.Seen)})
	return &Revocations{OK: true, Product: policy.Product, Comparison: lines["comparison"], Number: opened.number,
		Count: count, SignedAt: opened.issued, Next: next, IsStale: !policy.Now.Before(next), Kid: opened.signers[0].Kid,
		Latest: string(latest), body: append([]byte{}, opened.body...)}
}

const idLength = 16

// countRows counts the rows of a list: an id in hex, then nothing or a word, in ascending order, each id once.
func countRows(body []byte) (count int, ok bool) {
	before := ""
	for len(body) > 0 {
		end := bytes.IndexByte(body, '\n')
		if end < idLength {
			return 0, false
		}
		id, reason := string(body[:idLength]), body[idLength:end]
		if strings.Trim(id, "0123456789abcdef") != "" || id <= before {
			return 0, false
		}
		if len(reason) > 0 {
			word := string(reason[1:])
			isWord := strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
			if reason[0] != ' ' || word == "" || len(word) > 32 || !isWord || !utf8.ValidString(word) {
				return 0, false
			}
		}
		before, body = id, body[end+1:]
		count++
	}
	return count, true
}

// Has says whether a key is revoked, in whatever spelling. A key that is not ASCII counts as revoked: it cannot be told.
func (list *Revocations) Has(key string) bool {
	if !isASCII(key) {
		return true
	}
	text, isKey := sameKeyText(key, list.Comparison)
	return isKey && list.holds(text)
}

// HasOrigin says whether the batch that is sealed under this origin is revoked, as a whole.
func (list *Revocations) HasOrigin(origin string) bool { return list.holds(origin) }

func (list *Revocations) holds(text string) bool {
	hash := sha256.Sum256([]byte("keywright/id/v1\n" + text + "\n"))
	id := hex.EncodeToString(hash[:idLength/2])
	// Rows have different lengths: the middle is some byte of one, and the row begins behind the line feed before it.
	low, high := 0, len(list.body)
	for low < high {
		middle := (low + high) / 2
		start := low + bytes.LastIndexByte(list.body[low:middle], '\n') + 1
		row := string(list.body[start : start+idLength])
		switch {
		case row == id:
			return true
		case row < id:
			low = start + bytes.IndexByte(list.body[start:], '\n') + 1
		default:
			high = start
		}
	}
	return false
}

func areOf(lists []*Revocations, product string) bool {
	for _, list := range lists {
		if list == nil || list.Reason == "invalid_option" || (list.OK && list.Product != product) {
			return false
		}
	}
	return true
}

func isAnyStale(lists []*Revocations, now time.Time) bool {
	for _, list := range lists {
		if list.OK && !now.Before(list.Next) {
			return true
		}
	}
	return false
}

func findListBreach(comparison string, lists []*Revocations, maxAge *float64, now time.Time, isRevoked func(*Revocations) bool) string {
	breach := ""
	for _, list := range lists {
		if !list.OK && breach != "list_bad" {
			breach = list.Reason
		}
	}
	if breach != "" {
		return breach
	}
	for _, list := range lists {
		if list.Comparison != comparison {
			return "list_bad" // it may name this very key in a spelling that it does not find
		}
	}
	if maxAge != nil {
		if len(lists) == 0 {
			return "list_missing"
		}
		oldest := math.Trunc(milliseconds(now) - 1000**maxAge)
		for _, list := range lists {
			if milliseconds(list.SignedAt) < oldest || !now.Before(list.Next) {
				return "list_stale"
			}
		}
	}
	for _, list := range lists {
		if isRevoked(list) {
			return "revoked"
		}
	}
	return ""
}

// ---- Updates of keyrings ----

// KeyringUpdate is an update, or why it is not to be believed: then go on with the keyring that is embedded.
type KeyringUpdate struct {
	OK       bool
	Reason   string
	Keyring  *Keyring // what to verify with from now on
	Name     string
	Number   int64
	Kid      string
	SignedAt time.Time
	State    string // what to keep beside the update itself, and to give as state the next time
}

// ApplyKeyringUpdate takes an update of a keyring. Trusted is the keyring that the app embeds, never one that an update
// brought. Give the same update again at every start.
func ApplyKeyringUpdate(trusted *Keyring, update []byte, state string) KeyringUpdate {
	isBelieved := func(kid string) bool {
		key := trusted.find(kid)
		return key != nil && key.isFor("keyring") && key.Status != "compromised"
	}
	read, isNamed := readKept(state)
	kept := keptState{Name: read.Name}
	for _, issue := range read.Seen {
		if isNamed && isBelieved(issue.Kid) {
			kept.Seen = append(kept.Seen, issue)
		}
	}
	for _, one := range read.Compromised {
		if len(kept.Seen) > 0 && isBelieved(one.By) {
			kept.Compromised = append(kept.Compromised, one)
		}
	}
	names := []string{"name", "number", "issued", "sha256"}
	opened, reason := openBody(update, "keyring", names, keepCompromised(trusted, trusted, kept.Compromised))
	if reason != "" {
		return KeyringUpdate{Reason: reason}
	}
	if len(kept.Seen) > 0 && kept.Name != opened.name {
		return KeyringUpdate{Reason: "malformed"}
	}
	if opened.isRollback(kept.Seen) {
		return KeyringUpdate{Reason: "rollback"}
	}
	given, err := ParseKeyring(string(opened.body))
	if err != nil {
		return KeyringUpdate{Reason: "malformed"}
	}
	keyring := keepCompromised(given, trusted, kept.Compromised)
	if opened.isSuperseded(kept.Seen, keyring) {
		return KeyringUpdate{Reason: "rollback"}
	}
	calls := append([]called{}, kept.Compromised...)
	for _, key := range given.Keys {
		for _, signer := range opened.signers {
			one := called{key.Kid, signer.Kid}
			isKnown := false
			for _, before := range kept.Compromised {
				isKnown = isKnown || before == one
			}
			if key.Status == "compromised" && !isKnown {
				calls = append(calls, one)
			}
		}
	}
	next, _ := json.Marshal(struct {
		Name        string      `json:"name"`
		Seen        []seenIssue `json:"seen"`
		Compromised []called    `json:"compromised"`
	}{opened.name, opened.keepLatest(kept.Seen), calls})
	return KeyringUpdate{OK: true, Keyring: keyring, Name: opened.name, Number: opened.number, Kid: opened.signers[0].Kid,
		SignedAt: opened.issued, State: string(next)}
}

// keepCompromised keeps stolen keys so, also those that an update does not list, but the app knows.
func keepCompromised(given, trusted *Keyring, calls []called) *Keyring {
	stolen := map[string]bool{}
	for _, one := range calls {
		stolen[one.Kid] = true
	}
	for _, key := range trusted.Keys {
		stolen[key.Kid] = stolen[key.Kid] || key.Status == "compromised"
	}
	kept := &Keyring{Keys: append([]Key{}, given.Keys...)}
	for _, key := range trusted.Keys {
		if stolen[key.Kid] && given.find(key.Kid) == nil {
			kept.Keys = append(kept.Keys, key)
		}
	}
	for index := range kept.Keys {
		if stolen[kept.Keys[index].Kid] {
			kept.Keys[index].Status = "compromised"
		}
	}
	return kept
}

// ---- Sealed batches ----

// SealPolicy is what a sealed key must satisfy besides standing in a sealed batch.
type SealPolicy struct {
	Origins     []string // whose seals are accepted: beginnings of origins, up to a slash, or whole ones
	Product     string
	AnyProduct  bool
	Now         time.Time
	AnyTime     bool // leaves the time unchecked, so an expired key is accepted as well
	Evidence    string
	Seals       []string // seals that the app brings along: one of the same text stands in for the proof's own
	Revocations []*Revocations
	MaxListAge  *float64
}

// ProvenKey is the verdict about a key of a sealed batch.
type ProvenKey struct {
	OK          bool
	Reason      string
	Kid         string
	Origin      string // the name of the batch
	Index, Size int64
	SignedAt    time.Time
	Claims      map[string]any // what was sealed, also of some refusals: it allows nothing then
	ClockBehind bool
	ListStale   bool
}

// VerifySealedKey says whether the key that somebody typed stands in a sealed batch, and may be used now. The proof is a
// text of C2SP tlog-proof@v1.
func VerifySealedKey(typed, proof string, keyring *Keyring, policy SealPolicy) ProvenKey {
	isUnchecked := policy.AnyProduct || policy.AnyTime
	if len(policy.Origins) == 0 || contains(policy.Origins, "") || contains(policy.Seals, "") ||
		(policy.Product == "") != policy.AnyProduct || policy.Now.IsZero() != policy.AnyTime || !areAges(policy.MaxListAge) ||
		(isUnchecked && (len(policy.Revocations) > 0 || policy.MaxListAge != nil)) || !areOf(policy.Revocations, policy.Product) {
		return ProvenKey{Reason: "invalid_option"}
	}
	read, ok := parseProof(proof)
	if !ok {
		return ProvenKey{Reason: "malformed"}
	}
	isAccepted := false
	for _, origin := range policy.Origins {
		isAccepted = isAccepted || read.origin == origin || strings.HasPrefix(read.origin, strings.TrimSuffix(origin, "/")+"/")
	}
	if !isAccepted {
		return ProvenKey{Reason: "unknown_origin"}
	}
	signers, reason := judgeSeal(read, policy.Seals, keyring)
	if reason != "" {
		return ProvenKey{Reason: reason}
	}
	if !read.isInBatch(typed) {
		return ProvenKey{Reason: "not_in_batch"}
	}
	claims, ok := parseClaims(read.claims)
	if !ok {
		return ProvenKey{Reason: "bad_claims"}
	}
	var signer *Key
	for _, key := range signers {
		endorsing := *key
		endorsing.from = nil                                                   // a batch may be endorsed by a newer key
		isFirst := signer == nil || (!claims.isOf(signer) && claims.isOf(key)) // or by the keys of two products
		if isFirst && endorsing.isValidAt(milliseconds(claims.issued)/1000) {
			signer = key
		}
	}
	if signer == nil {
		return ProvenKey{Reason: "key_retired", Claims: claims.sealed}
	}
	floor := EarliestNow(policy.Evidence, keyring)
	now := later(later(policy.Now, floor), claims.issued)
	verdict := ProvenKey{Kid: signer.Kid, Claims: claims.sealed, Reason: findSealBreach(typed, read, claims, signer, policy, now)}
	if verdict.Reason != "" {
		return verdict
	}
	verdict.OK, verdict.Origin, verdict.Index, verdict.Size = true, read.origin, read.index, read.size
	verdict.SignedAt = claims.issued
	verdict.ClockBehind = !policy.AnyTime && floor.Sub(policy.Now) > day
	verdict.ListStale = !policy.AnyTime && isAnyStale(policy.Revocations, now)
	return verdict
}

func (claims sealClaims) isOf(key *Key) bool {
	return key.Product == "" || key.Product == claims.product
}

func findSealBreach(typed string, read proofParts, claims sealClaims, signer *Key, policy SealPolicy, now time.Time) string {
	isOther := !claims.isOf(signer) || (!policy.AnyProduct && policy.Product != claims.product)
	switch {
	case isOther:
		return "wrong_product"
	case policy.AnyTime:
		return ""
	case !claims.hasUntil:
		return "bad_claims"
	}
	isRevoked := func(list *Revocations) bool { return list.Has(typed) || list.HasOrigin(read.origin) }
	if breach := findListBreach(read.comparison, policy.Revocations, policy.MaxListAge, now, isRevoked); breach != "" {
		return breach
	}
	return outside(claims.from, claims.until, now)
}

type proofParts struct {
	comparison, salt, claims string
	index                    int64
	path                     [][]byte
	note                     note
	origin                   string
	size                     int64
	root                     []byte
}

func parseProof(source string) (read proofParts, ok bool) {
	split := strings.Index(source, "\n\n")
	if split < 0 || !isShortText(source, 131072) {
		return read, false
	}
	lines := strings.Split(source[:split], "\n")
	if len(lines) < 3 || len(lines) > 3+53 || lines[0] != "c2sp.org/tlog-proof@v1" ||
		!strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return read, false
	}
	extra, isBase64 := decodeBase64(lines[1][6:], base64.StdEncoding)
	read.index, ok = parsePlace(lines[2][6:])
	if !isBase64 || !ok || !utf8.Valid(extra) || !read.readLeaf(string(extra)) {
		return read, false
	}
	for _, line := range lines[3:] {
		hash, isBase64 := decodeBase64(line, base64.StdEncoding)
		if !isBase64 || len(hash) != sha256.Size {
			return read, false
		}
		read.path = append(read.path, hash)
	}
	read.note, ok = parseNote(source[split+2:])
	return read, ok && read.readCheckpoint(read.note.text)
}

// readLeaf reads what a proof tells of a leaf: all but the key.
func (read *proofParts) readLeaf(text string) bool {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[1] != "" || lines[4] != "" {
		return false
	}
	salt, ok := decodeBase64(lines[2], base64.StdEncoding)
	if !ok || (len(salt) != 0 && len(salt) != 16) {
		return false
	}
	read.comparison, ok = map[string]string{"keywright/key/v1": "canonical", "keywright/key-exact/v1": "exact"}[lines[0]]
	read.salt, read.claims = lines[2], lines[3]
	return ok
}

func (read *proofParts) readCheckpoint(text string) bool {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || !isSealOrigin(lines[0]) {
		return false
	}
	size, isPlace := parsePlace(lines[1])
	root, isBase64 := decodeBase64(lines[2], base64.StdEncoding)
	read.origin, read.size, read.root = lines[0], size, root
	return isPlace && size > 0 && isBase64 && len(root) == sha256.Size
}

func isSealOrigin(origin string) bool {
	for index := 0; index < len(origin); index++ {
		if origin[index] < '!' || origin[index] > '~' || origin[index] == '+' {
			return false
		}
	}
	if len(origin) < 2 || len(origin) > 255 || strings.HasPrefix(origin, "keywright/") {
		return false
	}
	const mark = "/keywright/seal/v1/"
	at := strings.Index(origin[1:], mark)
	return at >= 0 && 1+at+len(mark) < len(origin)
}

// parsePlace reads a whole number from 0, below 2⁵³, in one spelling only.
func parsePlace(text string) (int64, bool) {
	place, err := strconv.ParseInt(text, 10, 64)
	return place, err == nil && place >= 0 && place <= safeInteger && strconv.FormatInt(place, 10) == text
}

func judgeSeal(read proofParts, seals []string, keyring *Keyring) ([]*Key, string) {
	notes := []note{read.note}
	for _, seal := range seals {
		if brought, ok := parseNote(seal); ok && brought.text == read.note.text {
			notes = append(notes, brought)
		}
	}
	var sound []*Key
	isBad, isSigned := false, false
	for _, each := range notes {
		signers, ok := each.signers(read.origin, keyring.noteKeys("seal"))
		isBad, isSigned = isBad || !ok, isSigned || len(signers) > 0
		for _, key := range signers {
			if key.Status != "compromised" && !containsKey(sound, key) {
				sound = append(sound, key)
			}
		}
	}
	switch {
	case len(sound) > 0:
		return sound, ""
	case isSigned:
		return nil, "key_compromised"
	case isBad:
		return nil, "bad_signature"
	}
	return nil, "unknown_key"
}

func (read proofParts) isInBatch(typed string) bool {
	text, isKey := sameKeyText(typed, read.comparison)
	if !isKey || strings.ContainsAny(text, "\n\r") {
		return false
	}
	first := map[string]string{"canonical": "keywright/key/v1", "exact": "keywright/key-exact/v1"}[read.comparison]
	hash := sha256.Sum256([]byte("\x00" + first + "\n" + text + "\n" + read.salt + "\n" + read.claims + "\n"))
	at, last := read.index, read.size-1
	if at > last {
		return false
	}
	for _, beside := range read.path {
		if last == 0 {
			return false
		}
		// The last of its level, without a sibling, goes up as it is until it has one.
		for at == last && at%2 == 0 {
			at, last = at/2, last/2
		}
		if at%2 == 1 {
			hash = sha256.Sum256(append(append([]byte{1}, beside...), hash[:]...))
		} else {
			hash = sha256.Sum256(append(append([]byte{1}, hash[:]...), beside...))
		}
		at, last = at/2, last/2
	}
	return last == 0 && bytes.Equal(hash[:], read.root)
}

type sealClaims struct {
	issued      time.Time
	product     string
	from, until *time.Time
	hasUntil    bool
	sealed      map[string]any
}

func parseClaims(text string) (claims sealClaims, ok bool) {
	value, ok := parseJSON(text, payloadDepth)
	sealed, isObject := value.(map[string]any)
	if !ok || !isObject {
		return claims, false
	}
	seconds, isNumber := sealed["issued"].(float64)
	if !isNumber || !(seconds >= 0 && seconds <= latestSeconds && seconds == math.Floor(seconds)) {
		return claims, false
	}
	claims.issued, claims.sealed = time.Unix(int64(seconds), 0).UTC(), sealed
	claims.product, _ = sealed["product"].(string)
	if has(sealed, "product") && claims.product == "" {
		return claims, false
	}
	claims.from, ok = readTime(sealed, "valid_from")
	if !ok {
		return claims, false
	}
	claims.hasUntil = has(sealed, "valid_until")
	if sealed["valid_until"] != nil {
		claims.until, ok = readTime(sealed, "valid_until")
	}
	return claims, ok && !isEmptySpan(claims.from, claims.until)
}

// ---- Times, base64, JSON ----

// parseTime reads a time as 2026-01-31T00:00:00Z, with three digits of milliseconds or without. time.Parse alone would
// take more spellings.
func parseTime(text string) (time.Time, bool) {
	parsed, err := time.Parse("2006-01-02T15:04:05.999Z", text)
	if err != nil || (len(text) != 20 && len(text) != 24) {
		return time.Time{}, false
	}
	spelled := FormatTime(parsed)
	return parsed, spelled == text || strings.TrimSuffix(spelled, "Z")+".000Z" == text
}

// FormatTime is the time as RFC 3339 writes it in UTC; without its milliseconds where they are zero.
func FormatTime(moment time.Time) string {
	if moment.UnixMilli()%1000 == 0 {
		return moment.UTC().Format("2006-01-02T15:04:05Z")
	}
	return moment.UTC().Format("2006-01-02T15:04:05.000Z")
}

// readTime reads a member; nil where it is absent, not ok where it is no time.
func readTime(object map[string]any, name string) (*time.Time, bool) {
	text, isText := object[name].(string)
	if !isText {
		return nil, !has(object, name)
	}
	moment, ok := parseTime(text)
	return &moment, ok
}

func milliseconds(moment time.Time) float64 { return float64(moment.UnixMilli()) }

func later(one, other time.Time) time.Time {
	if one.Before(other) {
		return other
	}
	return one
}

// decodeBase64 takes the one spelling of each bytes. encoding/base64 alone skips line ends, and takes bits behind the end.
func decodeBase64(text string, encoding *base64.Encoding) ([]byte, bool) {
	decoded, err := encoding.DecodeString(text)
	return decoded, err == nil && encoding.EncodeToString(decoded) == text
}

// isShortText says whether a text has at most so many UTF-16 units, which keywright counts.
func isShortText(text string, most int) bool {
	if len(text) <= most {
		return utf8.ValidString(text)
	}
	return len(text) <= 3*most && utf8.ValidString(text) && len(utf16.Encode([]rune(text))) <= most
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(letter rune) bool { return letter >= utf8.RuneSelf }) < 0
}

func has(object map[string]any, name string) bool {
	_, found := object[name]
	return found
}

func contains(list []string, text string) bool {
	for _, each := range list {
		if each == text {
			return true
		}
	}
	return false
}

func containsKey(list []*Key, key *Key) bool {
	for _, each := range list {
		if each == key {
			return true
		}
	}
	return false
}

func texts(value any) ([]string, bool) {
	items, isList := value.([]any)
	list := []string{}
	for _, item := range items {
		text, isText := item.(string)
		isList = isList && isText
		list = append(list, text)
	}
	return list, isList
}

// parseJSON reads a JSON text strictly. encoding/json alone takes members twice, half surrogate pairs, and bytes that are
// no UTF-8.
func parseJSON(text string, maxDepth int) (any, bool) {
	if !utf8.ValidString(text) {
		return nil, false
	}
	reader := &jsonReader{text: text, maxDepth: maxDepth}
	value, ok := reader.value(1)
	if reader.skipSpace(); !ok || reader.at != len(text) {
		return nil, false
	}
	return value, true
}

type jsonReader struct {
	text         string
	at, maxDepth int
}

func (reader *jsonReader) skipSpace() {
	for reader.at < len(reader.text) && strings.IndexByte(" \t\n\r", reader.text[reader.at]) >= 0 {
		reader.at++
	}
}

// take steps over a token, and says whether it is there.
func (reader *jsonReader) take(token string) bool {
	isThere := strings.HasPrefix(reader.text[reader.at:], token)
	if isThere {
		reader.at += len(token)
	}
	return isThere
}

func (reader *jsonReader) value(depth int) (any, bool) {
	reader.skipSpace()
	switch {
	case reader.take("null"):
		return nil, true
	case reader.take("true"):
		return true, true
	case reader.take("false"):
		return false, true
	case reader.take(`"`):
		return reader.string()
	case reader.take("{"):
		return reader.object(depth)
	case reader.take("["):
		return reader.list(depth)
	}
	return reader.number()
}

func (reader *jsonReader) object(depth int) (any, bool) {
	object := map[string]any{}
	reader.skipSpace()
	if depth > reader.maxDepth || reader.take("}") {
		return object, depth <= reader.maxDepth
	}
	for {
		reader.skipSpace()
		if !reader.take(`"`) {
			return nil, false
		}
		name, ok := reader.string()
		if reader.skipSpace(); !ok || has(object, name) || !reader.take(":") {
			return nil, false
		}
		value, ok := reader.value(depth + 1)
		if !ok {
			return nil, false
		}
		object[name] = value
		if reader.skipSpace(); !reader.take(",") {
			return object, reader.take("}")
		}
	}
}

func (reader *jsonReader) list(depth int) (any, bool) {
	list := []any{}
	reader.skipSpace()
	if depth > reader.maxDepth || reader.take("]") {
		return list, depth <= reader.maxDepth
	}
	for {
		value, ok := reader.value(depth + 1)
		if !ok {
			return nil, false
		}
		list = append(list, value)
		if reader.skipSpace(); !reader.take(",") {
			return list, reader.take("]")
		}
	}
}

func (reader *jsonReader) digits() bool {
	start := reader.at
	for reader.at < len(reader.text) && reader.text[reader.at] >= '0' && reader.text[reader.at] <= '9' {
		reader.at++
	}
	return reader.at > start
}

func (reader *jsonReader) number() (any, bool) {
	start := reader.at
	reader.take("-")
	if !reader.take("0") && !reader.digits() {
		return nil, false
	}
	if reader.take(".") && !reader.digits() {
		return nil, false
	}
	if reader.take("e") || reader.take("E") {
		if !reader.take("+") {
			reader.take("-")
		}
		if !reader.digits() {
			return nil, false
		}
	}
	// A number that is too great is infinite, as it is for JavaScript.
	number, _ := strconv.ParseFloat(reader.text[start:reader.at], 64)
	return number, true
}

// string reads what stands behind a quote, up to the next.
func (reader *jsonReader) string() (string, bool) {
	var read strings.Builder
	for reader.at < len(reader.text) {
		octet := reader.text[reader.at]
		reader.at++
		switch {
		case octet == '"':
			return read.String(), true
		case octet < 0x20:
			return "", false
		case octet != '\\':
			read.WriteByte(octet)
			continue
		}
		if reader.at == len(reader.text) {
			return "", false
		}
		octet = reader.text[reader.at]
		reader.at++
		if octet == 'u' {
			letter, ok := reader.escaped()
			if !ok {
				return "", false
			}
			read.WriteRune(letter)
			continue
		}
		at := strings.IndexByte(`"\/bfnrt`, octet)
		if at < 0 {
			return "", false
		}
		read.WriteByte("\"\\/\b\f\n\r\t"[at])
	}
	return "", false
}

// escaped reads the four digits behind \u, and those of the other half where it is half a pair.
func (reader *jsonReader) escaped() (rune, bool) {
	first, ok := reader.unit()
	if !ok || !utf16.IsSurrogate(first) {
		return first, ok
	}
	if !reader.take(`\u`) {
		return 0, false
	}
	second, ok := reader.unit()
	letter := utf16.DecodeRune(first, second)
	return letter, ok && letter != unicode.ReplacementChar
}

func (reader *jsonReader) unit() (rune, bool) {
	if reader.at+4 > len(reader.text) {
		return 0, false
	}
	digits := reader.text[reader.at : reader.at+4]
	reader.at += 4
	if strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return 0, false
	}
	unit, err := strconv.ParseUint(digits, 16, 16)
	return rune(unit), err == nil
}
