#!/usr/bin/env bash
# Word language models of tiny-shakespeare, the last 10 % held out: what tying and the regularisers of the AWD-LSTM are worth.
#
#   benchmarks/quality/lm-words.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/tiny-shakespeare/input.txt is the text (char-rnn's 1,115,394 bytes). The vocabulary is the words that occur at least
# twice in the training part; all others are <unk>, which is predicted and counted like any word. The last line of the output is one
# JSON object: the perplexity per word of the held-out part, read as one stream, of the best n-gram model (interpolated, modified
# Kneser-Ney) and of three LSTMs. Fails where the best LSTM has not at least 10 % less perplexity than the best n-gram model, or a
# training took 5 minutes.
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start lm-words "$@"
hold_out_tenth "$data/tiny-shakespeare/input.txt"

# words NAME OPTION...: trains a model and leaves its evaluation in $out/NAME.json
words() {
  local name=$1
  shift
  train lm "$name" --data "$out/train.txt" --valid "$out/held-out.txt" --unit word --cell lstm --hidden 256 --embedding 256 \
    --batch 32 --bptt 35 --epochs 6 --optimizer adamw --lr 3e-3 --schedule cosine --clip 1 --seed 1 "$@"
  "$tidegate" evaluate --model "$out/$name.safetensors" --data "$out/held-out.txt" --json | tee "$out/$name.txt"
  tail -n 1 "$out/$name.txt" > "$out/$name.json"
}

"$tidegate" compare lm --data "$out/train.txt" --valid "$out/held-out.txt" --unit word --order 2,3,4,5 --ngrams-only \
  --out "$out/n-grams.csv"
words plain --dropout 0.5
words tied --dropout 0.5 --tied
words awd --dropout 0.3 --tied --dropout-mask sequence --embedding-dropout 0.1 --weight-drop 0.2 --ar 0.5 --tar 0.5

ngram=$(tail -n +2 "$out/n-grams.csv" | cut -d , -f 5 | LC_ALL=C sort -g | head -n 1)
unknown=$(figure unknown_share "$(cat "$out/plain.json")")
results=
best=$ngram
slowest=0
printf '\n%-40s %12s %12s %12s\n' model perplexity seconds 'peak MB'
printf '%-40s %12.2f\n' 'best Kneser-Ney n-gram' "$ngram"
for name in plain tied awd; do
  perplexity=$(figure perplexity "$(cat "$out/$name.json")")
  case $name in
    plain) what='LSTM 256' ;;
    tied) what='LSTM 256, tied' ;;
    awd) what='LSTM 256, tied, AWD regularisers' ;;
  esac
  printf '%-40s %12.2f %12.0f %12.0f\n' "$what" "$perplexity" "$(seconds "$name")" "$(memory "$name")"
  results+=$(printf '"%s_perplexity":%.3f,"%s_seconds":%.0f,"%s_memory_mb":%.0f,' \
    "$name" "$perplexity" "$name" "$(seconds "$name")" "$name" "$(memory "$name")")
  [ "$(holds "$perplexity < $best")" = false ] || best=$perplexity
  [ "$(holds "$(seconds "$name") > $slowest")" = false ] || slowest=$(seconds "$name")
done
reached=$(holds "$best <= 0.9 * $ngram && $slowest < 300")
printf '{"benchmark":"lm-words tiny-shakespeare","ngram_perplexity":%.3f,%s"unknown_share":%.4f,' "$ngram" "$results" "$unknown"
printf '"best_perplexity":%.3f,"limit":%.3f,"limit_seconds":300,"reached":%s,"version":"%s"}\n' \
  "$best" "$(awk -v x="$ngram" 'BEGIN { print 0.9 * x }')" "$reached" "$version"
[ "$reached" = true ]
