/* Voice detection: a sound, and where somebody speaks in it. */

import { inferFile } from '../api.js';
import { bench } from '../bench.js';
import { chart } from '../chart.js';
import { h } from '../dom.js';
import { play, readSound, soundFields, timeLabels, wave } from '../sound.js';
import { digits, many } from '../words.js';

const RATE = 16000; // of recordings, where the model names none

/** The playground of a voice detector. */
export function voice(model) {
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
    const flat = outputs.get('spans').data;
    const spans = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
    const spoken = spans.reduce((sum, [from, to]) => sum + to - from, 0);
    const found = spans.length === 0 ? 'Nobody speaks.' : `Somebody speaks in ${many(spans.length, 'span')}, ${digits(spoken)} s in all.`;
    show(h('p', {}, found), ...sound ? [wave(sound, spans, `the wave of ${file.name}, with the speech marked`)] : [],
      ...curve(outputs.get('probabilities')?.data, sound, spans), buttons(spans, sound));
  }

  const frame = bench({ fields, button: 'Detect', run });
  return frame;
}

function curve(probabilities, sound, spans) {
  if (!probabilities?.length) {
    return [];
  }
  const seconds = sound?.seconds ?? Math.max(0, ...spans.map(([, to]) => to));
  const scale = probabilities.length / (seconds || 1);
  return [h('h4', {}, 'Probability of speech'), chart({
    label: 'probability of speech over time', spans: spans.map(([from, to]) => ({ from: from * scale, to: to * scale })),
    x: { from: 0, to: probabilities.length, labels: timeLabels(seconds, probabilities.length) },
    y: { from: 0, to: 1, ticks: [0, 0.5, 1], text: String },
    lines: [{ points: probabilities.map((value, i) => [i + 0.5, value]) }], height: '6rem',
  })];
}

function buttons(spans, sound) {
  const texts = spans.map(([from, to]) => `${from.toFixed(2)} – ${to.toFixed(2)} s`);
  return h('ul', { class: 'chips', 'aria-label': 'spans of speech' }, texts.map((text, i) => h('li', {}, sound
    ? h('button', { type: 'button', class: 'quiet', title: 'Play', onclick: () => play(sound, ...spans[i]) }, text) : text)));
}
