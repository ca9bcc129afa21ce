#!/bin/sh
# Judges cases of samples/clients/vectors.json that ask for no more than signature and expiry: one JSON line in, one out.
set -eu

here=$(dirname "$0")
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

while IFS= read -r line; do
  printf '%s\n' "$line" |
    jq -r '.input.base64 // (.input.text | @base64), (.keyring | tojson), .policy.now' > "$made/lines"
  {
    IFS= read -r base64
    IFS= read -r keyring
    IFS= read -r now
  } < "$made/lines"
  printf %s "$base64" | openssl base64 -d -A > "$made/license"
  printf '%s\n' "$keyring" > "$made/keyring"
  sh "$here/keywright.sh" "$made/license" "$made/keyring" "$now" > "$made/verdict" || [ $? -eq 1 ]
  jq -c 'if .ok then {ok, kid, role, key: .license.key, product: .license.product,
    validUntil: (.license.valid_until | if . == null then . else sub("[.]000Z$"; "Z") end),
    signedAt, clockBehind: false, listStale: false} else . end' "$made/verdict"
done
