#!/usr/bin/env bash
# What a token is worth: one LSTM 256 on tiny-shakespeare by characters, by parts of words and by words, the last 10 % held out.
#
#   benchmarks/quality/lm-units.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/tiny-shakespeare/input.txt is the text (char-rnn's 1,115,394 bytes). The last line of the output is one JSON object: bits
# per character of the held-out text, read as one stream, and the seconds of each training. Words that occur once in the training part are
# <unk>, which costs the loss little and says little: their bits are no figure of the same text. Fails where parts of words have not
# fewer than 2.2 bits, or one of them is unknown.
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start lm-units "$@"
hold_out_tenth "$data/tiny-shakespeare/input.txt"

# unit NAME OPTION...: trains a model and leaves its evaluation in $out/NAME.json
unit() {
  local name=$1
  shift
  train lm "$name" --data "$out/train.txt" --valid "$out/held-out.txt" --unit "$name" --cell lstm --hidden 256 --embedding 256 \
    --batch 32 --epochs 6 --optimizer adamw --lr 3e-3 --schedule cosine --clip 1 --seed 1 --dropout 0.3 "$@"
  evaluated "$name" "$out/held-out.txt" > "$out/$name.json"
}

unit char --bptt 50
unit bpe --bptt 35 --vocabulary 2000 --tied
unit word --bptt 35 --tied

results=
for name in char bpe word; do
  results+=$(printf '"%s_bits_per_character":%.4f,"%s_unknown_share":%.4f,"%s_seconds":%.0f,' "$name" \
    "$(figure bits_per_character "$(cat "$out/$name.json")")" "$name" "$(figure unknown_share "$(cat "$out/$name.json")")" \
    "$name" "$(seconds "$name")")
done
reached=$(holds "$(figure bpe_bits_per_character "$results") < 2.2 && $(figure bpe_unknown_share "$results") == 0")
printf '{"benchmark":"lm-units tiny-shakespeare",%s"limit":2.2,"reached":%s,"version":"%s"}\n' "$results" "$reached" "$version"
[ "$reached" = true ]
