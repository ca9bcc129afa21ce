#!/bin/sh
# A batch from a runner that has no private key to the day that key is stolen. The runner makes the keys, a vault signs, the
# app checks keys offline. In the end nobody's key or proof is another one.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
app=$root/samples/day-seal/app.js
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir runner vault app thief
keywright() { ${KEYWRIGHT:-node "$root/bin/keywright.js"} "$@"; }
app() { # app TIME LINE PROOF [SEAL…]: the key of a line of the batch, as somebody types it, and a proof
  time=$1 line=$2
  shift 2
  sed -n "${line}p" runner/keys.txt | tr 'A-Z-' 'a-z ' | NOW=$time KEYRING=app/keyring.json node "$app" "$@" || :
}
proof() { sed -n "$1p" runner/proofs.jsonl > "proof-$1.json"; }

echo '# Once: the vault makes a key pair, the app is built with its public half'
(cd vault && keywright keypair create winter > /dev/null)
cp vault/winter.public.pem runner/
keywright keyring add app/keyring.json --public-key vault/winter.public.pem --purpose seal > /dev/null

echo '# November: the runner makes 5,000 keys, and the bytes that are to be signed'
(cd runner
  keywright generate -f lukittu -n 5000 -o keys.txt --quiet --no-manifest
  keywright seal create keys.txt -f lukittu --origin acme.example/keywright/seal/v1/november --now 2026-11-28 \
    --set product=app --set valid_until=2028-01-01 --unsigned --leaves november.leaves -o november.seal --quiet
  cat november.seal)

echo '# The vault hashes the keys anew; its openssl signs'
cp runner/keys.txt runner/november.seal* vault/
(cd vault && keywright seal endorse november.seal --keys keys.txt --public-key winter.public.pem \
  --signer 'openssl pkeyutl -sign -rawin -inkey winter.private.pem -in {}' | grep -E '^(rows|claims|signatures)')
cp vault/november.seal runner/
echo "private keys on the runner: $(find runner -name '*private*' | grep -c . || :)"

echo '# The runner writes a proof for each key'
(cd runner && keywright seal prove keys.txt --seal november.seal -o proofs.jsonl --quiet)
grep -c '"proof"' runner/proofs.jsonl

echo '# Three customers, offline'
for line in 1 2500 5000; do
  proof "$line"
  app 2027-01-10T12:00:00Z "$line" "proof-$line.json"
done
echo '- a friend has the proof of another, and a key of his own making:'
app 2027-01-10T12:00:00Z 2 proof-1.json
echo AAAAA-BBBBB-CCCCC-DDDDD-EEEEE | NOW=2027-01-10T12:00:00Z KEYRING=app/keyring.json node "$app" proof-1.json || :
echo '- one comes back after a year:'
app 2028-01-01T00:00:00Z 1 proof-1.json

echo '# Somebody puts a key of his own into the file'
(head -n 1234 runner/keys.txt; echo AAAAA-BBBBB-CCCCC-DDDDD-EEEEE; tail -n +1235 runner/keys.txt) > longer.txt
keywright seal audit longer.txt --seal runner/november.seal --leaves runner/november.leaves \
  --public-key vault/winter.public.pem | grep -E '^(other rows|added: )' || :

echo '# March: the key of the vault was stolen. The thief seals a key for himself'
(cd thief
  cp ../vault/winter.private.pem ../vault/winter.public.pem .
  echo AAAAA-BBBBB-CCCCC-DDDDD-EEEEE > own.txt
  keywright seal create own.txt -f lukittu --origin acme.example/keywright/seal/v1/december --now 2026-12-01 \
    --set product=app --set valid_until=null --private-key winter.private.pem -o own.seal --quiet
  keywright seal prove own.txt --seal own.seal -o own.json --quiet)
thief() { NOW=2027-03-01T12:00:00Z KEYRING=app/keyring.json node "$app" thief/own.json "$@" < thief/own.txt || :; }
echo '- an app that has no update yet believes him:'
thief
echo '- the update marks the key as stolen:'
(cd vault && keywright keypair create spring > /dev/null)
keywright keyring add app/keyring.json --public-key vault/spring.public.pem --purpose seal > /dev/null
kid=$(keywright keypair show vault/winter.public.pem --json | sed -n 's/.*"kid": "\(.*\)".*/\1/p')
keywright keyring compromise app/keyring.json --kid="$kid" > /dev/null
thief
app 2027-03-01T12:00:00Z 1 proof-1.json

echo '# The spring key endorses what was sold, from the keys themselves'
(cd vault && keywright seal endorse november.seal --keys keys.txt --private-key spring.private.pem | grep '^signatures')
cp vault/november.seal app/
echo '- not what the thief would have it endorse:'
cp thief/own.seal vault/december.seal
cp thief/own.seal.manifest.json vault/december.seal.manifest.json
(cd vault && keywright seal endorse december.seal --keys keys.txt --private-key spring.private.pem 2>&1) || :
echo '- the update brings the seal along, and all proofs are good again:'
for line in 1 2500 5000; do app 2027-03-01T12:00:00Z "$line" "proof-$line.json" app/november.seal; done
thief app/november.seal
