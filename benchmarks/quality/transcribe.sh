#!/usr/bin/env bash
# Transcription quality: spoken digits to letters, by CTC.
#
#   benchmarks/quality/transcribe.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/fsdd is the Free Spoken Digit Dataset (Jakobovski, CC BY-SA 4.0): index.tsv (file, digit, speaker, take, samples, rate) and
# its WAV files; takes 0-4 of each speaker are the test part, the others are for training. The last line of the output is one JSON
# object: the part of the single test digits that are right to the letter, and the letter error rate on 300 sequences of 2 to 5 test
# digits of one speaker, joined, along the likeliest path; the same with a beam of 20. Fails where fewer than 0.92 digits are right or
# the letter error rate is above 0.04, or the training took 2 GB. PyTorch 2.13 reaches 0.935 and 0.030 with the same sizes and rate.
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start transcribe "$@"
need "$data/fsdd/index.tsv"

# Park and Miller's generator, so that every awk draws the same sequences.
awk -F '\t' -v OFS='\t' -v folder="$(cd -- "$data/fsdd" && pwd)" -v out="$out" '
  function draw(n) { state = state * 16807 % 2147483647; return int(state / 2147483647 * n) }
  BEGIN {
    split("zero one two three four five six seven eight nine", words, " ")
    for (i in words) word[i - 1] = words[i]
    train = out "/train.tsv"; test = out "/test.tsv"; joined = out "/joined.tsv"
    print "file", "text", "speaker" > train; print "file", "text", "speaker" > test; print "file", "text", "speaker" > joined
  }
  NR > 1 {
    print folder "/" $1, word[$2], $3 > ($4 < 5 ? test : train)
    if ($4 >= 5) next
    if (!($3 in count)) speaker[speakers++] = $3
    file[$3, count[$3] + 0] = folder "/" $1
    said[$3, count[$3]++] = word[$2]
  }
  END {
    state = 1
    for (i = 0; i < 300; i++) {
      who = speaker[draw(speakers)]
      files = texts = ""
      for (left = 2 + draw(4); left > 0; left--) {
        which = draw(count[who])
        files = files (files == "" ? "" : ";") file[who, which]
        texts = texts (texts == "" ? "" : " ") said[who, which]
      }
      print files, texts, who > joined
    }
  }' "$data/fsdd/index.tsv"

train transcribe fsdd --data "$out/train.tsv" --valid 0 --mels 40 --stack 2 --cell lstm --hidden 128 --directions 2 --dropout 0.3 \
  --speed 0.1 --gain 6 --noise 0.05 --join 4 --batch 16 --lr 5e-3 --epochs 120 --every 20 --seed 1
digits=$(evaluated fsdd "$out/test.tsv")
sequences=$(evaluated fsdd "$out/joined.tsv")
searched=$(evaluated fsdd "$out/joined.tsv" --beam 20)

exact=$(figure exact "$digits")
letters=$(figure letter_error_rate "$sequences")
peak=$(memory fsdd)
reached=$(holds "$exact >= 0.92 && $letters <= 0.04 && $peak < 2000")
printf '{"benchmark":"transcribe fsdd","digits_exact":%.4f,"limit_digits_exact":0.92,' "$exact"
printf '"letter_error_rate":%.4f,"limit_letter_error_rate":0.04,"letter_error_rate_beam_20":%.4f,"sequences_exact":%.4f,' \
  "$letters" "$(figure letter_error_rate "$searched")" "$(figure exact "$sequences")"
interval exact "$digits" digits_exact
interval letter_error_rate "$sequences" letter_error_rate
printf '"seconds":%.0f,"peak_memory_mb":%.0f,"reached":%s,"version":"%s"}\n' \
  "$(seconds fsdd)" "$peak" "$reached" "$version"
[ "$reached" = true ]
