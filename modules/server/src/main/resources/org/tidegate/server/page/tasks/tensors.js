/* Any model: a request in JSON, and the tensors that come back. */

import { infer } from '../api.js';
import { bench } from '../bench.js';
import { field, h } from '../dom.js';
import { exampleRequest } from '../example.js';
import { number } from '../words.js';

const ROWS = 24;
const COLUMNS = 16;

/** The playground of tensors. */
export function tensors(model) {
  const request = h('textarea', { rows: 10, spellcheck: 'false', autocapitalize: 'off', class: 'code' });
  request.value = shown(exampleRequest(model));

  async function run({ signal, show }) {
    let asked;
    try {
      asked = JSON.parse(request.value);
    } catch (failure) {
      throw new Error(`This is no JSON: ${failure.message}`);
    }
    const outputs = await infer(model, asked, signal);
    show(...[...outputs.values()].map(tensor));
  }

  return bench({ fields: [field('Request', request, 'data is flat, row after row, or nested')], button: 'Send', run });
}

/** JSON with the numbers of a tensor side by side. */
function shown(request) {
  const inputs = request.inputs.map((each) => {
    const { data, ...head } = each;
    return `    ${JSON.stringify(head).slice(0, -1)},\n     "data":${JSON.stringify(data)}}`;
  });
  return `{\n  "inputs":[\n${inputs.join(',\n')}\n  ]\n}`;
}

function tensor(output) {
  const shape = output.shape.join(', ');
  return h('div', { class: 'tensor' },
    h('p', {}, h('code', {}, output.name), ' ', h('span', { class: 'muted' }, `${output.datatype} [${shape}]`)),
    output.data ? table(output) : h('p', { class: 'muted' }, 'This type has no form in JSON; ask for it in binary.'));
}

function table({ shape, data }) {
  const columns = shape.length > 1 ? shape[shape.length - 1] : Math.min(data.length, COLUMNS);
  const rows = columns === 0 ? 0 : Math.ceil(data.length / columns);
  const body = Array.from({ length: Math.min(rows, ROWS) }, (_, row) => h('tr', {},
    data.slice(row * columns, row * columns + Math.min(columns, COLUMNS)).map((value) => h('td', { dir: 'auto' },
      typeof value === 'number' ? number(value) : String(value))),
    shape.length > 1 && columns > COLUMNS ? h('td', { class: 'muted' }, '…') : null));
  return h('div', { class: 'scroll', tabindex: 0 }, h('table', { class: 'values' }, h('tbody', {}, body)),
    rows > ROWS ? h('p', { class: 'muted' }, `and ${rows - ROWS} rows more`) : null);
}
