#!/usr/bin/env bash
# Translation quality: English to French with and without attention.
#
#   benchmarks/quality/translate.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/fra-eng holds train.tsv (10 000 lines "English TAB French") and test.tsv (1000). The last line of the output is one JSON
# object. BLEU-4 is over lower-cased words and punctuation marks, references keep rare words, a produced unknown never matches; no
# smoothing. Both models are judged by their last step.
#
# An encoder LSTM of 128 each way, a decoder LSTM of 256 that starts from its last states, embeddings of 128, dropout 0.4, words that
# occur twice, 23 epochs. With general attention greedy search must reach 19.5, a beam of 5 ranked by the mean log probability 21.5,
# and greedy search must be at least 5 above the same model without attention; each training under 10 minutes on two cores. PyTorch
# 2.13 with these sizes: 19.9, 21.8, and 12.9 without attention.
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start translate "$@"
pairs=$data/fra-eng
need "$pairs"/{train,test}.tsv

bleu() { figure bleu "$("$tidegate" evaluate --model "$out/$1.safetensors" --data "$pairs/test.tsv" --beam "$2" --json | tail -n 1)"; }

for attention in general none; do
  train translate "$attention" --data "$pairs/train.tsv" --valid 0 --attention "$attention" --cell lstm --encoder 128 --hidden 256 \
    --embedding 128 --dropout 0.4 --min-count 2 --optimizer adamw --lr 2e-3 --schedule cosine --clip 1 --batch 64 --epochs 23 \
    --every 23 --seed 1
done
greedy=$(bleu general 1) beam=$(bleu general 5)
state_greedy=$(bleu none 1) state_beam=$(bleu none 5)
peak=$(printf '%s\n' "$(memory general)" "$(memory none)" | LC_ALL=C sort -g | tail -n 1)
quick=$(holds "$(seconds general) < 600 && $(seconds none) < 600 && $peak < 2000")
reached=$(holds "$greedy >= 19.5 && $beam >= 21.5 && $greedy >= $state_greedy + 5 && \"$quick\" == \"true\"")

printf '{"benchmark":"translate fra-eng","bleu_greedy":%.2f,"limit_greedy":19.5,"bleu_beam_5":%.2f,"limit_beam_5":21.5,' \
  "$greedy" "$beam"
printf '"without_attention_greedy":%.2f,"without_attention_beam_5":%.2f,"limit_above":5,' "$state_greedy" "$state_beam"
printf '"seconds":%.0f,"without_attention_seconds":%.0f,' "$(seconds general)" "$(seconds none)"
printf '"limit_seconds":600,"peak_memory_mb":%.0f,"reached":%s,"version":"%s"}\n' "$peak" "$reached" "$version"
[ "$reached" = true ]
