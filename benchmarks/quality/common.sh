# What the quality scripts share; read by them, not run.
#
#   quality_start NAME "$@"     DATA_FOLDER [OUT_FOLDER] of the script's arguments: sets data, out and tidegate, and builds
#   need FILE...                fails where a data file is missing
#   hold_out_tenth TEXT         parts an ASCII text: $out/train.txt, and its last tenth, $out/held-out.txt
#   train TASK NAME OPTION...   trains $out/NAME.safetensors, with its log
#   evaluated NAME DATA OPTION...  the JSON object that evaluate tells of $out/NAME.safetensors
#   figure NAME JSON            a number of a JSON object
#   interval NAME JSON AS       its 95 % confidence interval, as members AS_low and AS_high of the last line
#   seconds NAME, memory NAME   what a training took, in seconds and MB (10^6 bytes), from its log
#   mean X..., median X...      of numbers
#   holds CONDITION             true or false: an awk condition over numbers
set -euo pipefail

quality_start() {
  local name=$1
  shift
  [ $# -ge 1 ] || { echo "usage: benchmarks/quality/$name.sh DATA_FOLDER [OUT_FOLDER]" >&2; exit 2; }
  tidegate=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)/tidegate
  data=$1
  out=${2:-$(mktemp -d)}
  mkdir -p -- "$out"
  version=$("$tidegate" --version) # builds first, so that no clock sees it
}

need() {
  local file
  for file in "$@"; do
    [ -r "$file" ] || { echo "$file is missing; the head of this script says what it must be" >&2; exit 2; }
  done
}

hold_out_tenth() {
  need "$1"
  local bytes kept
  bytes=$(wc -c < "$1")
  kept=$((bytes - bytes / 10))
  head -c "$kept" -- "$1" > "$out/train.txt"
  tail -c "+$((kept + 1))" -- "$1" > "$out/held-out.txt"
}

train() {
  local task=$1 name=$2
  shift 2
  "$tidegate" train "$task" --out "$out/$name.safetensors" --log "$out/$name.jsonl" "$@"
}

evaluated() {
  local name=$1 file=$2
  shift 2
  "$tidegate" evaluate --model "$out/$name.safetensors" --data "$file" --json "$@" | tail -n 1
}

figure() {
  awk -v name="$1" -v json="$2" 'BEGIN {
    if (!match(json, "\"" name "\":-?[0-9.eE+-]+")) { print "no figure " name " in " json > "/dev/stderr"; exit 1 }
    print substr(json, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
  }'
}

interval() {
  local low high # assigned apart, so that a figure that is missing ends the script
  low=$(figure "$1_low" "$2")
  high=$(figure "$1_high" "$2")
  printf '"%s_low":%.4f,"%s_high":%.4f,' "$3" "$low" "$3" "$high"
}

seconds() { figure seconds "$(grep '"event":"end"' "$out/$1.jsonl" | tail -n 1)"; }
memory() { figure peak_memory_mb "$(grep '"event":"end"' "$out/$1.jsonl" | tail -n 1)"; }

mean() { awk 'BEGIN { for (i = 1; i < ARGC; i++) sum += ARGV[i]; print sum / (ARGC - 1) }' "$@"; }
median() { printf '%s\n' "$@" | LC_ALL=C sort -g | awk '{ x[NR] = $1 } END { print NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2 }'; }

holds() { awk "BEGIN { print ($1) ? \"true\" : \"false\" }"; }
