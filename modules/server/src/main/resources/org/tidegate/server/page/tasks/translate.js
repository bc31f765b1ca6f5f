/* Translation: a sentence in another language, and which words it comes from. */

import { infer, textInput } from '../api.js';
import { bench, numberOf, textArea, written } from '../bench.js';
import { field, h, unique } from '../dom.js';
import { percent } from '../words.js';

const SHORT = ['translation', 'score'];
const LOOKS = ['source_tokens', 'target_tokens', 'attention'];
const END = '<eos>';

/** The playground of a translator. */
export function translate(model) {
  const text = textArea('A sentence to be translated');
  const beam = h('input', { type: 'number', min: 1, max: 32, step: 1, value: 1 });
  const looks = model.metadata.outputs.some((output) => output.name === 'attention');

  async function run({ signal, show }) {
    const outputs = await infer(model, {
      parameters: { beam: numberOf(beam, 'Beam') }, inputs: [textInput('text', written(text, 'a sentence'))],
      outputs: [...SHORT, ...looks ? LOOKS : []].map((name) => ({ name })),
    }, signal);
    const words = outputs.get('translation').data[0];
    show(h('p', { class: 'result-text', dir: 'auto' }, words || h('span', { class: 'muted' }, 'No word was found.')),
      h('p', { class: 'muted' }, `The probability of a word is ${percent(Math.exp(outputs.get('score').data[0]))}, in the geometric mean.`),
      ...looks ? attention(...LOOKS.map((name) => outputs.get(name).data)) : []);
  }

  return bench({
    fields: [field('Text', text), h('div', { class: 'row' }, field('Beam', beam, 'how many translations are followed side by side'))],
    button: 'Translate', run,
  });
}

/** The weights, a row for each word written and a column for each word read, as colours and as numbers. */
function attention(source, target, weights) {
  const shown = (word) => word === END ? h('span', { class: 'muted', dir: 'ltr' }, '(end)') : word;
  const about = h('p', { class: 'muted', id: unique('about') }, 'Where it looked: a row for each word written, a column for each word read, '
    + 'darker the more. Each row has 100 % in all.');
  const heads = source.map((word) => h('th', { scope: 'col', title: word }, h('span', { class: 'upright' }, shown(word))));
  const table = h('table', { class: 'attention', dir: 'auto', 'aria-labelledby': about.id }, h('thead', {}, h('tr', {}, h('td'), heads)),
    h('tbody', {}, target.map((word, row) => h('tr', {}, h('th', { scope: 'row', title: word }, shown(word)),
      source.map((from, column) => cell(word, from, weights[row * source.length + column]))))));
  return [about, h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-labelledby': about.id }, table)];
}

function cell(word, from, weight) {
  const whole = Math.round(100 * weight);
  const made = h('td', { title: `${word} from ${from}: ${percent(weight)}` },
    h('span', { class: whole === 0 ? 'unseen' : null }, whole));
  made.style.setProperty('--weight', String(weight));
  return made;
}
