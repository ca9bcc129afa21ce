#!/bin/sh
# Judges cases of samples/clients/vectors.json that ask for no more than signature and expiry: JSON lines in, as many out.
set -eu

here=$(dirname "$0")
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# Three lines a case: the license in base64, the keyring, the time to judge by.
jq -r '.input.base64 // (.input.text | @base64), (.keyring | tojson), .policy.now' > "$made/cases"
while IFS= read -r base64 && IFS= read -r keyring && IFS= read -r now; do
  printf %s "$base64" | openssl base64 -d -A > "$made/license"
  printf '%s\n' "$keyring" > "$made/keyring"
  sh "$here/keywright.sh" "$made/license" "$made/keyring" "$now" >> "$made/verdicts" || [ $? -eq 1 ]
done < "$made/cases"
jq -c 'if .ok then {ok, kid, role, key: .license.key, product: .license.product,
  validUntil: (.license.valid_until | if . == null then . else sub("[.]000Z$"; "Z") end),
  signedAt, clockBehind: false, listStale: false} else . end' "$made/verdicts"
