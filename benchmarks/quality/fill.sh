#!/usr/bin/env bash
# Fill-in quality: the missing word of English sentences (UD English EWT), from both sides and from the left alone.
#
#   benchmarks/quality/fill.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/ud-english-ewt/ holds en_ewt-ud-train5k.conllu (5038 sentences of the treebank's training part), en_ewt-ud-dev.conllu and
# en_ewt-ud-test.conllu. Words in lower case, punctuation marks are words; those that training has three times and more are known, the
# others are not counted (top1_known). An LSTM of 128 on each side; one of 256 on the left. The last line is one JSON object: how often the likeliest
# word is the missing one. Fails where both sides give less than 0.22 or less than 1.4 times the left side, or a training takes more than
# 2 GB. PyTorch 2.13 reaches 0.236 and 0.145 with these sizes.
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start fill "$@"
ewt=$data/ud-english-ewt/en_ewt-ud
need "$ewt-train5k.conllu" "$ewt-dev.conllu" "$ewt-test.conllu"

for side in both left; do
  train fill "fill-$side" --data "$ewt-train5k.conllu" --valid "$ewt-dev.conllu" --side "$side" --seed 1
done
figures_both=$(evaluated fill-both "$ewt-test.conllu") figures_left=$(evaluated fill-left "$ewt-test.conllu")
both=$(figure top1_known "$figures_both") left=$(figure top1_known "$figures_left")

memory=$(memory fill-both)
memory_left=$(memory fill-left)
reached=$(holds "$both >= 0.22 && $both >= 1.4 * $left && $memory < 2000 && $memory_left < 2000")
printf '{"benchmark":"fill ud-english-ewt","top1":%.4f,"limit":0.22,"top1_left":%.4f,' "$both" "$left"
interval top1_known "$figures_both" top1
interval top1_known "$figures_left" top1_left
printf '"ratio":%.3f,"limit_ratio":1.4,"seconds":%.0f,"seconds_left":%.0f,"memory_mb":%.0f,"reached":%s,"version":"%s"}\n' \
  "$(awk "BEGIN { print $both / $left }")" "$(seconds fill-both)" "$(seconds fill-left)" "$memory" "$reached" "$version"
[ "$reached" = true ]
