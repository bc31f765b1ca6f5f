#!/usr/bin/env bash
# Language model quality: LSTM 1×512 on tiny-shakespeare, the last 10 % held out.
#
#   benchmarks/quality/lm.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/tiny-shakespeare/input.txt is the text (char-rnn's 1,115,394 bytes). The last line of the output is one JSON object:
# nats per character of the held-out part, read as one stream, after 7.5 epochs, and the seconds that the training took. Fails where
# the loss is above 1.47 nats or the training took 15 minutes. PyTorch 2.13 reaches 1.459 with the same sizes and rates.
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start lm "$@"
hold_out_tenth "$data/tiny-shakespeare/input.txt"

train lm lm --data "$out/train.txt" --valid "$out/held-out.txt" --cell lstm --layers 1 --hidden 512 --embedding 96 --dropout 0.3 \
  --batch 32 --bptt 50 --epochs 7.5 --optimizer adamw --lr 3e-3 --schedule cosine --clip 1 --seed 1
figures=$(evaluated lm "$out/held-out.txt")
loss=$(figure loss "$figures")
seconds=$(seconds lm)
reached=$(holds "$loss <= 1.47 && $seconds < 900")

printf '{"benchmark":"lm tiny-shakespeare","nats_per_character":%.4f,"bits_per_character":%.4f,"limit":1.47,"epochs":7.5,' \
  "$loss" "$(figure bits_per_character "$figures")"
interval perplexity "$figures" perplexity
printf '"seconds":%.0f,"limit_seconds":900,"peak_memory_mb":%.0f,"reached":%s,"version":"%s"}\n' "$seconds" "$(memory lm)" "$reached" "$version"
[ "$reached" = true ]
