#!/bin/sh
# Verifies the signature and the expiry of a license file, and nothing else: sh keywright.sh LICENSE.json KEYRING.json
#
# It prints a line of JSON: {"ok":true,"kid":…,"role":…,"signedAt":…,"license":{…}}, or {"ok":false,"reason":"expired"} with
# exit code 1; reasons are those of keywright's docs/verify-in-your-app.md. It exits with 2, and prints nothing, where it cannot
# judge. Compare .license.key, .product and .devices yourself: nobody typed a key here.
#
# It needs openssl 3 and jq 1.6 or later. A third word is the time to judge by, such as 2026-01-31T00:00:00Z; without it, now.
#
# Limits: Ed25519 alone: a signature by RSA is unknown_key. No lists of revoked keys, no evidence of time, no proofs. jq takes the
# last of two members of one name, half a surrogate pair, and bytes that are no UTF-8: only your own key signs such a license,
# and keywright does not. The keyring is taken as it is: write it with keywright, and let nobody else write it.
set -eu

license=$1 keyring=$2 now=${3:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

refuse() {
  printf '{"ok":false,"reason":"%s"}\n' "$1"
  exit 1
}

# Writes the bytes of the one base64 text that they have; openssl alone skips what it cannot read.
decode() {
  openssl base64 -d -A < "$folder/$1.base64" > "$folder/$1" 2> "$folder/errors" &&
    openssl base64 -A < "$folder/$1" | cmp -s - "$folder/$1.base64"
}

for file in "$license" "$keyring"; do [ -r "$file" ] || exit 2; done
[ "$(wc -c < "$license")" -le 8388608 ] || refuse malformed

# What was signed, and the signature, a line each: texts that JSON spells without an escape.
jq -r -s 'def plain: if type == "string" and tojson == "\"\(.)\"" then . else error("not plain") end;
  if length == 1 and (.[0] | type == "object") then .[0] else error("not one object") end
  | if has("private_key_used") and (.private_key_used | type != "string") then error("no text") else . end
  | (.response_base64 | plain),
    (.signature | if . == null or . == "Private key not set" then "" else plain end)' \
  "$license" > "$folder/envelope" 2> "$folder/errors" || refuse malformed
for part in payload signature; do
  IFS= read -r text
  printf %s "$text" > "$folder/$part.base64"
done < "$folder/envelope"
decode payload || refuse malformed
[ "$(wc -c < "$folder/payload")" -le 1048576 ] || refuse malformed
[ -s "$folder/signature.base64" ] || refuse unsigned
decode signature || refuse malformed

# The keys of Ed25519 that are for licenses, one a line: its bytes in base64, a blank, and what the keyring says of it.
jq -r '(.keys[], (.compromised // [] | .[] | .status = "compromised"))
  | select(.kty == "OKP" and .crv == "Ed25519" and (.purposes // ["license"] | index("license"))) | .status //= "active"
  | (.x | gsub("-"; "+") | gsub("_"; "/")) + "= " + tojson' "$keyring" > "$folder/keys" || exit 2
[ -s "$folder/keys" ] && [ "$(wc -c < "$folder/signature")" -eq 64 ] || refuse unknown_key

signer=
while [ -z "$signer" ] && read -r x key; do
  # OpenSSL's form of a key begins with twelve bytes, which are sixteen letters of base64.
  printf -- '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA%s\n-----END PUBLIC KEY-----\n' "$x" > "$folder/key.pem"
  if openssl pkeyutl -verify -pubin -inkey "$folder/key.pem" -rawin -in "$folder/payload.base64" \
    -sigfile "$folder/signature" > "$folder/errors" 2>&1; then
    signer=$key
  fi
done < "$folder/keys"
[ -n "$signer" ] || refuse bad_signature

# Dates are texts of one form, and none that strptime mends, such as February 30.
jq -c -n --argjson signer "$signer" --arg now "$now" --slurpfile sent "$license" --slurpfile signed "$folder/payload" '
  def instant:
    if type == "string" and test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{3})?Z$") then
      (.[0:19] + "Z") as $whole | (try ($whole | fromdate) catch null) as $seconds
      | if $seconds != null and ("000" + ($seconds | todate))[-20:] == $whole and (length == 20 or length == 24)
        then $seconds + ("0" + .[19:-1] | tonumber) else null end
    else null end;
  def whole: if type == "number" and . >= 0 and . == floor and . <= 9007199254740991 then . else null end;
  def signs_at($time):
    ($time != null or (has("validFrom") or has("validUntil")) == false)
    and ((has("validFrom") | not) or $time >= (.validFrom | instant))
    and (if has("validUntil") then $time < (.validUntil | instant) else .status == "active" end);
  def is_license:
    (.key | type == "string" and utf8bytelength <= 4096 and gsub("[-_.:/\\s]"; "") != "")
    and (.product | type == "string" and . != "")
    and ((has("comparison") | not) or .comparison == "canonical" or .comparison == "exact")
    and ((has("entitlements") | not) or (.entitlements | type == "object"))
    and ((has("devices") | not) or (.devices | type == "array" and all(.[]; type == "string")))
    and has("valid_until") and (.valid_until == null or (.valid_until | instant) != null)
    and ((has("valid_from") | not) or (.valid_from | instant) != null)
    and (.valid_until == null or .valid_from == null or (.valid_from | instant) < (.valid_until | instant));
  def judge($time):
    if $signer.status == "compromised" then "key_compromised"
    elif ($signed | length != 1) or ($signed[0] | type != "object") then "malformed"
    elif ($sent[0] | has("response")) and $sent[0].response != $signed[0] then "sibling_mismatch"
    elif ($signer | signs_at($time) | not) then "key_retired"
    else $signed[0] | .license as $license | ($now | instant) as $clock
      | if .schema != "keywright/license/v1" or ($license | type != "object") then "not_a_license"
        elif $time == null or $time > 253402300799 or ($license | is_license | not) then "not_a_license"
        elif $signer.product != null and $signer.product != $license.product then "wrong_product"
        elif $clock == null then error("no time to judge by")
        else ([$clock, $time] | max) as $latest
          | if $license.valid_from != null and $latest < ($license.valid_from | instant) then "not_yet_valid"
            elif $license.valid_until != null and $latest >= ($license.valid_until | instant) then "expired"
            else null end
        end
    end;
  ($signed[0] | if type == "object" then .timestamp | whole else null end) as $time | judge($time) as $reason
  | if $reason == null
    then {ok: true, kid: $signer.kid, role: $signer.role, signedAt: ($time | todate), license: $signed[0].license}
    else {ok: false, reason: $reason} end' > "$folder/verdict" 2> "$folder/errors" || {
  jq -e -n --slurpfile signed "$folder/payload" '$signed' > "$folder/verdict" 2>&1 || refuse malformed
  exit 2
}
cat "$folder/verdict"
case $(cat "$folder/verdict") in '{"ok":true,'*) ;; *) exit 1 ;; esac
