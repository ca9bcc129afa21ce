#!/bin/sh
# A license verified, and compared with the key that a customer typed: sh example.sh KEY, where keyring.json and license.json are.
# "keyring.json" ships with your app.
verifier=$(dirname "$0")/keywright.sh
if verdict=$(sh "$verifier" license.json keyring.json); then
  said=$(printf '%s' "$verdict" | jq -r --arg key "$1" 'def canonical: gsub("[-_.:/\\s]"; "") | ascii_upcase;
    if .license.product != "acme" then "no license: wrong_product"
    elif (.license.key | canonical) != ($key | canonical) then "no license: wrong_key"
    else "licensed: " + .license.entitlements.plan end')
else
  said=$(printf '%s' "$verdict" | jq -r '"no license: " + .reason')
fi
printf '%s\n' "$said"
case $said in licensed:*) ;; *) exit 1 ;; esac
