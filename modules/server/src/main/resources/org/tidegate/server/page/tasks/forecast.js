/* Forecasts: a series as CSV, and how it goes on. */

import { infer, textInput } from '../api.js';
import { bench, dropZone, textArea, written } from '../bench.js';
import { chart, roundRange } from '../chart.js';
import { column, readCsv, texts } from '../csv.js';
import { field, h } from '../dom.js';
import { alike, many, number } from '../words.js';

const PAST = 2; // steps of the past that are shown for each step that is forecast, at least
const LEAST = 48;
const ISO = /^\d{4}-\d{2}/;

/** The playground of a forecaster. */
export function forecast(model) {
  const { properties } = model.metadata;
  const timeColumns = list(properties.time);
  const csv = textArea(`${[...timeColumns, ...list(properties.columns)].join(',')}\n…`, 8);
  csv.classList.add('code');
  const apart = properties.step ? `, ${withArticle(properties.step)} apart` : '';
  const hint = `CSV: a line of names, then at least ${many(Number(properties.window), 'moment')}${apart}, the oldest first`;
  const zone = dropZone({ label: 'A CSV file', accept: '.csv,text/csv,text/plain', chosen: async (file) => {
    csv.value = await file.text();
    frame.perform();
  } });

  async function run({ signal, show }) {
    const text = written(csv, 'or drop a series');
    const outputs = await infer(model, { inputs: [textInput('series', text)] }, signal);
    const series = readCsv(text);
    const before = texts(series, timeColumns);
    if (ISO.test(before[0]) && before[0] > before[before.length - 1]) { // the server reads it from its end, too
      series.rows.reverse();
      before.reverse();
    }
    const [, steps, targets] = outputs.get('forecast').shape;
    const after = outputs.get('times').data.slice(0, steps);
    show(...list(properties.targets).map((name, target) => {
      const pick = (output) => outputs.get(output)?.data.slice(0, steps * targets).filter((_, i) => i % targets === target);
      return drawn(name, { past: column(series, name), future: pick('forecast'), lower: pick('lower'), upper: pick('upper') },
        { before, after }, properties.interval);
    }));
  }

  const frame = bench({ fields: [zone, field('Series', csv, hint)], button: 'Forecast', run });
  return frame;
}

/** A step in words: a day, an hour, 15 minutes. */
function withArticle(step) {
  return /^\d/.test(step) ? step : `${step.startsWith('h') ? 'an' : 'a'} ${step}`;
}

function list(lines) {
  return lines ? lines.split('\n') : [];
}

function drawn(name, { past, future, lower, upper }, { before, after }, interval) {
  const known = past.slice(-Math.max(LEAST, PAST * future.length));
  const now = Math.max(0, known.length - 1);
  const end = now + future.length;
  const all = [...known, ...future, ...lower ?? [], ...upper ?? []].filter((value) => value !== null && value !== undefined);
  const { from, to, ticks } = roundRange(Math.min(...all), Math.max(...all));
  const last = known[now];
  const hasLast = last !== undefined && last !== null;
  const ahead = future.map((value, i) => [now + 1 + i, value]);
  const band = lower && upper ? [{ points: [...hasLast ? [[now, last, last]] : [],
    ...lower.map((low, i) => [now + 1 + i, low, upper[i]])] }] : [];
  const first = before.length ? before[before.length - known.length] : '';
  return h('div', {}, h('h4', {}, h('bdi', {}, name), after[0] ? `, from ${after[0]} to ${after[future.length - 1]}` : ''), chart({
    label: `${name}: the past, and a forecast from ${number(future[0])} to ${number(future[future.length - 1])}`,
    x: { from: 0, to: end, labels: [[0, first || `−${now}`], [now, first ? '' : 'now'], [end, after[future.length - 1] || `+${future.length}`]] },
    y: { from, to, ticks, text: number },
    bands: band,
    marks: [now],
    lines: [{ points: known.map((value, i) => value === null ? null : [i, value]), kind: 'past' },
      { points: hasLast ? [[now, last], ...ahead] : ahead }],
  }), h('ul', { class: 'keys' }, h('li', { class: 'past' }, before.length ? `given, until ${before[before.length - 1]}` : 'given'),
    h('li', {}, 'forecast'),
    band.length ? h('li', { class: 'band' }, interval ? `interval of ${number(100 * interval)} %` : 'interval') : null),
  values(future, lower, upper, after));
}

function values(future, lower, upper, times) {
  const text = alike([...future, ...lower ?? [], ...upper ?? []]);
  const heads = [times[0] ? 'Time' : 'Step', 'Forecast', ...lower && upper ? ['From', 'To'] : []];
  return h('details', {}, h('summary', {}, 'The numbers'), h('div', { class: 'scroll', tabindex: 0 }, h('table', { class: 'values' },
    h('thead', {}, h('tr', {}, heads.map((text) => h('th', { scope: 'col' }, text)))),
    h('tbody', {}, future.map((value, i) => h('tr', {}, h('th', { scope: 'row' }, times[i] || `+${i + 1}`),
      [value, ...lower && upper ? [lower[i], upper[i]] : []].map((each) => h('td', {}, text(each)))))))));
}
