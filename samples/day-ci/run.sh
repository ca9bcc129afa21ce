#!/bin/sh
# A night in a pipeline: three jobs of a matrix issue one batch at the same time, into one ledger. One of them is
# killed, and its job is simply run again: the same command.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
keywright() { ${KEYWRIGHT:-node "$root/bin/keywright.js"} "$@"; }
# What each job of the matrix runs. Batch id and shard make it repeatable.
issue() { exec ${KEYWRIGHT:-node "$root/bin/keywright.js"} generate -f lukittu -n 20000 --split 1000 -o "keys-$1.txt" --ledger issued.db --batch-id night-42 --shard "$1/3" --quiet; }

echo '# Once, long ago'
keywright ledger init issued.db > /dev/null

echo '# Tonight: three jobs at once'
(issue 1) & first=$!
(issue 2) & second=$!
(issue 3) & third=$!
# The second one dies as soon as it has reserved keys and begins to write them.
until ls .keys-2-* > /dev/null 2>&1 || ! kill -0 "$second" 2> /dev/null; do sleep 0.01; done
kill -9 "$second" 2> /dev/null || echo 'job 2 was faster than the kill'
wait "$first"
wait "$third"
wait "$second" || echo "job 2 ended with $?"

echo '# It is run again'
(issue 2) && echo 'job 2 is done'

echo '# The next morning'
keywright ledger batches issued.db
keywright ledger verify issued.db keys-1.txt.manifest.json keys-2.txt.manifest.json keys-3.txt.manifest.json
echo "$(cat keys-*.txt | sort -u | wc -l) different keys"
echo "$(ls -A | grep -c '\.tmp$' || :) temporary files"
echo '# A job that is run once more issues nothing'
(issue 2) && cat keys-*.txt | sort -u | wc -l
