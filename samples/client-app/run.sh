#!/bin/sh
# The life of a licensed app. The seller has key pairs and the command line, the app has what it embedded and what it fetched.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
app=$root/samples/client-app/app.js
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
keywright() { ${KEYWRIGHT:-node "$root/bin/keywright.js"} "$@"; }
kid() { keywright keypair show "$1.public.pem" --json | sed -n 's/.*"kid": "\(.*\)".*/\1/p'; }
start() { # start NOW LICENSE KEY
  EMBEDDED=keyring.json STATE=state FETCHED=fetched NOW="$1" node "$app" "$2" "$3" laptop || :
}
mkdir state fetched

echo '# January: three pairs are made, the app embeds the keyring and is released'
for pair in winter lists updates; do keywright keypair create "$pair" > /dev/null; done
keywright keyring add keyring.json --public-key winter.public.pem --purpose license > /dev/null
keywright keyring add keyring.json --public-key lists.public.pem --purpose list > /dev/null
keywright keyring add keyring.json --public-key updates.public.pem --purpose keyring > /dev/null
printf 'key,end,seats\nAAAA-BBBB,2026-07-01,5\nCCCC-DDDD,2027-01-01,1\n' > orders.csv
license() { # license PAIR FOLDER NOW
  keywright license orders.csv --product app --map end=valid_until --entitlements seats \
    --private-key "$1.private.pem" --now "$3" --out-dir "$2" --quiet
}
license winter sold 2026-01-10
file() { grep -l "\"key\":\"$2\"" "$1"/*.json; }
start 2026-01-10T12:00:00Z "$(file sold AAAA-BBBB)" 'aaaa bbbb'
start 2026-01-10T12:00:00Z "$(file sold AAAA-BBBB)" 'cccc dddd'

echo '# July: the first license is expired, and the clock set back a year does not help'
start 2026-07-02T12:00:00Z "$(file sold AAAA-BBBB)" AAAA-BBBB
start 2025-07-02T12:00:00Z "$(file sold AAAA-BBBB)" AAAA-BBBB
start 2026-07-02T12:00:00Z "$(file sold CCCC-DDDD)" CCCC-DDDD

echo '# August: the second one is refunded, and its key revoked'
echo CCCC-DDDD > refunded.txt
keywright revocations create fetched/revocations refunded.txt --name acme.example/app --product app --reason refunded \
  --private-key lists.private.pem --now 2026-08-01 > /dev/null
start 2026-08-02T12:00:00Z "$(file sold CCCC-DDDD)" CCCC-DDDD

echo '# September: the signing key is stolen; an update names it, and a new one signs'
printf 'key,end,seats\nEEEE-FFFF,2027-06-01,9\n' > orders.csv
license winter stolen 2026-09-01
keywright keypair create autumn > /dev/null
cp keyring.json next.json
keywright keyring add next.json --public-key autumn.public.pem --purpose license > /dev/null
keywright keyring compromise next.json --kid="$(kid winter)" > /dev/null
keywright keyring sign next.json --name acme.example/keyring --number 1 --private-key updates.private.pem --now 2026-09-02 \
  -o fetched/keyring.update > /dev/null
license autumn anew 2026-09-03
start 2026-09-04T12:00:00Z "$(file stolen EEEE-FFFF)" EEEE-FFFF
start 2026-09-04T12:00:00Z "$(file anew EEEE-FFFF)" EEEE-FFFF
