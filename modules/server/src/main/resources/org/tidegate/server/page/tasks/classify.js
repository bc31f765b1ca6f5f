/* Classification: a text, and the probabilities of its labels. */

import { infer, textInput } from '../api.js';
import { bench, textArea, written } from '../bench.js';
import { bars } from '../chart.js';
import { field, h } from '../dom.js';
import { many, percent } from '../words.js';

const SHOWN = 10;

/** The playground of a classifier. */
export function classify(model) {
  const labels = model.metadata.properties.labels.split('\n');
  const severalHold = model.metadata.properties.multi_label === 'true';
  const text = textArea('A text to be labelled');

  async function run({ signal, show }) {
    const outputs = await infer(model, {
      inputs: [textInput('text', written(text, 'a text'))], outputs: [{ name: 'probabilities' }],
    }, signal);
    const found = outputs.get('probabilities').data.map((probability, i) => ({ label: labels[i], probability }))
      .sort((one, other) => other.probability - one.probability);
    const holds = (each, i) => severalHold ? each.probability >= 0.5 : i === 0;
    show(bars(found.slice(0, SHOWN).map((each, i) => ({
      label: each.label, share: each.probability, text: percent(each.probability), strong: holds(each, i),
    })), 'labels and their probabilities'),
    found.length > SHOWN ? h('p', { class: 'muted' }, `and ${many(found.length - SHOWN, 'label')} that are less likely`) : '');
  }

  return bench({ fields: [field('Text', text)], button: 'Classify', run });
}
