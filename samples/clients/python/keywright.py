"""Verifies, offline, what keywright signs: responses, licenses, lists of revoked keys, updates of keyrings, sealed keys.

Copy this file into your app. It needs Python 3.9 or later and the package cryptography.

Every function answers with a verdict, whatever it is given. Only `ok` opens anything; `reason` says why not, in the words
of keywright's docs/verify-in-your-app.md and docs/seal.md. InvalidKeyring and InvalidOption are raised for the caller's own
mistakes: a keyring file that may not be used, a policy that lacks what is required or contradicts itself. Times are datetimes
with a zone.

Limits: letters outside ASCII are compared by the Unicode of this Python (unicodedata.unidata_version); a character that is
newer is compared as it is. A signature whose R has a part of small order, which only the owner of the private key can make,
is refused. Envelopes, proofs and lists come as text or as bytes, not as parsed objects. datetime has no year 0: such dates
are judged as they are, and shown as the first of the year 1.
"""

import base64
import hashlib
import json
import math
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256


class InvalidKeyring(ValueError):
    """The keyring file may not be used."""


class InvalidOption(ValueError):
    """A function was asked for what it cannot do."""


@dataclass(frozen=True)
class Refused:
    """The answer no. What it names besides the reason allows nothing."""

    ok: ClassVar[bool] = False
    reason: str
    kid: Optional[str] = None  # the key that signed, where the signature is good and something else is not
    license: Optional["License"] = None
    claims: Optional["SealClaims"] = None


# ---- Keyrings ----

PURPOSES = ("response", "license", "seal", "list", "keyring")


@dataclass(frozen=True)
class Key:
    """What a keyring says about one public key."""

    kid: str
    alg: str
    public: bytes  # the point of Ed25519, or the modulus of RSA
    status: str
    role: Optional[str] = None
    product: Optional[str] = None
    purposes: Tuple[str, ...] = ("response", "license")
    valid_from: Optional[int] = None  # milliseconds
    valid_until: Optional[int] = None

    def is_for(self, purpose: str) -> bool:
        return purpose in self.purposes

    def serves(self, role: Optional[str]) -> bool:
        return self.role is None or role is None or self.role == role

    def is_valid_at(self, time: Optional[int]) -> bool:
        """Whether it may sign then, in milliseconds. A key with a validity demands a time."""
        if self.valid_from is not None and (time is None or time < self.valid_from):
            return False
        if self.valid_until is None:
            return self.status == "active"
        return time is not None and time < self.valid_until

    @property
    def signature_length(self) -> int:
        return len(self.public) if self.alg == "RS256" else 64

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        if len(signature) != self.signature_length:
            return False
        try:
            if self.alg == "RS256":
                numbers = RSAPublicNumbers(65537, int.from_bytes(self.public, "big"))
                numbers.public_key().verify(signature, message, PKCS1v15(), SHA256())
            else:
                # OpenSSL refuses an S that is not below the order, and compares R as it is spelled.
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            return True
        except Exception:  # InvalidSignature, or whatever OpenSSL has against the numbers
            return False


@dataclass(frozen=True)
class Keyring:
    """The public keys to trust: parse_keyring makes it."""

    keys: Tuple[Key, ...]

    def find(self, kid: str) -> Optional[Key]:
        return next((key for key in self.keys if key.kid == kid), None)


def parse_keyring(text: str) -> Keyring:
    """Reads a keyring file. Embed it in your app: who can change it signs their own licenses. Raises InvalidKeyring."""
    keys = _read_json(text[1:] if text.startswith("\ufeff") else text)
    if not isinstance(keys, dict) or "keys" not in keys:
        raise InvalidKeyring("the keyring is no JWKS")
    if keys.get("schema", "keywright/keyring/v1") != "keywright/keyring/v1":
        raise InvalidKeyring("the keyring is not of keywright/keyring/v1: update the app")
    found: Dict[str, Key] = {}
    for name in ("keys", "compromised"):
        items = keys.get(name, [])
        if not isinstance(items, list):
            raise InvalidKeyring(f"the keyring has no list of {name}")
        for jwk in items:
            key = _read_key(jwk, name)
            if key.kid in found:
                raise InvalidKeyring(f"the keyring holds a key twice (kid {key.kid})")
            found[key.kid] = key
    if not found:
        raise InvalidKeyring("the keyring holds no key")
    return Keyring(tuple(found.values()))


def _read_key(jwk: Any, list_name: str) -> Key:
    if not isinstance(jwk, dict):
        raise InvalidKeyring("the keyring has no key where one should be")
    if any(name in jwk for name in ("d", "p", "q", "dp", "dq", "qi", "oth", "k")):
        raise InvalidKeyring("the keyring holds a private key: give its public members only")
    alg, key_bytes, public = _read_public(jwk)
    digest = hashlib.sha256(json.dumps(public, separators=(",", ":")).encode()).digest()
    kid = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def demand(holds: bool, name: str) -> None:
        if not holds:
            raise InvalidKeyring(f"the keyring has a {name} that may not be (kid {kid})")

    demand(jwk.get("kid", kid) == kid, "kid")
    demand(jwk.get("use", "sig") == "sig", "use")
    demand("role" not in jwk or _is_role(jwk["role"]), "role")
    status = list_name if list_name == "compromised" else jwk.get("status", "active")
    demand(status in ("active", "retired", "compromised"), "status")
    for name in ("kid_given", "product"):
        demand(name not in jwk or _is_text(jwk[name]), name)
    purposes = jwk.get("purposes", ["response", "license"])
    demand(isinstance(purposes, list) and purposes != [] and all(each in PURPOSES for each in purposes), "purposes")
    times = [parse_time(jwk.get(name)) for name in ("validFrom", "validUntil")]
    for name, time in zip(("validFrom", "validUntil"), times):
        demand(name not in jwk or time is not None, name)
    return Key(kid, alg, key_bytes, status, jwk.get("role"), jwk.get("product"), tuple(purposes), *times)


def _read_public(jwk: Mapping[str, Any]) -> Tuple[str, bytes, Dict[str, str]]:
    kty, alg = jwk.get("kty"), jwk.get("alg")
    if kty == "RSA" and jwk.get("e") == "AQAB" and ("alg" not in jwk or alg == "RS256"):
        modulus = _decode_base64url(jwk.get("n")) or b""
        bits = int.from_bytes(modulus, "big").bit_length()
        if 2048 <= bits <= 8192 and modulus[0] != 0 and modulus[-1] % 2 == 1:
            return "RS256", modulus, {"e": "AQAB", "kty": "RSA", "n": jwk["n"]}
    if kty == "OKP" and jwk.get("crv") == "Ed25519" and ("alg" not in jwk or alg in ("Ed25519", "EdDSA")):
        point = _decode_base64url(jwk.get("x")) or b""
        if _is_sound_point(point):
            return "Ed25519", point, {"crv": "Ed25519", "kty": "OKP", "x": jwk["x"]}
    raise InvalidKeyring("the keyring has a key that is neither a sound one of Ed25519 nor of RSA with 2048 to 8192 bits")


_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P


def _is_sound_point(spelled: bytes) -> bool:
    """Whether a public key is a point of the great prime order, in its one spelling: others verify what nobody signed."""
    if len(spelled) != 32:
        return False
    y = int.from_bytes(spelled, "little") & (2**255 - 1)
    sign = spelled[31] >> 7
    if y >= _P:
        return False
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if x * x % _P != square or (x == 0 and sign == 1):
        return False
    if x % 2 != sign:
        x = _P - x
    point = (x, y, 1, x * y % _P)
    total = (0, 1, 1, 0)
    for bit in bin(_L)[2:]:
        total = _add_points(total, total)
        if bit == "1":
            total = _add_points(total, point)
    is_neutral = total[0] == 0 and total[1] == total[2]
    return is_neutral and not (x == 0 and y == 1)


def _add_points(p: Tuple[int, ...], q: Tuple[int, ...]) -> Tuple[int, ...]:
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * _D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


# ---- Responses ----

LATEST_SECONDS = 253_402_300_799  # the last second of the year 9999
_PAYLOAD_BYTES = 1_048_576
_PAYLOAD_DEPTH = 64


@dataclass(frozen=True)
class Verified:
    """A response that is to be believed."""

    ok: ClassVar[bool] = True
    payload: Dict[str, Any]
    kid: str
    role: Optional[str]  # that key's role by the keyring; None when it serves both


def verify_response(
    envelope: Union[str, bytes],
    keyring: Keyring,
    *,
    role: Optional[str] = None,
    product: Optional[str] = None,
    max_age: Optional[float] = None,
    max_future: Optional[float] = None,
    nonce: Optional[str] = None,
    now: Optional[datetime] = None,
) -> Union[Verified, Refused]:
    """Says who signed a response, and when. Ages are seconds, and need `now`; `max_future` is 300 unless told."""
    _check_options(keyring, role=role, product=product, max_age=max_age, max_future=max_future, nonce=nonce, now=now)
    if now is None and (max_age is not None or max_future is not None):
        raise InvalidOption("now is missing: an age needs it")
    if product is None and len({key.product for key in keyring.keys if key.product is not None}) > 1:
        raise InvalidOption("product is missing: name one of those in the keyring")
    asked = _Asked(role, product, max_age, 300 if max_future is None else max_future, nonce, now and _milliseconds(now))
    return _examine(envelope, keyring, asked, "response")


@dataclass(frozen=True)
class _Asked:
    role: Optional[str]
    product: Optional[str]
    max_age: Optional[float]
    max_future: float
    nonce: Optional[str]
    now: Optional[int]


def _examine(envelope: Any, keyring: Keyring, asked: _Asked, purpose: str) -> Union[Verified, Refused]:
    parts = _read_envelope(envelope)
    if parts is None:
        return Refused("malformed")
    spelled, response, signature = parts
    if signature is None:
        return Refused("unsigned")
    candidates = [
        key
        for key in keyring.keys
        if key.is_for(purpose) and key.serves(asked.role) and key.signature_length == len(signature)
    ]
    if not candidates:
        return Refused("unknown_key")
    key = next((each for each in candidates if each.has_signed(spelled.encode(), signature)), None)
    if key is None:
        return Refused("bad_signature")
    if key.status == "compromised":
        return Refused("key_compromised", key.kid)
    payload = _read_json(_decode_utf8(_decode_base64(spelled)))
    if not isinstance(payload, dict):
        return Refused("malformed", key.kid)
    if response is not _ABSENT and not _same(response, payload):
        return Refused("sibling_mismatch", key.kid)
    reason = _response_breach(payload, key, asked)
    return Refused(reason, key.kid) if reason else Verified(payload, key.kid, key.role)


class _Absent:
    """For members that are not there: None is JSON's null."""


_ABSENT = _Absent()


def _read_envelope(envelope: Any) -> Optional[Tuple[str, Any, Optional[bytes]]]:
    text = _decode_utf8(envelope)
    if text is None or _units(text) > 8 * _PAYLOAD_BYTES:
        return None
    members = _read_json(text, _PAYLOAD_DEPTH + 1)
    if not isinstance(members, dict):
        return None
    spelled = members.get("response_base64")
    payload = _decode_base64(spelled)
    if payload is None or len(payload) > _PAYLOAD_BYTES:
        return None
    if not isinstance(members.get("private_key_used", ""), str):
        return None
    response, sealed = members.get("response", _ABSENT), members.get("signature")
    if sealed is None or sealed == "" or sealed == "Private key not set":
        return spelled, response, None
    signature = _decode_base64(sealed) if isinstance(sealed, str) and len(sealed) <= 1368 else None
    return None if signature is None else (spelled, response, signature)


def _response_breach(payload: Mapping[str, Any], key: Key, asked: _Asked) -> Optional[str]:
    time = _signed_time(payload)
    if not key.is_valid_at(None if time is None else 1000 * time):
        return "key_retired"
    if asked.product is not None and asked.product != key.product:
        return "wrong_product"
    if asked.now is not None:
        # Without a time the age is NaN: not from the future, and not young enough either.
        age = asked.now / 1000 - (math.nan if time is None else time)
        if age < -asked.max_future:
            return "from_future"
        if asked.max_age is not None and not age <= asked.max_age:
            return "stale"
    return None if asked.nonce is None or payload.get("nonce") == asked.nonce else "nonce_mismatch"


def _signed_time(payload: Mapping[str, Any]) -> Optional[int]:
    return _whole_number(payload.get("timestamp"))


# ---- Licenses ----


@dataclass(frozen=True)
class License:
    """What a signed payload says about one license key."""

    key: str
    product: str
    valid_until: Optional[datetime]  # the first instant at which it is expired; None: it never is
    valid_from: Optional[datetime]  # None: it always was valid
    devices: Optional[Tuple[str, ...]]  # None: any
    entitlements: Dict[str, Any]
    comparison: str
    signed: Dict[str, Any]  # the license as it was signed
    span: Tuple[Optional[int], Optional[int]]  # valid_from and valid_until in milliseconds


@dataclass(frozen=True)
class Licensed:
    """A license that may be used: by this key, for this product, on this device, now."""

    ok: ClassVar[bool] = True
    license: License
    kid: str
    role: Optional[str]
    signed_at: datetime
    clock_behind: bool  # the clock is more than a day behind the earliest time that it can be: tell the customer
    list_stale: bool  # a list of revocations is overdue: fetch it


def verify_license(
    envelope: Union[str, bytes],
    keyring: Keyring,
    *,
    product: str,
    key: Optional[str],
    device: Optional[str],
    now: datetime,
    evidence: Any = None,
    revocations: Sequence[Union["Revocations", Refused]] = (),
    max_list_age: Optional[float] = None,
    role: Optional[str] = None,
    max_age: Optional[float] = None,
    max_future: Optional[float] = None,
    nonce: Optional[str] = None,
) -> Union[Licensed, Refused]:
    """Says whether this product may be used with this key on this device now.

    `key` is what the customer typed; None: unchecked. `device` is what the app calls this one; None: none. `revocations` are
    the answers of open_revocations, `evidence` is what add_evidence made. `max_future` is any time unless told.
    """
    _check_options(keyring, role=role, max_age=max_age, max_future=max_future, nonce=nonce, max_list_age=max_list_age)
    if now is None or not all(each is None or isinstance(each, str) for each in (key, device)):
        raise InvalidOption("now is missing, or key or device is no text")
    _check_options(keyring, product=product or "", now=now)
    _check_lists(revocations, product)
    clock, floor = _milliseconds(now), _earliest(evidence, keyring)
    latest = max(clock, floor)
    asked = _Asked(role, None, max_age, math.inf if max_future is None else max_future, nonce, latest)
    verdict = _examine(envelope, keyring, asked, "license")
    if not verdict.ok:
        return verdict
    time, found = _signed_time(verdict.payload), _read_license(verdict.payload)
    if found is None or time is None or time > LATEST_SECONDS:
        return Refused("not_a_license", verdict.kid)
    latest = max(latest, 1000 * time)
    signer = keyring.find(verdict.kid)
    if signer is not None and signer.product not in (None, product):
        return Refused("wrong_product", verdict.kid, found)
    reason = _license_breach(found, product, key, device, revocations, max_list_age, latest)
    if reason is not None:
        return Refused(reason, verdict.kid, found)
    behind, stale = _is_behind(clock, floor), _is_any_stale(revocations, latest)
    return Licensed(found, verdict.kid, verdict.role, _date(1000 * time), behind, stale)


def _read_license(payload: Mapping[str, Any]) -> Optional[License]:
    signed = payload.get("license")
    if payload.get("schema") != "keywright/license/v1" or not isinstance(signed, dict):
        return None
    comparison = signed.get("comparison", "canonical")
    key, product, devices = signed.get("key"), signed.get("product"), signed.get("devices", [])
    entitlements = signed.get("entitlements", {})
    if comparison not in ("canonical", "exact") or _same_key_text(key, comparison) is None or not _is_text(product):
        return None
    if not isinstance(entitlements, dict) or not isinstance(devices, list):
        return None
    if not all(isinstance(each, str) for each in devices):
        return None
    span = _read_span(signed)
    if span is None or "valid_until" not in signed:
        return None
    allowed = tuple(devices) if "devices" in signed else None
    start, end = span
    return License(key, product, _date(end), _date(start), allowed, entitlements, comparison, signed, span)


def _read_span(said: Mapping[str, Any]) -> Optional[Tuple[Optional[int], Optional[int]]]:
    """`valid_from` and `valid_until` in milliseconds, None where there is no such end; or None where one is wrong."""
    start, end = parse_time(said.get("valid_from")), parse_time(said.get("valid_until"))
    if "valid_from" in said and start is None:
        return None
    if said.get("valid_until") is not None and end is None:
        return None
    return None if start is not None and end is not None and end <= start else (start, end)


def _license_breach(
    found: License,
    product: str,
    key: Optional[str],
    device: Optional[str],
    lists: Sequence[Any],
    max_list_age: Optional[float],
    now: int,
) -> Optional[str]:
    if found.product != product:
        return "wrong_product"
    if key is not None and _same_key_text(key, found.comparison) != _same_key_text(found.key, found.comparison):
        return "wrong_key"
    if found.devices is not None and device not in found.devices:
        return "wrong_device"
    is_revoked = any(each.ok and each.has(found.key) for each in lists)
    return _list_breach(found.comparison, lists, max_list_age, now, is_revoked) or _outside(found.span, now)


def _outside(span: Tuple[Optional[int], Optional[int]], now: int) -> Optional[str]:
    start, end = span
    if start is not None and now < start:
        return "not_yet_valid"
    return "expired" if end is not None and now >= end else None


# ---- Keys as texts ----

_LONGEST_KEY = 4096
_MOST_MARKS = 30
_WHITE_SPACE = "\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_WHITE = re.compile(f"[{_WHITE_SPACE}]")


def canonical_form(text: str) -> Optional[str]:
    """What all spellings of a key have in common (canonical form v1); None for what is no key."""
    if len(text.encode("utf-8", "surrogatepass")) > _LONGEST_KEY or _has_many_marks(text):
        return None
    bare = "".join(each for each in unicodedata.normalize("NFKC", text) if not _is_dropped(each))
    if _has_many_marks(bare):
        return None
    # Dropping can bring a letter and a mark together, and so can an upper-case letter: normalized again each time.
    cased = re.sub("[a-z]+", lambda run: run[0].upper(), unicodedata.normalize("NFKC", bare))
    return unicodedata.normalize("NFKC", cased)


def _is_dropped(character: str) -> bool:
    if character in "\u2212_.:/" or _WHITE.match(character):
        return True
    return unicodedata.category(character) in ("Cf", "Pd")


def _has_many_marks(text: str) -> bool:
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character).startswith("M") else 0
        if run > _MOST_MARKS:
            return True
    return False


def _same_key_text(key: Any, comparison: str) -> Optional[str]:
    form = canonical_form(key) if isinstance(key, str) else None
    if not form:
        return None
    return key if comparison == "exact" else form


# ---- Time evidence ----

_DAY = 86_400
_LONGEST_AHEAD = 400 * _DAY


def earliest_now(evidence: Any, keyring: Keyring) -> datetime:
    """The earliest time that it can be now, whatever the clock says: the latest of when the app was built, what was signed by
    keys that are not compromised, and what the clock showed before, as long as that is at most 400 days past the other two.
    Whatever cannot be read of the evidence, or of its JSON text, counts as absent."""
    return _known_date(_earliest(evidence, keyring))


def add_evidence(evidence: Any, verdict: Any, now: datetime, keyring: Keyring) -> Dict[str, Any]:
    """The evidence with what was just verified (any verdict that has a signed_at), and with the time that the clock shows:
    plain JSON to keep. Begin with {"built": SECONDS}."""
    _check_options(keyring, now=now)
    built, signed, seen = _read_evidence(evidence)
    proven = _latest_proof(built, signed, keyring)
    time = _read_seconds(_milliseconds(verdict.signed_at) // 1000) if verdict.ok else 0
    if verdict.ok:
        signed[verdict.kid] = max(time, signed.get(verdict.kid, 0))
    clock = _milliseconds(now) // 1000
    return {"built": built, "signed": signed, "seen": max(0 if time > proven else seen, clock)}


def effective_now(now: datetime, floor: datetime) -> datetime:
    """The later of what the clock says and the earliest that it can be."""
    return max(now, floor)


def _earliest(evidence: Any, keyring: Keyring) -> int:
    built, signed, seen = _read_evidence(evidence)
    proven = _latest_proof(built, signed, keyring)
    return 1000 * (seen if proven < seen <= proven + _LONGEST_AHEAD else proven)


def _latest_proof(built: int, signed: Mapping[str, int], keyring: Keyring) -> int:
    stolen = {key.kid for key in keyring.keys if key.status == "compromised"}
    return max([built, *(time for kid, time in signed.items() if kid not in stolen)])


def _read_evidence(evidence: Any) -> Tuple[int, Dict[str, int], int]:
    kept = _read_kept(evidence)
    signed = kept.get("signed")
    times = {str(kid): _read_seconds(at) for kid, at in signed.items()} if isinstance(signed, dict) else {}
    return _read_seconds(kept.get("built")), times, _read_seconds(kept.get("seen"))


def _read_seconds(time: Any) -> int:
    return math.floor(time) if _is_number(time) and 0 < time < LATEST_SECONDS + 1 else 0


def _is_behind(clock: int, floor: int) -> bool:
    return floor - clock > 1000 * _DAY


# ---- Revocations ----


@dataclass(frozen=True)
class Revocations:
    """A signed list of revoked keys."""

    ok: ClassVar[bool] = True
    name: str
    product: str
    comparison: str
    number: int
    count: int
    signed_at: datetime
    next: datetime  # when the next list is due
    is_stale: bool
    kid: str
    latest: Dict[str, Any]  # keep it, and pass it as `last`
    body: bytes
    span: Tuple[int, int]  # signed_at and next in milliseconds

    def has(self, key: str) -> bool:
        return self.reason_of(key) is not None

    def has_origin(self, origin: str) -> bool:
        """Whether a whole sealed batch was taken back."""
        return self._find(origin) is not None

    def reason_of(self, key: str) -> Optional[str]:
        """The word that the list gives for a revoked key, empty where it gives none; None: not revoked."""
        text = _same_key_text(key, self.comparison)
        return None if text is None else self._find(text)

    def _find(self, text: str) -> Optional[str]:
        hashed = hashlib.sha256(f"keywright/id/v1\n{text}\n".encode("utf-8", "surrogatepass"))
        row = b"\n" + hashed.hexdigest()[:16].encode()
        at = -1 if self.body.startswith(row[1:]) else self.body.find(row)
        is_first = self.body.startswith(row[1:])
        return self.body[at + 18 : self.body.index(b"\n", at + 17)].decode() if is_first or at >= 0 else None


def open_revocations(
    source: Union[str, bytes], keyring: Keyring, *, name: str, product: str, now: datetime, last: Any = None
) -> Union[Revocations, Refused]:
    """Opens a list of revocations. `last` is the `latest` of the one before, or its JSON text.
    Pass the answer on, whatever it is."""
    _check_options(keyring, product=product or "", now=now)
    if now is None or not _is_note_name(name):
        raise InvalidOption("now is missing, or name is no name of a list")
    opened = _open_body(source, "list", keyring)
    if isinstance(opened, Refused):
        return Refused("list_bad")
    terms = _read_terms(opened, name, product)
    if terms is None:
        return Refused("list_bad")
    comparison, due, count = terms
    seen = _read_latest(last, name)
    if _is_rollback(opened, seen) or _is_older(opened, seen, keyring):
        return Refused("list_rollback")
    signed_at, following = _known_date(opened.issued), _known_date(due)
    is_stale = _milliseconds(now) >= due
    latest, span = _keep_latest(opened, seen), (opened.issued, due)
    kid = opened.signers[0].kid
    return Revocations(
        name, product, comparison, opened.number, count, signed_at, following, is_stale, kid, latest, opened.body, span
    )


def _is_note_name(name: Any) -> bool:
    if not _is_text(name) or _units(name) > 255 or "+" in name or _WHITE.search(name):
        return False
    return not any(unicodedata.category(each).startswith("C") for each in name)


_ROWS = re.compile(rb"(?:[0-9a-f]{16}(?: [a-z0-9_-]{1,32})?\n)*")


def _read_terms(opened: "_Body", name: str, product: str) -> Optional[Tuple[str, int, int]]:
    lines = opened.lines
    expected = {"name": name, "product": product, "kind": "revoked", "width": "8"}
    if any(lines[line] != value for line, value in expected.items()):
        return None
    due = parse_time(lines["next"])
    if lines["comparison"] not in ("canonical", "exact") or due is None or due <= opened.issued:
        return None
    if not _ROWS.fullmatch(opened.body):
        return None
    ids = [row[:16] for row in opened.body.split(b"\n")[:-1]]
    is_sorted = all(one < other for one, other in zip(ids, ids[1:]))
    return (lines["comparison"], due, len(ids)) if is_sorted and lines["count"] == str(len(ids)) else None


def _check_lists(lists: Any, product: str) -> None:
    for each in lists:
        is_refused = isinstance(each, Refused) and each.reason in ("list_bad", "list_rollback")
        if not is_refused and not isinstance(each, Revocations):
            raise InvalidOption("revocations are not what open_revocations answered")
        if each.ok and each.product != product:
            raise InvalidOption("revocations are of another product: open those of this one")


def _list_breach(
    comparison: str, lists: Sequence[Any], max_age: Optional[float], now: int, is_revoked: bool
) -> Optional[str]:
    refused = [each.reason for each in lists if not each.ok]
    if refused:
        return "list_bad" if "list_bad" in refused else "list_rollback"
    # A list that compares otherwise may name this very key in a spelling that it does not find.
    if any(each.comparison != comparison for each in lists):
        return "list_bad"
    if max_age is not None:
        if not lists:
            return "list_missing"
        oldest = now - 1000 * max_age
        if any(issued < oldest - oldest % 1 or now >= due for issued, due in (each.span for each in lists)):
            return "list_stale"
    return "revoked" if is_revoked else None


def _is_any_stale(lists: Sequence[Any], now: int) -> bool:
    return any(each.ok and now >= each.span[1] for each in lists)


# ---- Signed bodies: lists and updates of keyrings ----


@dataclass(frozen=True)
class _Note:
    text: str
    signatures: List[Tuple[str, bytes]]


_SIGNATURE_LINE = re.compile(f"\u2014 ([^{_WHITE_SPACE}+]+) ([A-Za-z0-9+/]+=*)")


def _parse_note(source: str) -> Optional[_Note]:
    split = source.rfind("\n\n")
    if split < 0 or re.search("[\0-\x09\x0b-\x1f]", source) or not source.endswith("\n"):
        return None
    lines = source[split + 2 : -1].split("\n")
    signatures = []
    for line in lines[:101]:
        match = _SIGNATURE_LINE.fullmatch(line)
        signature = _decode_base64(match[2]) if match else None
        if match is None or signature is None or len(signature) <= 4:
            return None
        signatures.append((match[1], signature))
    return _Note(source[: split + 1], signatures) if len(lines) <= 100 else None


def _find_signers(note: _Note, name: str, keys: Sequence[Key]) -> Optional[List[Key]]:
    """The keys that signed under that name; None where a line is of a key that did not sign it."""
    message = note.text.encode()
    signers: List[Key] = []
    for signature in (line for named, line in note.signatures if named == name):
        known = [key for key in keys if _note_id(name, key) == signature[:4]]
        signer = next((key for key in known if key.has_signed(message, signature[4:])), None)
        if signer is None and known:
            return None
        if signer is not None and signer not in signers:
            signers.append(signer)
    return signers


def _note_id(name: str, key: Key) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + key.public).digest()[:4]


_BODY_BYTES = 67_108_864
_NOTE_BYTES = 65_536
_LINES = {
    "list": ("name", "kind", "product", "comparison", "number", "issued", "next", "width", "count", "sha256"),
    "keyring": ("name", "number", "issued", "sha256"),
}


@dataclass(frozen=True)
class _Body:
    body: bytes
    lines: Dict[str, str]
    number: int
    issued: int
    signers: List[Key]


def _open_body(source: Any, purpose: str, keyring: Keyring) -> Union[_Body, Refused]:
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if not isinstance(data, (bytes, bytearray, memoryview)) or len(data) > _BODY_BYTES:
        return Refused("malformed")
    data = bytes(data)
    least = max(0, len(data) - _NOTE_BYTES)
    signatures = _find_empty_line(data, len(data), least)
    start = None if signatures is None else _find_empty_line(data, signatures - 1, least)
    text = None if start is None else _decode_utf8(data[start + 1 :])
    note = None if text is None else _parse_note(text)
    lines = None if note is None else _read_lines(note, purpose)
    if start is None or note is None or lines is None:
        return Refused("malformed")
    number, issued = _parse_place(lines["number"]), parse_time(lines["issued"])
    if not number or issued is None:
        return Refused("malformed")
    candidates = [key for key in keyring.keys if key.alg == "Ed25519" and key.is_for(purpose)]
    signers = _find_signers(note, lines["name"], candidates)
    if signers is None:
        return Refused("bad_signature")
    sound = [key for key in signers if key.status != "compromised"]
    valid = [key for key in sound if key.is_valid_at(issued)]
    if not valid:
        return Refused("key_retired" if sound else "key_compromised" if signers else "unknown_key")
    if base64.b64encode(hashlib.sha256(data[:start]).digest()).decode() != lines["sha256"]:
        return Refused("malformed")
    return _Body(data[:start], lines, number, issued, valid)


def _find_empty_line(data: bytes, end: int, least: int) -> Optional[int]:
    for at in range(end - 1, least - 1, -1):
        if data[at] == 10 and (at == 0 or data[at - 1] == 10):
            return at
    return None


def _read_lines(note: _Note, purpose: str) -> Optional[Dict[str, str]]:
    schema, *given = note.text[:-1].split("\n")
    names = _LINES[purpose]
    if schema != f"keywright/{purpose}/v1" or len(given) != len(names):
        return None
    if not all(line.startswith(f"{name} ") for name, line in zip(names, given)):
        return None
    return {name: line[len(name) + 1 :] for name, line in zip(names, given)}


def _read_latest(kept: Any, name: str) -> List[Dict[str, Any]]:
    latest = _read_kept(kept)
    if latest.get("name") != name:
        return []
    return [each for each in map(_read_issue, _kept_list(latest.get("seen"))) if each is not None]


def _read_kept(kept: Any) -> Mapping[str, Any]:
    """What an app kept, or the JSON text that it kept it as; empty where it cannot be read."""
    read = _read_json(kept) if isinstance(kept, str) else kept
    return read if isinstance(read, dict) else {}


def _read_issue(issue: Any) -> Optional[Dict[str, Any]]:
    if not isinstance(issue, dict):
        return None
    kid, number, sha256, issued = (issue.get(name) for name in ("kid", "number", "sha256", "issued"))
    is_safe = _is_number(number) and abs(number) < 2**53 and number == math.floor(number)
    if not is_safe or not all(isinstance(each, str) for each in (kid, sha256, issued)) or parse_time(issued) is None:
        return None
    return {"kid": kid, "number": int(number), "sha256": sha256, "issued": issued}


def _kept_list(kept: Any) -> List[Any]:
    return kept[-1000:] if isinstance(kept, list) else []


def _is_rollback(opened: _Body, seen: Sequence[Mapping[str, Any]]) -> bool:
    kids = [key.kid for key in opened.signers]
    number, sha256 = opened.number, opened.lines["sha256"]
    return any(
        issue["kid"] in kids and (number < issue["number"] or (number == issue["number"] and sha256 != issue["sha256"]))
        for issue in seen
    )


def _is_older(opened: _Body, seen: Sequence[Mapping[str, Any]], keyring: Keyring) -> bool:
    sound = [key.kid for key in keyring.keys if key.status != "compromised"]
    return any(issue["kid"] in sound and opened.issued < (parse_time(issue["issued"]) or 0) for issue in seen)


def _is_superseded(opened: _Body, seen: Sequence[Mapping[str, Any]], keyring: Keyring) -> bool:
    # What a key signed that the update calls compromised is passed over: a thief's date would lock the repair out.
    passed = [key.kid for key in opened.signers] + [key.kid for key in keyring.keys if key.status == "compromised"]
    return any(issue["kid"] not in passed and opened.issued < (parse_time(issue["issued"]) or 0) for issue in seen)


def _keep_latest(opened: _Body, seen: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    kids = [key.kid for key in opened.signers]
    said = {"number": opened.number, "sha256": opened.lines["sha256"], "issued": _format_milliseconds(opened.issued)}
    others = [issue for issue in seen if issue["kid"] not in kids]
    return {"name": opened.lines["name"], "seen": [*others, *({"kid": kid, **said} for kid in kids)]}


# ---- Updates of keyrings ----


@dataclass(frozen=True)
class KeyringUpdate:
    """A keyring to trust from now on. Keep the update's own bytes, and the state."""

    ok: ClassVar[bool] = True
    keyring: Keyring
    name: str
    number: int
    kid: str
    signed_at: datetime
    state: Dict[str, Any]


def apply_keyring_update(
    trusted: Keyring, update: Union[str, bytes], state: Any = None
) -> Union[KeyringUpdate, Refused]:
    """The keyring that a signed update makes of the trusted one. A key called compromised stays so. `state` is that of the
    update before, or its JSON text; None for the first."""
    _check_options(trusted)
    before, seen, called = _read_state(state, trusted)
    opened = _open_body(update, "keyring", _keep_compromised(trusted, trusted, called))
    if isinstance(opened, Refused):
        return opened
    name = opened.lines["name"]
    if before is not None and before != name:
        return Refused("malformed")
    if _is_rollback(opened, seen):
        return Refused("rollback")
    try:
        given = parse_keyring(_decode_utf8(opened.body) or "")
    except InvalidKeyring:
        return Refused("malformed")
    keyring = _keep_compromised(given, trusted, called)
    if _is_superseded(opened, seen, keyring):
        return Refused("rollback")
    stolen = [key.kid for key in given.keys if key.status == "compromised"]
    new = [{"kid": kid, "by": signer.kid} for kid in stolen for signer in opened.signers]
    compromised = called + [each for each in new if each not in called]
    kept = {**_keep_latest(opened, seen), "compromised": compromised}
    return KeyringUpdate(keyring, name, opened.number, opened.signers[0].kid, _known_date(opened.issued), kept)


def _keep_compromised(given: Keyring, trusted: Keyring, called: Sequence[Mapping[str, str]]) -> Keyring:
    stolen = {each["kid"] for each in called} | {key.kid for key in trusted.keys if key.status == "compromised"}
    missing = [key for key in trusted.keys if key.kid in stolen and given.find(key.kid) is None]
    everything = [*given.keys, *missing]
    return Keyring(tuple(replace(key, status="compromised") if key.kid in stolen else key for key in everything))


def _read_state(state: Any, trusted: Keyring) -> Tuple[Optional[str], List[Dict[str, Any]], List[Dict[str, str]]]:
    believed = [key.kid for key in trusted.keys if key.is_for("keyring") and key.status != "compromised"]
    kept = _read_kept(state)
    name = kept.get("name")
    if not isinstance(name, str):
        return None, [], []
    seen = [issue for issue in _read_latest(kept, name) if issue["kid"] in believed]
    if not seen:
        return None, [], []
    called = [each for each in _kept_list(kept.get("compromised")) if isinstance(each, dict)]
    read = [{"kid": each.get("kid"), "by": each.get("by")} for each in called]
    return name, seen, [each for each in read if isinstance(each["kid"], str) and each["by"] in believed]


# ---- Sealed batches ----


@dataclass(frozen=True)
class SealClaims:
    """What a seal says of one key."""

    issued: datetime
    product: Optional[str]
    valid_until: Optional[datetime]  # None: it never expires, or nothing is said: see `sealed`
    valid_from: Optional[datetime]
    sealed: Dict[str, Any]  # the claims as they were sealed
    span: Tuple[Optional[int], Optional[int]]  # valid_from and valid_until in milliseconds


@dataclass(frozen=True)
class ProvenKey:
    """A key that stands in a sealed batch, and may be used."""

    ok: ClassVar[bool] = True
    claims: SealClaims
    origin: str
    index: int
    size: int
    kid: str
    signed_at: datetime
    clock_behind: bool
    list_stale: bool


def verify_sealed_key(
    key: str,
    proof: Union[str, bytes],
    keyring: Keyring,
    *,
    origins: Sequence[str],
    product: Optional[str],
    now: Optional[datetime],
    evidence: Any = None,
    seals: Sequence[str] = (),
    revocations: Sequence[Union[Revocations, Refused]] = (),
    max_list_age: Optional[float] = None,
) -> Union[ProvenKey, Refused]:
    """Says whether the key that somebody typed stands in a sealed batch, and may be used for this product now.

    `origins` are beginnings of origins up to a slash, as "acme.example". A product or a time of None is unchecked.
    """
    _check_options(keyring, product=product, now=now, max_list_age=max_list_age)
    is_texts = not isinstance(origins, str) and not isinstance(seals, str) and all(map(_is_text, [*origins, *seals]))
    if not is_texts or not origins:
        raise InvalidOption("origins or seals are no texts, or origins are missing")
    if (product is None or now is None) and (revocations or max_list_age is not None):
        raise InvalidOption("revocations are of a product, and judged by the time: give product and now")
    _check_lists(revocations, product or "")
    parsed = _parse_proof(_decode_utf8(proof))
    if parsed is None:
        return Refused("malformed")
    if not any(_is_within(parsed.origin, each) for each in origins):
        return Refused("unknown_origin")
    reason, signers = _judge_seal(parsed, seals, keyring)
    if reason is not None:
        return Refused(reason)
    if not _is_in_batch(key, parsed):
        return Refused("not_in_batch")
    claims = _parse_claims(parsed.claims)
    if claims is None:
        return Refused("bad_claims")
    issued = _milliseconds(claims.issued)
    # A batch may be endorsed by a newer key: its validFrom is not asked.
    timely = [each for each in signers if replace(each, valid_from=None).is_valid_at(issued)]
    if not timely:
        return Refused("key_retired", signers[0].kid, claims=claims)
    # A batch of two products may be signed by the keys of both.
    signer = next((each for each in timely if each.product in (None, claims.product)), timely[0])
    floor = _earliest(evidence, keyring)
    clock = None if now is None else _milliseconds(now)
    latest = None if clock is None else max(clock, floor, issued)
    reason = _seal_breach(key, parsed, claims, signer, product, revocations, max_list_age, latest)
    if reason is not None:
        return Refused(reason, signer.kid, claims=claims)
    behind = clock is not None and _is_behind(clock, floor)
    stale = latest is not None and _is_any_stale(revocations, latest)
    return ProvenKey(claims, parsed.origin, parsed.index, parsed.size, signer.kid, claims.issued, behind, stale)


def _is_within(origin: str, accepted: str) -> bool:
    return origin == accepted or origin.startswith(accepted if accepted.endswith("/") else f"{accepted}/")


@dataclass(frozen=True)
class _Proof:
    comparison: str
    salt: str
    claims: str
    index: int
    path: List[bytes]
    note: _Note
    origin: str
    size: int
    root: bytes


_LONGEST_PROOF = 131_072
_LONGEST_PATH = 53
_LEAF_LINES = {"keywright/key/v1": "canonical", "keywright/key-exact/v1": "exact"}
_ORIGIN = re.compile(r"(?!keywright/)[!-*,-~]+/keywright/seal/v1/[!-*,-~]+")


def _parse_proof(source: Optional[str]) -> Optional[_Proof]:
    if source is None or _units(source) > _LONGEST_PROOF:
        return None
    head, _, sealed = source.partition("\n\n")
    lines = head.split("\n")
    if len(lines) < 3 or lines[0] != "c2sp.org/tlog-proof@v1" or len(lines) > 3 + _LONGEST_PATH:
        return None
    if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        return None
    index, path = _parse_place(lines[2][6:]), [_decode_base64(line) for line in lines[3:]]
    if index is None or any(each is None or len(each) != 32 for each in path):
        return None
    leaf = (_decode_utf8(_decode_base64(lines[1][6:])) or "").split("\n")
    note = _parse_note(sealed)
    if note is None or len(leaf) != 5 or leaf[0] not in _LEAF_LINES or leaf[1] != "" or leaf[4] != "":
        return None
    salt = _decode_base64(leaf[2])
    checkpoint = note.text.split("\n")
    if salt is None or len(salt) not in (0, 16) or len(checkpoint) != 4:
        return None
    origin, size, root = checkpoint[0], _parse_place(checkpoint[1]), _decode_base64(checkpoint[2])
    if len(origin) > 255 or not _ORIGIN.fullmatch(origin) or not size or root is None or len(root) != 32:
        return None
    return _Proof(_LEAF_LINES[leaf[0]], leaf[2], leaf[3], index, path, note, origin, size, root)


def _judge_seal(parsed: _Proof, seals: Sequence[str], keyring: Keyring) -> Tuple[Optional[str], List[Key]]:
    """The trusted keys that signed the proof's seal, or one of the same text; or why there is none."""
    brought = [each for each in map(_parse_note, seals) if each is not None and each.text == parsed.note.text]
    candidates = [key for key in keyring.keys if key.alg == "Ed25519" and key.is_for("seal")]
    answers = [_find_signers(note, parsed.origin, candidates) for note in [parsed.note, *brought]]
    signers = [key for each in answers for key in each or []]
    sound = [key for key in signers if key.status != "compromised"]
    if sound:
        return None, sound
    if signers:
        return "key_compromised", []
    return ("bad_signature" if None in answers else "unknown_key"), []


def _is_in_batch(typed: str, proof: _Proof) -> bool:
    key = _same_key_text(typed, proof.comparison)
    if key is None or "\n" in key or "\r" in key or proof.index >= proof.size:
        return False
    first = next(line for line, comparison in _LEAF_LINES.items() if comparison == proof.comparison)
    leaf = f"{first}\n{key}\n{proof.salt}\n{proof.claims}\n"
    at, last = proof.index, proof.size - 1
    digest = hashlib.sha256(b"\0" + leaf.encode("utf-8", "surrogatepass")).digest()
    for beside in proof.path:
        if last == 0:
            return False
        # The last of its level, without a sibling, goes up as it is until it has one.
        while at == last and at % 2 == 0:
            at, last = at // 2, last // 2
        pair = beside + digest if at % 2 == 1 else digest + beside
        digest = hashlib.sha256(b"\1" + pair).digest()
        at, last = at // 2, last // 2
    return last == 0 and digest == proof.root


def _parse_claims(text: str) -> Optional[SealClaims]:
    sealed = _read_json(text)
    if not isinstance(sealed, dict):
        return None
    issued, product, span = _whole_number(sealed.get("issued")), sealed.get("product"), _read_span(sealed)
    if issued is None or issued > LATEST_SECONDS or span is None or ("product" in sealed and not _is_text(product)):
        return None
    return SealClaims(_known_date(1000 * issued), product, _date(span[1]), _date(span[0]), sealed, span)


def _seal_breach(
    typed: str,
    parsed: _Proof,
    claims: SealClaims,
    signer: Key,
    product: Optional[str],
    lists: Sequence[Any],
    max_list_age: Optional[float],
    now: Optional[int],
) -> Optional[str]:
    if any(each is not None and each != claims.product for each in (signer.product, product)):
        return "wrong_product"
    if now is None:
        return None
    if "valid_until" not in claims.sealed:
        return "bad_claims"
    is_revoked = any(each.ok and (each.has(typed) or each.has_origin(parsed.origin)) for each in lists)
    return _list_breach(parsed.comparison, lists, max_list_age, now, is_revoked) or _outside(claims.span, now)


def _parse_place(text: str) -> Optional[int]:
    place = int(text) if re.fullmatch("0|[1-9][0-9]{0,15}", text) else 2**53
    return place if place < 2**53 else None


# ---- JSON, base64, UTF-8 and times, as strict as they must be ----

_STRING = r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"'
_TOKEN = re.compile(_STRING + r'|[{}\[\]]|[^"{}\[\]]+')
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


def _read_json(text: Optional[str], deepest: int = _PAYLOAD_DEPTH) -> Any:
    """The value of a JSON text; _ABSENT for what is none, doubles a member, holds half a surrogate pair, or is too deep."""
    if text is None or not _is_nested_well(text, deepest):
        return _ABSENT
    try:
        value = json.loads(text, object_pairs_hook=_no_doubles, parse_int=_read_integer, parse_constant=_refuse_constant)
        if _HALF_PAIR.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # half a pair has no UTF-8
        return value
    except (ValueError, RecursionError):
        return _ABSENT


def _is_nested_well(text: str, deepest: int) -> bool:
    depth = at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return False
        first = text[at]
        if first in "{[":
            depth += 1
            if depth > deepest:
                return False
        elif first in "}]":
            depth -= 1
        elif first != '"' and not token[0].isascii():
            return False
        at = token.end()
    return True


def _no_doubles(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member twice")
    return members


def _read_integer(digits: str) -> Union[int, float]:
    """A number that JSON's readers elsewhere round is a double here as well."""
    number = int(digits) if len(digits) < 18 else 2**53
    return number if abs(number) < 2**53 else float(digits)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values say the same. Python's True is 1, so kinds are compared first."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return (_is_number(one) and _is_number(other) or type(one) is type(other)) and one == other


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _whole_number(value: Any) -> Optional[int]:
    is_whole = _is_number(value) and 0 <= value < 2**53 and value == math.floor(value)
    return int(value) if is_whole else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_role(value: Any) -> bool:
    return value in ("product", "global")


def _decode_base64(text: Any) -> Optional[bytes]:
    """The bytes of the one base64 text that they have: b64decode alone takes trailing bits that say nothing."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except ValueError:
        return None
    return data if data is not None and base64.b64encode(data).decode() == text else None


def _decode_base64url(text: Any) -> Optional[bytes]:
    if not isinstance(text, str) or re.search("[^A-Za-z0-9_-]", text):
        return None
    return _decode_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))


def _decode_utf8(data: Any) -> Optional[str]:
    try:
        data = data.encode() if isinstance(data, str) else data
        return bytes(data).decode() if isinstance(data, (bytes, bytearray, memoryview)) else None
    except UnicodeError:
        return None


def _units(text: str) -> int:
    """The length as other languages count it, in UTF-16."""
    return len(text) + sum(map(len, re.findall("[\U00010000-\U0010ffff]+", text)))


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# datetime has no year 0; the calendar is the same four hundred years later.
_CYCLE = 146_097 * 86_400_000
_FIRST = datetime.min.replace(tzinfo=timezone.utc)
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?Z")


def parse_time(text: Any) -> Optional[int]:
    """Milliseconds of a time like 2026-01-31T00:00:00Z; None for any other text."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, *others, fraction = (int(each or 0) for each in match.groups())
    try:
        time = datetime(year or 400, *others, 1000 * fraction, timezone.utc)
    except ValueError:
        return None
    return _milliseconds(time) - (0 if year else _CYCLE)


def format_time(time: datetime) -> str:
    """A time as keywright writes it."""
    return _format_milliseconds(_milliseconds(time))


def _format_milliseconds(time: int) -> str:
    is_year_0 = time < _milliseconds(_FIRST)
    text = _known_date(time + (_CYCLE if is_year_0 else 0)).isoformat(timespec="milliseconds")
    return ("0000" + text[4:] if is_year_0 else text).replace("+00:00", "Z").replace(".000", "")


def _milliseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(milliseconds=1)


def _known_date(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=max(milliseconds, _milliseconds(_FIRST)))


def _date(milliseconds: Optional[int]) -> Optional[datetime]:
    return None if milliseconds is None else _known_date(milliseconds)


def _check_options(keyring: Any, **options: Any) -> None:
    if not isinstance(keyring, Keyring):
        raise InvalidOption("the keyring is not loaded: use parse_keyring")
    for name, value in options.items():
        if value is None:
            continue
        if name == "now":
            is_sound = isinstance(value, datetime) and value.tzinfo is not None
        elif name == "role":
            is_sound = _is_role(value)
        elif name in ("product", "nonce"):
            is_sound = _is_text(value)
        else:
            is_sound = _is_number(value) and 0 <= value < math.inf
        if not is_sound:
            raise InvalidOption(f"the {name} is not what it should be")
