/* One model: a playground, its traffic, what it takes and gives, and how to call it. */

import { address, hasToken } from './api.js';
import { curl } from './curl.js';
import { copyButton, h } from './dom.js';
import { fileInput } from './example.js';
import { stateOf, workOf } from './models.js';
import { playground } from './playground.js';
import { tensors } from './tasks/tensors.js';
import { traffic } from './traffic.js';

const LINES = 24; // of a property that are shown

/** Shows a model; the view is updated after each look at the statistics, and closed when another takes its place. */
export function showModel(main, model, seconds) {
  const busy = traffic(seconds);
  const plays = [];
  const parts = [heading(model)];
  if (model.metadata) {
    const own = playground(model);
    const raw = own && !ofFiles(model) ? tensors(model) : null;
    const first = own ?? tensors(model);
    plays.push(first, raw);
    parts.push(h('section', { class: 'panel play', 'aria-labelledby': 'play-title' }, h('h3', { id: 'play-title' }, 'Try it'), first.form));
    parts.push(busy.section, interfacePanel(model), curlPanel(model));
    if (raw) {
      parts.push(h('details', { class: 'panel' }, h('summary', {}, 'Send a request of your own'), raw.form));
    }
  } else if (model.state === 'READY') {
    parts.push(h('p', { class: 'muted', role: 'status' }, 'Asking what it takes and gives…'));
  } else {
    parts.push(h('p', { class: 'wrong' }, model.reason || 'It is not ready, and takes no requests.'));
  }
  main.replaceChildren(...parts);
  return {
    model,
    metadata: model.metadata,
    state: model.state,
    update: () => busy.update(model),
    close: () => plays.forEach((each) => each?.abort()),
  };
}

/** Whether what a model takes cannot be written down. */
function ofFiles(model) {
  return ['audio', 'image'].includes(fileInput(model)?.name);
}

function heading(model) {
  const about = [workOf(model), model.version && `version ${model.version}`, model.metadata?.properties?.precision];
  return h('div', { class: 'title' },
    h('a', { class: 'back', href: '#/' }, '← All models'),
    h('h2', {}, h('span', { dir: 'auto' }, model.name), h('span', { class: 'state', 'data-state': model.state }, stateOf(model))),
    h('p', { class: 'muted' }, about.filter(Boolean).join(' · ')));
}

function interfacePanel(model) {
  const { inputs, outputs, properties = {} } = model.metadata;
  const rest = Object.entries(properties).filter(([name]) => name !== 'task');
  return h('section', { class: 'panel', 'aria-labelledby': 'interface-title' }, h('h3', { id: 'interface-title' }, 'Inputs and outputs'),
    h('div', { class: 'halves' }, tensorTable('Inputs', inputs), tensorTable('Outputs', outputs)),
    rest.length ? h('dl', { class: 'properties' }, rest.map(([name, value]) => h('div', {}, h('dt', {}, name.replaceAll('_', ' ')),
      h('dd', { dir: 'auto' }, property(value))))) : null);
}

function property(value) {
  const lines = value.split('\n');
  return lines.slice(0, LINES).join(', ') + (lines.length > LINES ? ` and ${lines.length - LINES} more` : '');
}

function tensorTable(caption, tensors) {
  return h('table', {}, h('caption', {}, caption),
    h('thead', {}, h('tr', {}, ['Name', 'Type', 'Shape'].map((text) => h('th', { scope: 'col' }, text)))),
    h('tbody', {}, tensors.map((tensor) => h('tr', {}, h('th', { scope: 'row' }, h('code', {}, tensor.name)),
      h('td', {}, tensor.datatype), h('td', {}, `[${tensor.shape.map((size) => size < 0 ? 'any' : size).join(', ')}]`)))));
}

function curlPanel(model) {
  const command = curl(model, address, hasToken());
  return h('section', { class: 'panel', 'aria-labelledby': 'curl-title' },
    h('div', { class: 'panel-head' }, h('h3', { id: 'curl-title' }, 'From a shell'), copyButton(() => command)),
    h('pre', { tabindex: '0', 'aria-label': 'a call with curl' }, h('code', {}, command)));
}
