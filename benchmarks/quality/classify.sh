#!/usr/bin/env bash
# Classification quality: the sentences of Victor Zhou's tutorial in the tutorial's own setting, and SST-2 from scratch.
#
#   benchmarks/quality/classify.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/victorzhou-sentiment and DATA_FOLDER/sst2 hold train.tsv and test.tsv (label TAB text; SST-2: text TAB label). The last line
# of the output is one JSON object. Tutorial: a vanilla tanh RNN of 64 units over one-hot words, its last state, SGD 0.02, one sentence an
# update, gradients clipped to +-1, 1000 epochs; of 5 seeds at least 4 must answer the whole test part right with a loss of at most 0.01.
# SST-2: words that occur twice, embeddings of 128, an LSTM of 128 each way, the maximum over the steps, dropout 0.5, embedding dropout 0.4,
# word dropout 0.2; the mean accuracy of 3 seeds on the test part must be at least 0.81. (PyTorch 2.13, 3 seeds: 0.808, 0.825, 0.828.)
# Epochs and rate were chosen by the dev part. Each run is judged by its last step.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 DATA_FOLDER [OUT_FOLDER]" >&2; exit 2; }
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
tutorial=$1/victorzhou-sentiment
sst2=$1/sst2
for file in "$tutorial"/{train,test}.tsv "$sst2"/{train,test}.tsv; do
  [ -r "$file" ] || { echo "$0: $file is missing" >&2; exit 2; }
done
out=${2:-$(mktemp -d)}
mkdir -p -- "$out"
version=$("$root/tidegate" --version) # builds first, so that the clocks below see the trainings alone

# figure NAME JSON: the number of that name.
figure() { printf '%s' "$2" | grep -o "\"$1\":[-0-9.eE]*" | head -n 1 | cut -d: -f2; }

# trained NAME DATA... -- OPTIONS...: trains $out/NAME.safetensors, and notes its seconds and the greatest peak of memory so far.
peak=0
trained() {
  local name=$1 start end pid high=0 now
  shift
  start=$(date +%s.%N)
  "$root/tidegate" train classify --out "$out/$name.safetensors" --valid 0 "$@" > "$out/$name.log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2> /dev/null; do
    now=$(awk '/^VmHWM:/ { print $2 }' "/proc/$pid/status" 2> /dev/null || true)
    [ "${now:-0}" -le "$high" ] || high=$now
    sleep 0.2
  done
  wait "$pid" || { cat "$out/$name.log" >&2; return 1; }
  end=$(date +%s.%N)
  seconds=$(awk -v a="$start" -v b="$end" 'BEGIN { printf "%.1f", b - a }')
  [ "$high" -le "$peak" ] || peak=$high
}

measured() { "$root/tidegate" evaluate --model "$out/$1.safetensors" --data "$2" --json | tail -n 1; }

results= tutorial_seconds=0 right=0
for seed in 1 2 3 4 5; do
  trained "tutorial-$seed" --data "$tutorial/train.tsv" --tokens whitespace --cell rnn --hidden 64 --one-direction --one-hot --pooling last \
    --dropout 0 --word-dropout 0 --optimizer sgd --lr 0.02 --schedule constant --batch 1 --clip 0 --clip-value 1 --epochs 1000 \
    --every 1000 --threads 1 --seed "$seed"
  json=$(measured "tutorial-$seed" "$tutorial/test.tsv")
  accuracy=$(figure accuracy "$json") loss=$(figure loss "$json")
  echo "tutorial, seed $seed: accuracy $accuracy, loss $loss, $seconds s"
  right=$((right + $(awk -v a="$accuracy" -v l="$loss" 'BEGIN { print (a == 1 && l <= 0.01) }')))
  results+="${results:+,}{\"seed\":$seed,\"accuracy\":$accuracy,\"loss\":$loss}"
  tutorial_seconds=$(awk -v a="$tutorial_seconds" -v b="$seconds" 'BEGIN { print a + b }')
done

accuracies= sst2_seconds=0
for seed in 1 2 3; do
  trained "sst2-$seed" --data "$sst2/train.tsv" --columns 2,1 --tokens whitespace --min-count 2 --cell lstm --hidden 128 --embedding 128 \
    --pooling max --dropout 0.5 --embedding-dropout 0.4 --word-dropout 0.2 --optimizer adamw --lr 2e-3 --schedule cosine --batch 32 \
    --epochs 20 --every 20 --seed "$seed"
  json=$(measured "sst2-$seed" "$sst2/test.tsv")
  accuracy=$(figure accuracy "$json")
  echo "SST-2, seed $seed: accuracy $accuracy, $seconds s"
  accuracies+="${accuracies:+,}$accuracy"
  sst2_seconds=$(awk -v a="$sst2_seconds" -v b="$seconds" 'BEGIN { print a + b }')
done

awk -v right="$right" -v results="$results" -v a="$tutorial_seconds" -v accuracies="$accuracies" -v b="$sst2_seconds" -v peak="$peak" \
  -v version="$version" 'BEGIN {
  count = split(accuracies, each, ",")
  for (i = 1; i <= count; i++) mean += each[i] / count
  reached = right >= 4 && mean >= 0.81
  printf "{\"benchmark\":\"classify\",\"tutorial\":[%s],\"tutorial_reached\":%d,\"tutorial_limit\":4,\"tutorial_seconds\":%.0f,", results, right, a
  printf "\"sst2_accuracies\":[%s],\"sst2_mean\":%.4f,\"sst2_limit\":0.81,\"sst2_seconds\":%.0f,", accuracies, mean, b
  printf "\"peak_mb\":%.0f,\"reached\":%s,\"version\":\"%s\"}\n", peak / 1024, reached ? "true" : "false", version
  exit !reached
}'
