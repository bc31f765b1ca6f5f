/* Language models: a text goes on, piece by piece as it is made. */

import { generate } from '../api.js';
import { bench, numberOf, textArea, written } from '../bench.js';
import { field, h } from '../dom.js';

/** The playground of a language model. */
export function lm(model) {
  const prompt = textArea('The beginning of a text');
  const length = h('input', { type: 'number', min: 1, max: 4096, step: 1, value: 200 });
  const temperature = h('input', { type: 'number', min: 0, max: 5, step: 0.1, value: 0.7 });
  const topP = h('input', { type: 'number', min: 0.05, max: 1, step: 0.05, value: 1 });

  async function run({ signal, show }) {
    const request = {
      text_input: written(prompt, 'a beginning'),
      parameters: {
        max_tokens: numberOf(length, 'Length'), temperature: numberOf(temperature, 'Temperature'), top_p: numberOf(topP, 'Top-p'),
      },
    };
    const made = document.createTextNode('');
    show(h('p', { class: 'generated', dir: 'auto' }, h('span', { class: 'muted' }, request.text_input), made));
    for await (const piece of generate(model, request, signal)) {
      made.data += piece.text_output ?? '';
    }
  }

  return bench({
    fields: [field('Prompt', prompt), h('div', { class: 'row' }, field('Length', length, 'tokens, at most'),
      field('Temperature', temperature, '0 takes the likeliest'), field('Top-p', topP, 'the likeliest, up to this share'))],
    button: 'Generate', isLong: true, run,
  });
}
