/* Charts: lines and bands in SVG that stretches, with labels in HTML beside it. */

import { h, svg } from './dom.js';

const WIDTH = 1000;
const HEIGHT = 300;

/** The least round number (1, 2 or 5 with zeros) that is not below another. */
export function roundAbove(value) {
  if (!(value > 0)) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999999);
}

/** Round bounds around numbers, and the lines between them. */
export function roundRange(least, most) {
  const step = roundAbove((most - least || Math.abs(most) || 1) / 4);
  const from = Math.floor(least / step + 1e-9) * step;
  const to = Math.max(from + step, Math.ceil(most / step - 1e-9) * step);
  const ticks = [];
  for (let tick = from; tick <= to + step / 2; tick += step) {
    ticks.push(Number(tick.toPrecision(12)));
  }
  return { from, to, ticks };
}

/** Paths through points [x, y]; null is a gap. A point without neighbours is a dot. */
function paths(points, x, y, kind = '') {
  let line = '';
  let dots = '';
  points.forEach((point, i) => {
    if (point) {
      const at = `${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`;
      if (!points[i - 1] && !points[i + 1]) {
        dots += `M${at}h0.01`;
      } else {
        line += points[i - 1] ? `L${at}` : `M${at}`;
      }
    }
  });
  return [svg('path', { class: `line ${kind}`, d: line }), dots ? svg('path', { class: 'dots', d: dots }) : null];
}

function scale(from, to, size, flipped) {
  const span = to - from || 1;
  return (value) => flipped ? size - (size * (value - from)) / span : (size * (value - from)) / span;
}

/** A small line without axes: numbers, null where there is none. */
export function sparkline(values, label) {
  const most = Math.max(...values.map((value) => value ?? 0));
  const x = scale(0, values.length - 1, WIDTH);
  const y = scale(0, most || 1, HEIGHT - 20, true);
  const points = values.map((value, i) => value === null ? null : [i, value]);
  return svg('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    svg('path', { class: 'base', d: `M0 ${HEIGHT - 2}H${WIDTH}` }),
    paths(points, x, (value) => y(value) + 10));
}

/**
 * A chart of lines.
 *
 * label: what it shows, in words
 * x: {from, to, labels: [[where, text]] that stand below}
 * y: {from, to, ticks, text: number -> text}
 * lines: [{points: [[x, y] or null], kind}]
 * bands: [{points: [[x, low, high]], kind}]
 * spans: [{from, to}] along x
 * marks: [where] along x
 */
export function chart({ label, x, y, lines = [], bands = [], spans = [], marks = [], height }) {
  const across = scale(x.from, x.to, WIDTH);
  const up = scale(y.from, y.to, HEIGHT, true);
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    y.ticks.map((tick) => svg('path', { class: 'grid', d: `M0 ${up(tick).toFixed(1)}H${WIDTH}` })),
    spans.map(({ from, to }) => svg('rect', {
      class: 'span', x: across(from), y: 0, width: Math.max(1, across(to) - across(from)), height: HEIGHT,
    })),
    marks.map((where) => svg('path', { class: 'mark', d: `M${across(where).toFixed(1)} 0V${HEIGHT}` })),
    bands.map((band) => svg('path', { class: `band ${band.kind ?? ''}`, d: area(band.points, across, up) })),
    lines.map((line) => paths(line.points, across, up, line.kind)));
  const labels = h('div', { class: 'ticks', 'aria-hidden': 'true' }, y.ticks.map((tick) => placed(h('span', {}, y.text(tick)),
    1 - (tick - y.from) / (y.to - y.from || 1))));
  const figure = h('div', { class: 'chart' }, labels, h('div', { class: 'plot' }, picture),
    h('div', { class: 'below', 'aria-hidden': 'true' },
      x.labels.map(([where, text]) => placed(h('span', {}, text), across(where) / WIDTH))));
  if (height) {
    figure.style.setProperty('--height', height);
  }
  return figure;
}

function placed(element, share) {
  element.style.setProperty('--at', String(share));
  return element;
}

function area(points, x, y) {
  if (points.length === 0) {
    return '';
  }
  const upper = points.map((point) => `${x(point[0]).toFixed(1)} ${y(point[2]).toFixed(1)}`);
  const lower = points.map((point) => `${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`).reverse();
  return `M${upper.concat(lower).join('L')}Z`;
}

/** A list of bars: [{label, share of the width from 0 to 1, text, strong}]. */
export function bars(items, label) {
  return h('ol', { class: 'bars', 'aria-label': label }, items.map((item) => {
    const fill = h('span', { class: 'fill' });
    fill.style.setProperty('--share', String(Math.min(1, Math.max(0, item.share))));
    return h('li', { class: item.strong ? 'strong' : null },
      h('span', { class: 'bar-label', dir: 'auto' }, item.label),
      h('span', { class: 'track', 'aria-hidden': 'true' }, fill),
      h('span', { class: 'bar-value' }, item.text));
  }));
}
