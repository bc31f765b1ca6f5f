/* Sounds: dropped, recorded, drawn and played. */

import { dropZone } from './bench.js';
import { chart, roundAbove } from './chart.js';
import { h, say } from './dom.js';
import { digits, number } from './words.js';
import { readWav, writeWav } from './wav.js';

const COLUMNS = 600;
const LONGEST = 120; // seconds of a recording

/** Fields that give a sound file to take(file): a place to drop one, and the microphone where the browser has one. */
export function soundFields(rate, take) {
  const zone = dropZone({ label: 'A sound file', accept: '.wav,.w64,.flac,audio/*', chosen: take });
  return navigator.mediaDevices?.getUserMedia ? [zone, recorder(rate, take)] : [zone];
}

function recorder(rate, take) {
  const note = h('span', { class: 'muted', role: 'status' });
  const button = h('button', { type: 'button', class: 'quiet', onclick: () => recording ? recording.stop() : begin() }, 'Record');
  let recording = null;

  async function begin() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch (failure) {
      say(note, failure.name === 'NotAllowedError' ? 'The browser does not allow the microphone.' : 'No microphone was found.');
      return;
    }
    const context = new AudioContext({ sampleRate: rate });
    await context.audioWorklet.addModule(new URL('./tape.js', import.meta.url));
    const tape = new AudioWorkletNode(context, 'tape');
    const blocks = [];
    let heard = 0;
    tape.port.onmessage = ({ data }) => {
      blocks.push(data);
      heard += data.length;
      say(note, `${digits(heard / rate)} s`);
      if (heard > LONGEST * rate) {
        recording?.stop();
      }
    };
    context.createMediaStreamSource(stream).connect(tape);
    recording = { stop };
    say(button, 'Stop recording');

    function stop() {
      recording = null;
      say(button, 'Record');
      stream.getTracks().forEach((track) => track.stop());
      context.close();
      const samples = new Float32Array(heard);
      blocks.reduce((at, block) => {
        samples.set(block, at);
        return at + block.length;
      }, 0);
      take(writeWav(samples, rate));
    }
  }

  return h('div', { class: 'actions' }, button, note);
}

/** What can be drawn of a file; null if the browser cannot read it. */
export async function readSound(file) {
  const wav = readWav(await file.arrayBuffer());
  return wav && wav.samples.length ? { ...wav, seconds: wav.samples.length / wav.rate } : null;
}

/** The wave of a sound, with spans of seconds marked in it. */
export function wave({ samples, seconds }, spans, label) {
  const step = Math.max(1, Math.ceil(samples.length / COLUMNS));
  const points = [];
  let loudest = 0.01;
  for (let at = 0; at < samples.length; at += step) {
    let [low, high] = [0, 0];
    for (let i = at; i < Math.min(samples.length, at + step); i++) {
      low = Math.min(low, samples[i]);
      high = Math.max(high, samples[i]);
    }
    loudest = Math.max(loudest, high, -low);
    points.push([at, low], [at, high]);
  }
  return chart({
    label, spans: spans.map(([from, to]) => ({ from: from * samples.length / seconds, to: to * samples.length / seconds })),
    x: { from: 0, to: samples.length, labels: timeLabels(seconds, samples.length) },
    y: { from: -loudest, to: loudest, ticks: [0], text: () => '' },
    lines: [{ points, kind: 'wave' }], height: '7rem',
  });
}

/** Round seconds to stand below a chart of so many columns. */
export function timeLabels(seconds, columns) {
  const step = roundAbove(seconds / 5);
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 },
    (_, i) => [columns * i * step / (seconds || 1), `${number(i * step)} s`]);
}

let player = null;

/** Plays a part of a sound, and stops what was played before. */
export function play({ samples, rate }, from, to) {
  player?.close();
  player = new AudioContext();
  const buffer = player.createBuffer(1, samples.length, rate);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(player, { buffer });
  source.connect(player.destination);
  source.start(0, from, to - from);
}
