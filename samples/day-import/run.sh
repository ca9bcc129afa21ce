#!/bin/sh
# An import into a license server, rehearsed against one of our own that fails and loses replies: keys are generated,
# prepared and sent; the sending is killed and run again; every key exists once, and has its row in the results.
set -eu
server=$(cd "$(dirname "$0")" && pwd -P)/server.js
cd "$(mktemp -d)"
export CRYPTLEX_TOKEN=rehearsal # in earnest the vendor's secret; no file ever holds it
node "$server" . "$@" > server.log & rehearsal=$!
trap 'kill "$rehearsal" 2> /dev/null && wait; rm -rf "$PWD"' EXIT
until [ -s server.log ]; do sleep 0.1; done
keywright generate -f cryptlex -n "${COUNT:-1000}" -o cryptlex.txt
keywright prepare cryptlex.txt --for cryptlex --set productId=b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d -o requests.jsonl
# In earnest there is no --base-url, the pace is the manifest's, and what got no reply is looked up after two minutes.
set -- requests.jsonl --base-url "$(head -n 1 server.log)" --rate "${RATE:-200}" --settle 1 --results results.csv
keywright send "$@" & sleep 2 && kill -9 $! && wait $! || :
keywright send "$@"
kill "$rehearsal" && wait "$rehearsal" || :
echo "$(tail -n 1 server.log); $(grep -cE ',(created|found),' results.csv) in the results"
