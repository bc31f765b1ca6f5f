/* What a model has done, as figures and charts that move. */

import { bars, chart, roundAbove } from './chart.js';
import { h, say } from './dom.js';
import { ago, bytes, count, digits, time } from './words.js';

const PARTS = [['queue', 'waiting'], ['compute_input', 'reading'], ['compute_infer', 'inference'], ['compute_output', 'writing']];

/** The section of a model's statistics; update(model) after each look at them. */
export function traffic(seconds) {
  const latency = h('div');
  const figures = h('dl', { class: 'numbers' });
  const parts = h('div');
  const batches = h('div');
  const latest = h('p', { class: 'muted' });
  const section = h('section', { class: 'panel', 'aria-labelledby': 'traffic-title' },
    h('h3', { id: 'traffic-title' }, 'Traffic'), figures, h('h4', {}, 'Latency, mean of each moment'), latency, latest,
    h('div', { class: 'halves' },
      h('div', {}, h('h4', {}, 'Where the time goes'), parts),
      h('div', {}, h('h4', {}, 'Batch sizes'), batches)));

  function update(model) {
    const { history } = model;
    const statistics = history.statistics;
    figures.replaceChildren(...[
      ['requests', count(history.requests)],
      ['errors', count(history.errors)],
      ['mean latency', history.mean === null ? '–' : time(history.mean)],
      ['a second, now', history.rate === 0 ? '0' : digits(history.rate)],
      ['of native memory', bytes((statistics?.memory_usage ?? []).reduce((sum, each) => sum + each.byte_size, 0))],
    ].map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
    latency.replaceChildren(latencyChart(history.latencies, seconds));
    say(latest, statistics?.last_inference ? `Last used ${ago(statistics.last_inference)}.` : 'Not used yet.');
    parts.replaceChildren(timeParts(statistics));
    batches.replaceChildren(batchSizes(statistics?.batch_stats ?? []));
  }
  return { section, update };
}

function latencyChart(latencies, seconds) {
  const known = latencies.filter((value) => value !== null);
  const most = roundAbove(known.length ? Math.max(...known) : 1e6);
  const span = Math.round((latencies.length * seconds) / 60);
  const last = known.length ? `; the last was ${time(known[known.length - 1])}` : '; there were no requests';
  const drawn = chart({
    label: `Latency during the last ${span} minutes${last}`,
    x: { from: 0, to: latencies.length - 1, labels: [[0, `${span} min ago`], [latencies.length - 1, 'now']] },
    y: { from: 0, to: most, ticks: [0, most / 2, most], text: (value) => value === 0 ? '0' : time(value) },
    lines: [{ points: latencies.map((value, i) => value === null ? null : [i, value]) }],
    height: '9rem',
  });
  if (known.length === 0) {
    drawn.querySelector('.plot').append(h('p', { class: 'nothing' }, `no requests seen in the last ${span} minutes`));
  }
  return drawn;
}

function timeParts(statistics) {
  const means = PARTS.map(([key, label]) => {
    const part = statistics?.inference_stats?.[key];
    return { label, mean: part?.count ? part.ns / part.count : 0 };
  });
  const all = means.reduce((sum, each) => sum + each.mean, 0);
  return all === 0 ? h('p', { class: 'muted' }, 'No requests yet.')
    : bars(means.map((each) => ({ label: each.label, share: each.mean / all, text: time(each.mean) })),
      'mean time of each part of a request');
}

function batchSizes(batches) {
  const most = Math.max(...batches.map((each) => each.compute_infer.count));
  return batches.length === 0 ? h('p', { class: 'muted' }, 'No batches yet.')
    : bars(batches.slice(0, 12).map((each) => ({
      label: String(each.batch_size), share: each.compute_infer.count / most, text: `${count(each.compute_infer.count)} ×`,
    })), 'runs of each batch size');
}
