/* WAV files: read to be drawn, written from what a microphone heard. */

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

function name(view, at) {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

/** The samples of a WAV file between -1 and 1, its channels in one, and their rate; null if it is none that can be read here. */
export function readWav(buffer) {
  const view = new DataView(buffer);
  if (view.byteLength < 44 || name(view, 0) !== 'RIFF' || name(view, 8) !== 'WAVE') {
    return null;
  }
  let format = null;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const kind = name(view, at);
    const size = view.getUint32(at + 4, true);
    if (kind === 'fmt ') {
      const code = view.getUint16(at + 8, true);
      format = {
        code: code === EXTENSIBLE && size >= 26 ? view.getUint16(at + 32, true) : code,
        channels: view.getUint16(at + 10, true), rate: view.getUint32(at + 12, true), bits: view.getUint16(at + 22, true),
      };
    } else if (kind === 'data' && format) {
      return samples(view, at + 8, Math.min(size, view.byteLength - at - 8), format);
    }
    at += 8 + size + size % 2;
  }
  return null;
}

function samples(view, from, size, { code, channels, rate, bits }) {
  const read = reader(view, code, bits);
  if (read === null || channels === 0 || rate === 0) {
    return null;
  }
  const bytes = bits / 8;
  const mono = new Float32Array(Math.floor(size / (bytes * channels)));
  for (let i = 0; i < mono.length; i++) {
    for (let channel = 0; channel < channels; channel++) {
      mono[i] += read(from + bytes * (i * channels + channel)) / channels;
    }
  }
  return { samples: mono, rate };
}

function reader(view, code, bits) {
  if (code === FLOAT && bits === 32) {
    return (at) => view.getFloat32(at, true);
  }
  if (code !== PCM) {
    return null;
  }
  switch (bits) {
    case 8: return (at) => (view.getUint8(at) - 128) / 128;
    case 16: return (at) => view.getInt16(at, true) / 32768;
    case 24: return (at) => (view.getUint16(at, true) | view.getInt8(at + 2) << 16) / 8388608;
    case 32: return (at) => view.getInt32(at, true) / 2147483648;
    default: return null;
  }
}

/** A WAV file of one channel with 16 bits. */
export function writeWav(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const word = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  word(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples.length, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, i) => view.setInt16(44 + 2 * i, Math.round(32767 * Math.min(1, Math.max(-1, sample))), true));
  return new File([view.buffer], 'recording.wav', { type: 'audio/wav' });
}
