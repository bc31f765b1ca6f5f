/* Filling in: a sentence with a gap, and the words that fit. */

import { infer, textInput } from '../api.js';
import { bench, textArea, written } from '../bench.js';
import { bars } from '../chart.js';
import { field } from '../dom.js';
import { percent } from '../words.js';

/** The playground of a fill-in model. */
export function fill(model) {
  const { gap } = model.metadata.properties;
  const text = textArea(`A sentence with one gap: the cat sat on the ${gap}`, 2);

  async function run({ signal, show }) {
    const outputs = await infer(model, { inputs: [textInput('text', written(text, 'a sentence'))] }, signal);
    const probabilities = outputs.get('probability').data;
    show(bars(outputs.get('word').data.map((word, i) => ({
      label: word, share: probabilities[i], text: percent(probabilities[i]), strong: i === 0,
    })), 'words for the gap and their probabilities'));
  }

  return bench({ fields: [field('Text', text, `${gap} stands for the word that is missing`)], button: 'Fill in', run });
}
