#!/usr/bin/env bash
# Caption quality: handwritten digits in words, one alone and two or three side by side.
#
#   benchmarks/quality/caption.sh DATA_FOLDER [OUT_FOLDER]
#
# DATA_FOLDER/mnist-digits holds images-idx3-ubyte.gz and labels-idx1-ubyte.gz: 7000 digits of 28 x 28 pixels. The first 6000 are
# learned from, the last 1000 are the test part. The last line of the output is one JSON object. Both models are judged by their last
# step.
#
# One digit: 784 pixels, linear and tanh, a GRU of 128; its caption must be right for 0.945 of the test images. Two or three: 2352
# pixels, a GRU of 256, 30 000 rows of two or three digits drawn from the first 6000 and 1000 from the last 1000, narrower ones filled
# up with background; the whole caption must be right for 0.80. Both shift an image by up to one pixel whenever they learn from it.
# PyTorch 2.13 with these sizes: 0.952 and 0.807.
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
quality_start caption "$@"
images=$data/mnist-digits/images-idx3-ubyte.gz
labels=$data/mnist-digits/labels-idx1-ubyte.gz
need "$images" "$labels"

# int N...: big-endian int32
int() {
  local n hex
  for n in "$@"; do
    printf -v hex %08x "$n"
    printf "\\x${hex:0:2}\\x${hex:2:2}\\x${hex:4:2}\\x${hex:6:2}"
  done
}
# bytes FILE SKIP COUNT: some bytes of a packed file
bytes() { gunzip -c -- "$1" > "$out/unpacked" && tail -c "+$(($2 + 1))" -- "$out/unpacked" | head -c "$3"; }
# part NAME FIRST COUNT: some of the digits as a folder of IDX files
part() {
  mkdir -p -- "$out/$1"
  { int 2051 "$3" 28 28 && bytes "$images" $((16 + 784 * $2)) $((784 * $3)); } > "$out/$1/images"
  { int 2049 "$3" && bytes "$labels" $((8 + $2)) "$3"; } > "$out/$1/labels"
  rm -f -- "$out/unpacked"
}
set +o pipefail # head ends before tail
part train 0 6000
part test 6000 1000
set -o pipefail


train caption one --data "$out/train" --valid 0 --digits 1 --hidden 128 --embedding 64 --dropout 0.2 --shift 1 \
  --optimizer adamw --lr 3e-3 --schedule cosine --clip 1 --batch 32 --epochs 20 --every 20 --seed 1
train caption several --data "$out/train" --valid 0 --digits 2-3 --count 30000 --hidden 256 --embedding 64 --dropout 0.2 --shift 1 \
  --optimizer adamw --lr 3e-3 --schedule cosine --clip 1 --batch 64 --epochs 12 --every 12 --seed 1
figures_one=$(evaluated one "$out/test") figures_several=$(evaluated several "$out/test")
one=$(figure exact "$figures_one") several=$(figure exact "$figures_several")
peak=$(printf '%s\n' "$(memory one)" "$(memory several)" | LC_ALL=C sort -g | tail -n 1)
reached=$(holds "$one >= 0.945 && $several >= 0.80 && $peak < 2000")

printf '{"benchmark":"caption mnist-digits","exact_one":%.4f,"limit_one":0.945,"seconds_one":%.0f,' "$one" "$(seconds one)"
interval exact "$figures_one" exact_one
interval exact "$figures_several" exact_several
printf '"exact_several":%.4f,"limit_several":0.80,"seconds_several":%.0f,"peak_memory_mb":%.0f,"reached":%s,"version":"%s"}\n' \
  "$several" "$(seconds several)" "$peak" "$reached" "$version"
[ "$reached" = true ]
