#!/usr/bin/env bash
# Why recurrent: n-grams, a window and recurrent cells on tiny-shakespeare by characters, the last 10 % held out.
#
#   benchmarks/quality/compare.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/tiny-shakespeare/input.txt is the text (char-rnn's 1,115,394 bytes). The last line of the output is one JSON object with
# each model's parameters, perplexity and seconds, and whether the best recurrent model beats all others ("reached").
# OUT_FOLDER/compare.png is the chart.
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start compare "$@"
text=$data/tiny-shakespeare/input.txt
need "$text"

"$tidegate" compare lm --data "$text" --order 3,5,7,9 --epochs 8 --seed 1 --out "$out/compare.csv" --chart "$out/compare.png" --json \
  | tee "$out/compare.txt"
models=$(tail -n 1 "$out/compare.txt")
# best KIND...: the least perplexity of models of these kinds
best() { tail -n +2 "$out/compare.csv" | grep -E ",($1)," | cut -d , -f 5 | LC_ALL=C sort -g | head -n 1; }
recurrent=$(best recurrent)
other=$(best 'ngram|window')
reached=$(holds "$recurrent < $other")
printf '{"benchmark":"compare tiny-shakespeare","recurrent_perplexity":%.4f,"limit":%.4f,"reached":%s,"version":"%s","models":%s}\n' \
  "$recurrent" "$other" "$reached" "$version" "$(sed -E 's/.*"models":(\[.*\])\}$/\1/' <<< "$models")"
[ "$reached" = true ]
