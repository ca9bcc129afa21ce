#!/bin/sh
# The day of an import, for all four license servers, against servers of our own that fail now and then: keys are
# generated, prepared and sent; the import is killed in the middle and run again; every key exists exactly once.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
count=${COUNT:-1000}
export SPEED="${SPEED:-20}" # a rehearsal: 20 seconds pass in one
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null || :; rm -rf "$folder"' EXIT
cd "$folder"
keywright() { ${KEYWRIGHT:-command keywright} "$@"; }

# In earnest these are the vendors' secrets; no file ever holds them.
for name in CRYPTLEX_TOKEN SOLIFYN_TOKEN LUKITTU_TOKEN GETKEYMANAGER_API_KEY; do
  export "$name=$(openssl rand -hex 16)"
done

node "$here/server.js" . > server.log &
server=$!
until [ -s server.log ]; do sleep 0.1; done
url=$(head -n 1 server.log)

import() { # vendor, then what its licenses are to be
  vendor=$1
  shift
  keywright generate -f "$vendor" -n "$count" -o "$vendor.txt" --quiet
  keywright prepare "$vendor.txt" --for "$vendor" --base-url "$url" "$@" -o "$vendor.jsonl" --quiet 2> "$vendor.advice"
  half=$(wc -l < "$vendor.jsonl")
  touch "$vendor.journal"
  node "$here/import.js" "$vendor.jsonl" "$vendor.journal" > /dev/null &
  running=$!
  until [ "$(wc -l < "$vendor.journal")" -ge "$half" ]; do sleep 0.1; done # two lines a request: the middle
  kill -9 "$running" 2> /dev/null || :
  wait "$running" 2> /dev/null || :
  node "$here/import.js" "$vendor.jsonl" "$vendor.journal"
}

import cryptlex --set productId=b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d --set subscriptionInterval=P1Y
import solifyn --set productId=prod_rehearsal --set customerId=cust_rehearsal --set expiryHours=720
import lukittu --set teamId=d3f7e2c4-5162-4c8d-8e9f-1a2b3c4d5e6f --set expirationType=DURATION \
  --set expirationStart=CREATION --set expirationDays=30
import getkeymanager --chunk 5 --set product_id=1 --set activation_limit=0 --set validity=365 --set status=available

kill "$server"
wait "$server" || :
server=
tail -n +2 server.log
for vendor in cryptlex solifyn lukittu getkeymanager; do
  sort "$vendor.txt" > wanted
  sort "$vendor.created.txt" | cmp - wanted
  echo "$vendor: every key exists exactly once"
done
