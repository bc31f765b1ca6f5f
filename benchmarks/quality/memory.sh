#!/usr/bin/env bash
# Memory over 200 steps: which cells solve the adding problem, and how far each comes in the copy task.
#
#   benchmarks/quality/memory.sh [DATA_FOLDER [OUT_FOLDER]]
#
# Needs no data; the folder is there for the sake of the other scripts. The last line of the output is one JSON object. Fails unless
# GRU and LSTM solve the adding problem (a mean squared error below 0.01; who always answers 1 has 0.167) and the vanilla RNN does not.
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start memory "${1:-.}" "${@:2}"

start=$(date +%s)
"$tidegate" compare memory --steps 200 --cells rnn,gru,lstm --chart "$out/memory.png" --json | tee "$out/memory.log"
end=$(date +%s)
trials=$(tail -n 1 "$out/memory.log" | sed 's/^{"trials"://; s/}$//')

# solved TASK CELL: whether it was.
solved() { grep -q "\"task\":\"$1\",\"steps\":200,\"cell\":\"$2\",[^}]*\"solved\":true" <<< "$trials"; }
reached=false
if solved adding gru && solved adding lstm && ! solved adding rnn; then reached=true; fi
printf '{"benchmark":"memory","trials":%s,"seconds":%d,"reached":%s,"version":"%s"}\n' "$trials" "$((end - start))" "$reached" \
  "$version"
[ "$reached" = true ]
