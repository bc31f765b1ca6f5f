#!/usr/bin/env bash
# Forecast quality of small simulated series, with the defaults of tidegate train forecast: never much worse than a linear baseline?
#
#   benchmarks/quality/series.sh [SEEDS [FIRST [GENERATOR...]]]
#
# Of each generator (all unless some are named) so many series (12, 132 in all), of 60, 100, 150, 250 and 400 points in turn:
#   trend           a line and autoregressive noise, daily
#   season-7        a week's pattern and autoregressive noise, daily
#   season-24       two sines of a day and autoregressive noise, hourly
#   season-12       a year's pattern and autoregressive noise, monthly
#   trend-season    the same on a line, monthly
#   multiplicative  growth, a year's pattern and noise, multiplied, monthly
#   random-walk     the last value and noise, daily
#   setar           a threshold autoregression: two lines of the last value, below 0 and above, and noise (knowing them: 0.83 times the RMSE
#                   of the best baseline in the median)
#   logistic        the logistic map at a rate of 3.6 to 3.95, measured with a little noise
#   henon           the map of Henon, of two values, measured with a little noise (knowing it: 0.07)
#   exponential     an exponential autoregression (Haggan and Ozaki 1981): two values, whose weights depend on the last one's size, and
#                   noise (knowing it: 0.68)
# Seeds count from FIRST (1000). All that the library does by default was chosen on seeds below 100, never on those from 1000 on.
# The model learns from the first 80 % and forecasts one step after each moment of the rest, at least 12. Its RMSE is divided by that of the
# best, afterwards, of the last value, the value a season before, and a linear autoregression that is fitted by least squares on the same
# part. A line for each series, the median and the 95th percentile for each generator with the share of truths in the intervals of 90 %,
# and as the last line of the output one JSON object. To reach: over all a median of at most 1.0 and a 95th percentile of at most 1.15, a
# median of at most 0.9 of the last four, and intervals that hold 85 to 95 %. All in one process, on one thread.
set -euo pipefail
folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$folder/../.." && pwd)
[ $# -eq 0 ] && set -- 12
[ $# -eq 1 ] && set -- "$1" 1000
"$root/tidegate" --version > /dev/null # builds
exec java -cp "$root/modules/cli/target/tidegate-cli.jar:$root/modules/cli/target/lib/*" "$folder/SeriesQuality.java" "$@"
