#!/bin/sh
# An import into each of the four license servers, rehearsed against servers of our own that fail and lose replies:
# keys are generated, prepared and sent; the sending is killed in the middle and run again; every key exists once.
set -eu
server=$(cd "$(dirname "$0")" && pwd -P)/server.js
folder=$(mktemp -d)
trap 'kill "$!" 2> /dev/null && wait; rm -rf "$folder"' EXIT
cd "$folder"
# In earnest these are the vendors' secrets; no file ever holds them.
export CRYPTLEX_TOKEN=rehearsal-1 SOLIFYN_TOKEN=rehearsal-2 LUKITTU_TOKEN=rehearsal-3 GETKEYMANAGER_API_KEY=rehearsal-4
node "$server" . "$@" > server.log &
until [ -s server.log ]; do sleep 0.1; done

import() { # vendor, then what its licenses are to be
  vendor=$1 && shift
  keywright generate -f "$vendor" -n "${COUNT:-1000}" -o "$vendor.txt" --quiet
  keywright prepare "$vendor.txt" --for "$vendor" --base-url "$(head -n 1 server.log)" "$@" -o "$vendor.jsonl" --quiet
  # In earnest the pace is the manifest's, and what got no reply is looked up after two minutes.
  set -- "$vendor.jsonl" --results "$vendor.csv" --rate "${RATE:-200}" --settle 1
  keywright send "$@" --limit 5
  timeout -s KILL 2 keywright send "$@" --quiet || :
  keywright send "$@"
}
import cryptlex --set productId=b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d --set subscriptionInterval=P1Y
import solifyn --set productId=prod_rehearsal --set customerId=cust_rehearsal --set expiryHours=720
import lukittu --set teamId=d3f7e2c4-5162-4c8d-8e9f-1a2b3c4d5e6f --set expirationType=DURATION \
  --set expirationStart=CREATION --set expirationDays=30
import getkeymanager --chunk 5 --set product_id=1 --set activation_limit=0 --set validity=365 --set status=available

kill "$!" && wait "$!" || :
tail -n +2 server.log
for vendor in cryptlex solifyn lukittu getkeymanager; do
  sort "$vendor.created.txt" > created && sort "$vendor.txt" | cmp - created
  echo "$vendor: every key exists exactly once, $(grep -cE ',(created|found),' "$vendor.csv") in the results"
done
