/* Transcription: speech, and what was said. */

import { inferFile } from '../api.js';
import { bench } from '../bench.js';
import { h } from '../dom.js';
import { play, readSound, soundFields, wave } from '../sound.js';

const RATE = 16000; // of recordings, where the model names none

/** The playground of a transcriber. */
export function transcribe(model) {
  let file = null;
  const fields = soundFields(Number(model.metadata.properties.rate) || RATE, (chosen) => {
    file = chosen;
    frame.perform();
  });

  async function run({ signal, show }) {
    if (file === null) {
      throw new Error('Choose a sound file first.');
    }
    const [outputs, sound] = await Promise.all([inferFile(model, 'audio', file, null, signal), readSound(file)]);
    const text = outputs.get('text').data[0];
    show(h('p', { class: 'result-text', dir: 'auto' }, text || h('span', { class: 'muted' }, 'Nothing was understood.')),
      sound ? wave(sound, [], `the wave of ${file.name}`) : '',
      sound ? h('div', { class: 'actions' }, playButton(sound)) : '');
  }

  const frame = bench({ fields, button: 'Transcribe', run });
  return frame;
}

function playButton(sound) {
  return h('button', { type: 'button', class: 'quiet', onclick: () => play(sound, 0, sound.seconds) }, 'Play');
}
