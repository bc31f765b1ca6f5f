/* Forecasts: a series as CSV, and how it goes on. */

import { infer, textInput } from '../api.js';
import { bench, dropZone, textArea, written } from '../bench.js';
import { chart, roundRange } from '../chart.js';
import { column, readCsv } from '../csv.js';
import { field, h } from '../dom.js';
import { number } from '../words.js';

const PAST = 2; // steps of the past that are shown for each step that is forecast, at least
const LEAST = 48;

/** The playground of a forecaster. */
export function forecast(model) {
  const { properties } = model.metadata;
  const csv = textArea(`${properties.columns.replaceAll('\n', ',')}\n…`, 8);
  csv.classList.add('code');
  const hint = `CSV: a line of names, then at least ${properties.window} moments, the oldest first`;
  const zone = dropZone({ label: 'A CSV file', accept: '.csv,text/csv,text/plain', chosen: async (file) => {
    csv.value = await file.text();
    frame.perform();
  } });

  async function run({ signal, show }) {
    const text = written(csv, 'or drop a series');
    const outputs = await infer(model, { inputs: [textInput('series', text)] }, signal);
    const series = readCsv(text);
    const [, steps, targets] = outputs.get('forecast').shape;
    const names = properties.targets.split('\n');
    show(...names.map((name, target) => {
      const pick = (output) => outputs.get(output)?.data.slice(0, steps * targets).filter((_, i) => i % targets === target);
      return drawn(name, column(series, name), pick('forecast'), pick('lower'), pick('upper'), outputs.get('times')?.data ?? []);
    }));
  }

  const frame = bench({ fields: [zone, field('Series', csv, hint)], button: 'Forecast', run });
  return frame;
}

function drawn(name, past, future, lower, upper, times) {
  const known = past.slice(-Math.max(LEAST, PAST * future.length));
  const now = known.length - 1;
  const all = [...known, ...future, ...lower ?? [], ...upper ?? []].filter((value) => value !== null && value !== undefined);
  const { from, to, ticks } = roundRange(Math.min(...all), Math.max(...all));
  const last = known[now];
  const ahead = future.map((value, i) => [now + 1 + i, value]);
  const band = lower && upper ? [{ points: [...last === undefined || last === null ? [] : [[now, last, last]],
    ...lower.map((low, i) => [now + 1 + i, low, upper[i]])] }] : [];
  return h('div', {}, h('h4', {}, h('bdi', {}, name), times[0] ? `, from ${times[0]} to ${times[future.length - 1]}` : ''), chart({
    label: `${name}: the past, and a forecast from ${number(future[0])} to ${number(future[future.length - 1])}`,
    x: { from: 0, to: now + future.length, labels: [[0, `−${now}`], [now, 'now'], [now + future.length, `+${future.length}`]] },
    y: { from, to, ticks, text: number },
    bands: band,
    lines: [{ points: known.map((value, i) => value === null ? null : [i, value]), kind: 'past' },
      { points: last === undefined || last === null ? ahead : [[now, last], ...ahead] }],
  }), values(future, lower, upper, times));
}

function values(future, lower, upper, times) {
  const heads = ['', 'Forecast', ...lower && upper ? ['From', 'To'] : []];
  return h('details', {}, h('summary', {}, 'The numbers'), h('div', { class: 'scroll', tabindex: 0 }, h('table', { class: 'values' },
    h('thead', {}, h('tr', {}, heads.map((text) => h('th', { scope: 'col' }, text)))),
    h('tbody', {}, future.map((value, i) => h('tr', {}, h('th', { scope: 'row' }, times[i] || `+${i + 1}`),
      [value, ...lower && upper ? [lower[i], upper[i]] : []].map((each) => h('td', {}, number(each)))))))));
}
