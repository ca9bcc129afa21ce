#!/bin/sh
# A key rotation as a client lives it, and a support person with a failing license.
# The seller signs, the client has nothing but a keyring file and `keywright verify --license`.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
keywright() { ${KEYWRIGHT:-node "$root/bin/keywright.js"} "$@"; }
kid() { keywright keypair show "$1.public.pem" --json | sed -n 's/.*"kid": "\(.*\)".*/\1/p'; }
verify() { keywright verify "$1" --license --product team --keyring "$2" --now "$3" | head -2 || :; }
license() { # license PAIR TIME FILE
  echo 7QX4M-9K2TD | keywright license - --product team --valid-until 2027-01-01 --private-key "$1.private.pem" --now "$2" -o "$3" --quiet
}

echo '# January: one key signs, and every client has it'
keywright keypair create winter > /dev/null
keywright keyring add january.json --public-key winter.public.pem --role product > /dev/null
license winter 2026-01-10T12:00:00Z old.json
verify old.json january.json 2026-01-10T12:00:05Z

echo '# March: the next key is published before it signs'
keywright keypair create spring > /dev/null
cp january.json march.json
keywright keyring add march.json --public-key spring.public.pem --role product --valid-from 2026-04-01T00:00:00Z > /dev/null

echo '# April: the seller switches, the old key retires'
cp march.json april.json
keywright keyring retire april.json --kid="$(kid winter)" --at 2026-04-01T00:00:00Z > /dev/null
license spring 2026-04-02T12:00:00Z new.json
echo '- a client that updated in March verifies the new license:'
verify new.json march.json 2026-04-02T12:00:05Z
echo '- an up-to-date client still verifies the old one:'
verify old.json april.json 2026-04-02T12:00:05Z
echo '- a client that never updated is told to:'
verify new.json january.json 2026-04-02T12:00:05Z
echo '- a retired key signs nothing new:'
license winter 2026-05-01T12:00:00Z late.json
verify late.json april.json 2026-05-01T12:00:05Z

echo '# June: the winter key was stolen'
cp april.json june.json
keywright keyring compromise june.json --kid="$(kid winter)" > /dev/null
verify old.json june.json 2026-06-01T12:00:00Z
echo '- what the spring key signed is not touched by it:'
verify new.json june.json 2026-06-01T12:00:00Z

echo '# Support: a customer sent a license that fails'
echo '- an editor touched the readable copy:'
sed 's/2027-01-01/2099-01-01/' new.json > changed.json
keywright verify changed.json --keyring june.json --now 2026-06-01T12:00:00Z || :
echo '- a mail program wrapped the lines:'
sed 's/\("response_base64":".\{60\}\)/\1\\r\\n/' new.json > wrapped.json
keywright verify wrapped.json --keyring june.json --now 2026-06-01T12:00:00Z || :
