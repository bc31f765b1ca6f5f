#!/usr/bin/env bash
# Forecast quality: a cosine from a sine, temperatures of the next day, a stock's price.
#
#   benchmarks/quality/forecast.sh DATA_FOLDER [OUT_FOLDER]
#
# Of DATA_FOLDER it reads weather/daily-min-temperatures.csv (Melbourne, 3,650 days), weather/seattle-weather.csv (1,461 days) and
# stock/finance-charts-apple.csv (506 days). The last 20 % of each are the test part. The last line of the output is one JSON object:
#   cos from sin   32 vanilla units, 1000 updates over 10 points each, state carried; median over 5 seeds of the mean loss of the last
#                  20 updates, at most 1e-3. The loss is that of the scaled cosine: twice the squared error in its own unit
#   Melbourne      next day's minimum from 30 days, mean RMSE of 3 seeds, at most 2.20 (the last value again: 2.48)
#   Seattle        next day's maximum from all columns, without a linear path, mean RMSE of 3 seeds, at most 2.75 (3.06)
#   Apple          next day's close, mean RMSE of 3 seeds, at most 1.05 times that of the last value again
# The settings were chosen on the end of the training part. PyTorch 2.13 reaches 1.1e-5, 2.18, 2.66 to 2.70, and 1.03 times.
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start forecast "$@"
need "$data/weather/daily-min-temperatures.csv" "$data/weather/seattle-weather.csv" "$data/stock/finance-charts-apple.csv"

trained=()   # the names of all trainings
seeds=(1 2 3)

# top NAME FIGURE: of the evaluation of a test part, a figure over all steps.
top() { figure "$2" "$(sed 's/,"scores".*/}/' "$out/$1.json")"; }

# three NAME FILE OPTION...: trains with three seeds, and evaluates each on the test part.
three() {
  local name=$1 file=$2 window=30 rows seed
  shift 2
  rows=$(($(grep -c . "$file") - 1))
  # The test part, and before it the days that its first forecast reads.
  { head -n 1 "$file"; grep . "$file" | tail -n +2 | tail -n "$((rows - (rows * 8 + 5) / 10 + window))"; } > "$out/$name-test.csv"
  for seed in "${seeds[@]}"; do
    train forecast "$name-$seed" --data "$file" --test 0.2 --window "$window" --hidden 32 --seed "$seed" "$@"
    "$tidegate" evaluate --model "$out/$name-$seed.safetensors" --data "$out/$name-test.csv" --json | tail -n 1 \
      > "$out/$name-$seed.json"
    trained+=("$name-$seed")
  done
}

# of NAME FIGURE: the mean over the seeds.
of() {
  local seed values=()
  for seed in "${seeds[@]}"; do values+=("$(top "$1-$seed" "$2")"); done
  mean "${values[@]}"
}

awk 'BEGIN {
  print "sin,cos"
  step = atan2(0, -1) / 10
  for (t = 0; t < 10000; t++) printf "%.9f,%.9f\n", sin(t * step), cos(t * step)
}' > "$out/waves.csv"
waves=()
for seed in 1 2 3 4 5; do
  train forecast "waves-$seed" --data "$out/waves.csv" --columns sin --target cos --horizon 0 --stateful --window 10 --batch 1 \
    --cell rnn --hidden 32 --optimizer adam --lr 0.02 --schedule constant --clip 0 --epochs 1 --every 0.02 --valid 0 --test 0 \
    --seed "$seed"
  # The last measure of the log is the mean of the last 20 updates.
  waves+=("$(figure training_loss "$(grep '"event":"measure"' "$out/waves-$seed.jsonl" | tail -n 1)")")
  trained+=("waves-$seed")
done
three melbourne "$data/weather/daily-min-temperatures.csv" --target Temp --epochs 20
three seattle "$data/weather/seattle-weather.csv" --target temp_max --epochs 20 --batch 16 \
  --linear 0 --transform none --calendar none
three apple "$data/stock/finance-charts-apple.csv" --columns AAPL.Close --target AAPL.Close --residual --epochs 20

wave=$(median "${waves[@]}")
spent=() peaks=()
for name in "${trained[@]}"; do
  spent+=("$(seconds "$name")")
  peaks+=("$(memory "$name")")
done
limit=$(awk -v p="$(of apple persistence_rmse)" 'BEGIN { print 1.05 * p }')
reached=$(holds "$wave <= 1e-3 && $(of melbourne rmse) <= 2.20 && $(of seattle rmse) <= 2.75 && $(of apple rmse) <= $limit")
printf '{"benchmark":"forecast","cos_from_sin_loss":%.3g,"cos_from_sin_limit":1e-3,' "$wave"
for name in melbourne seattle apple; do
  printf '"%s_rmse":%.4f,"%s_persistence":%.4f,"%s_coverage":%.3f,' "$name" "$(of $name rmse)" "$name" "$(of $name persistence_rmse)" \
    "$name" "$(of $name coverage)"
done
printf '"melbourne_limit":2.20,"seattle_limit":2.75,"apple_limit":%.4f,"trainings":%d,' "$limit" "${#trained[@]}"
printf '"mean_seconds":%.1f,"peak_memory_mb":%.0f,"reached":%s,"version":"%s"}\n' "$(mean "${spent[@]}")" \
  "$(printf '%s\n' "${peaks[@]}" | LC_ALL=C sort -g | tail -n 1)" "$reached" "$version"
[ "$reached" = true ]
