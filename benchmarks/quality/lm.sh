#!/usr/bin/env bash
# Language model quality: LSTM 1×512 on tiny-shakespeare, the last 10 % held out.
#
#   benchmarks/quality/lm.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/tiny-shakespeare/input.txt is the text (char-rnn's 1,115,394 bytes). The last line of the output is one JSON object:
# nats per character of the held-out part, read as one stream, after 7.5 epochs, and the seconds that the training took. Fails where
# the loss is above 1.47 nats or the training took 15 minutes. PyTorch 2.13 reaches 1.459 with the same sizes and rates.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 DATA_FOLDER [OUT_FOLDER]" >&2; exit 2; }
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
text=$1/tiny-shakespeare/input.txt
[ -r "$text" ] || { echo "$0: $text is missing; expected the text of tiny-shakespeare there" >&2; exit 2; }
out=${2:-$(mktemp -d)}
mkdir -p -- "$out"

characters=$(wc -c < "$text") # the text is ASCII: a byte is a character
kept=$((characters - characters / 10))
head -c "$kept" -- "$text" > "$out/train.txt"
tail -c "+$((kept + 1))" -- "$text" > "$out/held-out.txt"

"$root/tidegate" --version > "$out/version.txt" # builds first, so that the clock below sees the training alone
start=$(date +%s.%N)
"$root/tidegate" train lm --text "$out/train.txt" --out "$out/lm.safetensors" --valid "$out/held-out.txt" --log "$out/lm.jsonl" \
  --cell lstm --layers 1 --hidden 512 --embedding 96 --dropout 0.3 --batch 32 --bptt 50 --epochs 7.5 \
  --optimizer adamw --lr 3e-3 --schedule cosine --clip 1 --seed 1
end=$(date +%s.%N)
figures=$("$root/tidegate" evaluate --model "$out/lm.safetensors" --text "$out/held-out.txt" --json | tail -n 1)

awk -v start="$start" -v end="$end" -v figures="$figures" -v version="$(cat "$out/version.txt")" 'BEGIN {
  match(figures, /"loss":[0-9.eE+-]+/)
  loss = substr(figures, RSTART + 7, RLENGTH - 7)
  seconds = end - start
  reached = loss <= 1.47 && seconds < 900
  printf "{\"benchmark\":\"lm tiny-shakespeare\",\"nats_per_character\":%.4f,\"bits_per_character\":%.4f,\"limit\":1.47,\"epochs\":7.5,", loss, loss / log(2)
  printf "\"seconds\":%.0f,\"limit_seconds\":900,\"reached\":%s,\"version\":\"%s\"}\n", seconds, reached ? "true" : "false", version
  exit !reached
}'
