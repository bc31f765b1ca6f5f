/* Numbers and times as people read them. */

const WHOLE = new Intl.NumberFormat('en');
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** A count: 1,204; 1.2M. */
export function count(number) {
  return number < 100000 ? WHOLE.format(number) : SHORT.format(number);
}

/** A count and its noun: 1 request, 2 requests. */
export function many(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** A time in nanoseconds with three digits and its unit. */
export function time(nanos) {
  for (const [unit, size] of [['s', 1e9], ['ms', 1e6], ['µs', 1e3]]) {
    if (nanos >= size) {
      return `${digits(nanos / size)} ${unit}`;
    }
  }
  return `${digits(nanos)} ns`;
}

/** A number with three digits that count. */
export function digits(number) {
  const size = Math.abs(number);
  return number.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** A number of any size, short: six digits that count. */
export function number(value) {
  return value === null ? '–' : String(Number(Number(value).toPrecision(6)));
}

/** Numbers of a table, each with so many decimals that the greatest has five digits that count. */
export function alike(values) {
  const most = Math.max(...values.map((value) => Math.abs(value ?? 0)));
  const decimals = most > 0 ? 4 - Math.floor(Math.log10(most)) : 0;
  return (value) => value === null || decimals < 0 || decimals > 8 ? number(value) : value.toFixed(decimals);
}

/** A probability in percent. */
export function percent(probability) {
  const hundred = 100 * probability;
  return hundred > 0 && hundred < 0.1 ? '<0.1 %' : `${hundred.toFixed(hundred >= 99.95 ? 0 : 1)} %`;
}

/** Bytes: 12.3 KB. */
export function bytes(size) {
  return size < 1000 ? `${size} bytes` : size < 1e6 ? `${digits(size / 1e3)} KB` : `${digits(size / 1e6)} MB`;
}

/** When something was, seen from now. */
export function ago(milliseconds) {
  const seconds = Math.max(0, (Date.now() - milliseconds) / 1000);
  const [size, unit] = seconds < 90 ? [1, 'second'] : seconds < 5400 ? [60, 'minute'] : seconds < 129600 ? [3600, 'hour'] : [86400, 'day'];
  return seconds < 2 ? 'just now' : `${many(Math.round(seconds / size), unit)} ago`;
}
