/* Tagging: the words of a text, coloured by their tags. */

import { infer, textInput } from '../api.js';
import { bench, textArea, written } from '../bench.js';
import { field, h } from '../dom.js';

const GOLDEN_ANGLE = 137.508; // neighbours in the list get colours far apart
const NONE = 'O';

/** The playground of a tagger. */
export function tag(model) {
  const known = (model.metadata.properties.tags ?? '').split('\n').filter(Boolean);
  const text = textArea('A sentence to be tagged');

  async function run({ signal, show }) {
    const outputs = await infer(model, { inputs: [textInput('text', written(text, 'a sentence'))] }, signal);
    const tokens = outputs.get('tokens').data;
    const tags = outputs.get('tags').data;
    const kinds = [...new Set([...known, ...tags].map(kind))];
    const used = kinds.filter((each) => each !== NONE && tags.some((found) => kind(found) === each));
    show(h('p', { class: 'tagged', dir: 'auto' }, tokens.map((token, i) => [word(token, tags[i], kinds), ' '])),
      h('ul', { class: 'legend', 'aria-label': 'tags' }, used.map((each) => coloured(h('li', {}, each,
        h('span', { class: 'times' }, ` ${tags.filter((found) => kind(found) === each).length}`)), each, kinds))));
  }

  return bench({ fields: [field('Text', text)], button: 'Tag', run });
}

/** What spans of several words have in common: B-PER and I-PER are both PER. */
function kind(tag) {
  return tag.replace(/^[BIES]-/, '');
}

function word(token, tag, kinds) {
  const shown = h('span', { class: 'word' }, h('span', {}, token), h('span', { class: 'word-tag' }, tag));
  return kind(tag) === NONE ? shown : coloured(shown, kind(tag), kinds);
}

function coloured(element, kind, kinds) {
  element.classList.add('hued');
  element.style.setProperty('--hue', String((200 + GOLDEN_ANGLE * kinds.indexOf(kind)) % 360));
  return element;
}
