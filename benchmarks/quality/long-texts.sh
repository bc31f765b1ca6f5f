#!/usr/bin/env bash
# Classification of long texts: texts of at least 600 words made of the sentences of SST-2, beside naive Bayes.
#
#   benchmarks/quality/long-texts.sh DATA_FOLDER [OUT_FOLDER] [OPTION...]
#
# DATA_FOLDER/sst2 (text TAB label, tokens set apart by spaces) holds train.tsv, dev.tsv and test.tsv. A text is made of sentences drawn
# from one of these files: with probability 0.7 one of the text's own label, else one of the other label, until it has 600 words. 1,000
# texts are learned from, 200 of dev.tsv held out, 400 of test.tsv tested, half of them of each label; the same on any machine. Sentences
# repeat within a part and never between parts, which is why none of the 1,000 are held out. OPTIONs go to the training (--span 100).
#
# The last line of the output is one JSON object: the test accuracy with its interval, that of naive Bayes on the same texts, the seconds.
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start long-texts "$@"
sst2=$data/sst2
need "$sst2"/{train,dev,test}.tsv

# FILE SEED TEXTS; the numbers are those of Park and Miller's generator, which any awk computes exactly.
long_texts() {
  awk -F '\t' -v seed="$2" -v texts="$3" '
    function random() { seed = seed * 16807 % 2147483647; return seed / 2147483647 }
    { sentences[$2, ++count[$2]] = $1; words[$2, count[$2]] = split($1, parts, " ") }
    END {
      for (text = 0; text < texts; text++) {
        own = text % 2
        line = ""
        for (long = 0; long < 600; long += words[from, at]) {
          from = random() < 0.7 ? own : 1 - own
          at = 1 + int(random() * count[from])
          line = line (line == "" ? "" : " ") sentences[from, at]
        }
        print own "\t" line
      }
    }' "$1"
}

# What naive Bayes with add-one smoothing answers right of TEST, having learned TRAIN.
naive_bayes() {
  awk -F '\t' '
    NR == FNR { many = split($2, word, " "); for (i = 1; i <= many; i++) { of[$1]++; seen[$1, word[i]]++; known[word[i]] }; next }
    FNR == 1 { for (each in known) size++ }
    {
      score = 0
      many = split($2, word, " ")
      for (i = 1; i <= many; i++) {
        if (word[i] in known) {
          score += log((seen[1, word[i]] + 1) / (of[1] + size)) - log((seen[0, word[i]] + 1) / (of[0] + size))
        }
      }
      right += (score > 0) == $1
    }
    END { print right / FNR }' "$1" "$2"
}

long_texts "$sst2/train.tsv" 1 1000 > "$out/train.tsv"
long_texts "$sst2/dev.tsv" 2 200 > "$out/dev.tsv"
long_texts "$sst2/test.tsv" 3 400 > "$out/test.tsv"
train classify long-texts --data "$out/train.tsv" --valid "$out/dev.tsv" --unit whitespace "${@:3}"
json=$(evaluated long-texts "$out/test.tsv")
accuracy=$(figure accuracy "$json")
bounds=$(interval accuracy "$json" accuracy)
bayes=$(naive_bayes "$out/train.tsv" "$out/test.tsv")

printf '{"benchmark":"long-texts","accuracy":%.4f,%s"naive_bayes":%.4f,"seconds":%.0f,"peak_memory_mb":%.0f,"version":"%s"}\n' \
  "$accuracy" "$bounds" "$bayes" "$(seconds long-texts)" "$(memory long-texts)" "$version"
