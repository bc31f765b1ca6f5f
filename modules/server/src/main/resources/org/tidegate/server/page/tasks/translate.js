/* Translation: a sentence in another language, and which words it comes from. */

import { infer, textInput } from '../api.js';
import { bench, textArea, written } from '../bench.js';
import { field, h } from '../dom.js';
import { percent } from '../words.js';

/** The playground of a translator. */
export function translate(model) {
  const text = textArea('A sentence to be translated');
  const named = model.metadata.outputs.map((output) => output.name);

  async function run({ signal, show }) {
    const outputs = await infer(model, {
      inputs: [textInput('text', written(text, 'a sentence'))], outputs: named.map((name) => ({ name })),
    }, signal);
    show(h('p', { class: 'result-text', dir: 'auto' }, outputs.get('translation').data[0]),
      h('p', { class: 'muted' }, `The probability of a word is ${percent(Math.exp(outputs.get('score').data[0]))}, in the geometric mean.`),
      ...attention(outputs, text.value));
  }

  return bench({ fields: [field('Text', text)], button: 'Translate', run });
}

function attention(outputs, text) {
  const weights = outputs.get('attention');
  if (!weights?.data.length) {
    return [];
  }
  const [rows, columns] = weights.shape.slice(-2);
  const source = padded(text.trim().split(/\s+/), columns);
  const target = padded(outputs.get('translation').data[0].split(' '), rows);
  return [h('h4', {}, 'Where each word looks'), heatMap(source, target, (row, col) => weights.data[row * columns + col])];
}

function padded(words, count) {
  return Array.from({ length: count }, (_, i) => words[i] ?? '·');
}

function heatMap(source, target, weight) {
  return h('div', { class: 'scroll', tabindex: 0 }, h('table', { class: 'attention' },
    h('thead', {}, h('tr', {}, h('td'), source.map((word) => h('th', { scope: 'col' }, h('span', { dir: 'auto' }, word))))),
    h('tbody', {}, target.map((word, row) => h('tr', {}, h('th', { scope: 'row', dir: 'auto' }, word), source.map((from, col) => {
      const share = weight(row, col);
      const cell = h('td', { title: `${word} from ${from}: ${percent(share)}` }, h('span', { class: 'unseen' }, percent(share)));
      cell.style.setProperty('--weight', String(share));
      return cell;
    }))))));
}
