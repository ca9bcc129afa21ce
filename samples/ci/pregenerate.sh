#!/bin/sh
# Pre-generates one batch in a pipeline: new keys, proven different from every key of earlier batches.
#   ISSUED  the folder in which all batches are kept (an artifact store, a bucket mounted by the runner, …)
#   COUNT   keys to make; FORMAT their format
set -eu

issued=${ISSUED:-issued}
batch=$issued/batch-$(date -u +%Y%m%dT%H%M%SZ)-$$.txt

mkdir -p "$issued"
set -- generate --format "${FORMAT:-lukittu}" --count "${COUNT:-10000}" --out "$batch"
# The first batch has nothing to be held against; an empty list would be an error.
if ls "$issued"/*.txt >/dev/null 2>&1; then
  set -- "$@" --against "$issued"/*.txt
fi
${KEYWRIGHT:-keywright} "$@"
echo "$batch"
