#!/usr/bin/env bash
# Tagging quality: universal parts of speech of English (UD English EWT), trained on 5038 sentences.
#
#   benchmarks/quality/tag.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/ud-english-ewt/ holds en_ewt-ud-train5k.conllu (5038 sentences of the treebank's training part), en_ewt-ud-dev.conllu and
# en_ewt-ud-test.conllu. A bidirectional LSTM of 2×48 over letters, word embeddings of 64, a bidirectional LSTM of 2×128. The last line is
# one JSON object: accuracy on the test part, that on the words whose exact form training never saw, and what the training took. Fails
# below 0.935 or 0.765, above ten minutes (meant for two cores) or 2 GB. PyTorch 2.13 reaches 0.940 and 0.769 with these sizes in 8 minutes.
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start tag "$@"
ewt=$data/ud-english-ewt/en_ewt-ud
need "$ewt-train5k.conllu" "$ewt-dev.conllu" "$ewt-test.conllu"

train tag tag --data "$ewt-train5k.conllu" --valid "$ewt-dev.conllu" --seed 1
figures=$(evaluated tag "$ewt-test.conllu")

accuracy=$(figure accuracy "$figures")
unseen=$(figure unseen_accuracy "$figures")
seconds=$(seconds tag)
memory=$(memory tag)
reached=$(holds "$accuracy >= 0.935 && $unseen >= 0.765 && $seconds < 600 && $memory < 2000")
printf '{"benchmark":"tag ud-english-ewt","accuracy":%.4f,"limit":0.935,"unseen_accuracy":%.4f,"limit_unseen":0.765,' "$accuracy" "$unseen"
interval accuracy "$figures" accuracy
printf '"seconds":%.0f,"limit_seconds":600,"memory_mb":%.0f,"limit_memory_mb":2000,"reached":%s,"version":"%s"}\n' \
  "$seconds" "$memory" "$reached" "$version"
[ "$reached" = true ]
