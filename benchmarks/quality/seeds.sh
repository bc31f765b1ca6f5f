#!/usr/bin/env bash
# What --seeds 3 brings: one model, and the mean of three of which it is the first, on the same test part.
#
#   benchmarks/quality/seeds.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/sst2 holds train.tsv and test.tsv (text TAB label), DATA_FOLDER/ud-english-ewt en_ewt-ud-train5k.conllu and
# en_ewt-ud-test.conllu, DATA_FOLDER/tiny-shakespeare input.txt. Little data: 2,400 sentences of SST-2 without the wide path, which all
# seeds have in common, 800 sentences of the treebank for 6 epochs, 60 kB of the plays for 800 updates of 64 units, tested on their last
# 30 kB. The last line is one JSON object: for each the model's figure, the mean's, and the mean's minus the model's with its 95 %
# confidence interval. Fails where a mean is not better by more than chance, or above 2 GB.
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start seeds "$@"
need "$data"/sst2/{train,test}.tsv "$data"/ud-english-ewt/en_ewt-ud-{train5k,test}.conllu "$data"/tiny-shakespeare/input.txt
head -n 2400 "$data/sst2/train.tsv" > "$out/texts.tsv"
awk -v RS= -v ORS='\n\n' 'NR <= 800' "$data/ud-english-ewt/en_ewt-ud-train5k.conllu" > "$out/sentences.conllu"
head -c 60000 "$data/tiny-shakespeare/input.txt" > "$out/plays.txt"
tail -c 30000 "$data/tiny-shakespeare/input.txt" > "$out/end.txt"

rows= good=1 memories=()
# row FIGURE SIGN TEST TASK OPTION...: SIGN is 1 where more is better, -1 where less is
row() {
  local figure=$1 sign=$2 test=$3 task=$4 json low high
  shift 3
  train "$task" "$task-1" "${@:2}"
  train "$task" "$task-3" "${@:2}" --seeds 3
  json=$(evaluated "$task-3" "$test" --against "$out/$task-1.safetensors")
  low=$(figure "${figure}_difference_low" "$json")
  high=$(figure "${figure}_difference_high" "$json")
  good=$(awk "BEGIN { print ($good && $sign * $low > 0 && $sign * $high > 0) }")
  rows+="${rows:+,}\"$task\":{\"figure\":\"$figure\",\"one\":$(figure "${figure}_against" "$json"),\"mean\":$(figure "$figure" "$json"),"
  rows+="\"difference\":$(figure "${figure}_difference" "$json"),\"low\":$low,\"high\":$high}"
  memories+=("$(memory "$task-3")")
}

row accuracy 1 "$data/sst2/test.tsv" classify --data "$out/texts.tsv" --columns 2,1 --tokens whitespace --wide off
row accuracy 1 "$data/ud-english-ewt/en_ewt-ud-test.conllu" tag --data "$out/sentences.conllu" --epochs 6
row perplexity -1 "$out/end.txt" lm --text "$out/plays.txt" --hidden 64 --updates 800

peak=$(printf '%s\n' "${memories[@]}" | LC_ALL=C sort -g | tail -n 1)
reached=$(holds "$good && $peak < 2000")
printf '{"benchmark":"seeds",%s,"memory_mb":%.0f,"limit_memory_mb":2000,"reached":%s,"version":"%s"}\n' "$rows" "$peak" "$reached" "$version"
[ "$reached" = true ]
