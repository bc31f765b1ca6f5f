/* Captions: an image, and what is on it in words. */

import { inferFile } from '../api.js';
import { bench, dropZone } from '../bench.js';
import { h } from '../dom.js';

const WIDEST = 480;

/** The playground of a captioner. */
export function caption(model) {
  let file = null;
  const picture = h('canvas', { class: 'picture', hidden: true, role: 'img', 'aria-label': 'the image' });
  const zone = dropZone({ label: 'An image', accept: 'image/*', chosen: take });

  async function take(chosen) {
    file = chosen;
    await preview(chosen, picture);
    frame.perform();
  }

  async function run({ signal, show }) {
    if (file === null) {
      throw new Error('Choose an image first.');
    }
    const outputs = await inferFile(model, 'image', file, null, signal);
    show(h('p', { class: 'result-text', dir: 'auto' }, outputs.get('caption').data[0]));
  }

  const frame = bench({ fields: [zone, picture], button: 'Describe', run });
  return frame;
}

/** Shows an image; what the browser does not know is left to the server. */
async function preview(file, canvas) {
  let image;
  try {
    image = await createImageBitmap(file);
  } catch {
    canvas.hidden = true;
    return;
  }
  const scale = Math.min(1, WIDEST / image.width);
  const blur = image.width >= 96;
  const times = blur ? scale : Math.max(1, Math.floor(192 / image.width)); // small ones are shown pixel by pixel
  canvas.width = Math.round(image.width * times);
  canvas.height = Math.round(image.height * times);
  const context = canvas.getContext('2d');
  context.imageSmoothingEnabled = blur;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.hidden = false;
}
