/* The frame of a playground: fields, a button, and the answer or what is wrong, below them. */

import { h, say } from './dom.js';
import { time } from './words.js';

/**
 * A playground.
 *
 * fields: elements above the button
 * button: its text
 * isLong: whether a run can be stopped
 * run: async ({signal, show}) -> nothing; show(node, …) replaces the answer; throws what is said to the user
 */
export function bench({ fields, button = 'Run', isLong = false, run }) {
  const start = h('button', { class: 'primary', type: 'submit' }, button);
  const stop = h('button', { class: 'quiet', type: 'button', hidden: true, onclick: () => running?.abort() }, 'Stop');
  const took = h('span', { class: 'took muted' });
  const wrong = h('p', { class: 'wrong', role: 'alert', hidden: true });
  const answer = h('div', { class: 'answer', 'aria-live': 'polite', hidden: true });
  const form = h('form', { class: 'bench', novalidate: true },
    fields, h('div', { class: 'actions' }, start, stop, h('kbd', { class: 'muted' }, 'Ctrl + Enter'), took), wrong, answer);
  let running = null;

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    perform();
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      perform();
    } else if (event.key === 'Escape') {
      running?.abort();
    }
  });

  async function perform() {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    stop.hidden = !isLong;
    wrong.hidden = true;
    say(took, '');
    answer.setAttribute('aria-busy', 'true');
    form.classList.add('is-busy');
    const begin = performance.now();
    const show = (...nodes) => {
      if (running === mine) {
        answer.hidden = false;
        answer.replaceChildren(...nodes);
      }
    };
    try {
      await run({ signal: mine.signal, show });
      if (running === mine) {
        say(took, `${time(1e6 * (performance.now() - begin))} there and back`);
      }
    } catch (failure) {
      if (running === mine) {
        const stopped = failure.name === 'AbortError';
        say(took, stopped ? 'stopped' : '');
        wrong.hidden = stopped;
        say(wrong, failure.message);
        answer.hidden = !stopped;
      }
    } finally {
      if (running === mine) {
        stop.hidden = true;
        answer.setAttribute('aria-busy', 'false');
        form.classList.remove('is-busy');
      }
    }
  }

  return { form, perform, abort: () => running?.abort() };
}

/** A field for a text of several lines. */
export function textArea(placeholder, rows = 3) {
  return h('textarea', { rows, placeholder, dir: 'auto', spellcheck: 'false', autocapitalize: 'off' });
}

/** What a user wrote; throws if that is nothing. */
export function written(area, what) {
  if (area.value.trim() === '') {
    area.focus();
    throw new Error(`Write ${what} first.`);
  }
  return area.value;
}

/** The number in a field; throws if there is none, or one beyond its bounds. */
export function numberOf(input, name) {
  const { badInput, rangeUnderflow, rangeOverflow } = input.validity;
  if (input.value === '' || badInput || rangeUnderflow || rangeOverflow) {
    input.focus();
    throw new Error(`${name} takes a number from ${input.min} to ${input.max}.`);
  }
  return input.valueAsNumber;
}

/**
 * A place where a file is dropped, or chosen.
 *
 * label: what belongs there
 * accept: as the attribute of a file input
 * chosen: called with the file
 */
export function dropZone({ label, accept, chosen }) {
  const input = h('input', { type: 'file', accept, class: 'unseen' });
  const text = h('span', { class: 'drop-text' }, h('strong', {}, label), h('span', { class: 'muted' }, 'Drop it here, or choose one'));
  const zone = h('label', { class: 'drop' }, input, text);
  const take = (file) => {
    if (file) {
      say(text.lastChild, file.name);
      chosen(file);
    }
  };
  input.addEventListener('change', () => {
    take(input.files[0]);
    input.value = '';
  });
  for (const type of ['dragenter', 'dragover']) {
    zone.addEventListener(type, (event) => {
      event.preventDefault();
      zone.classList.add('is-over');
    });
  }
  for (const type of ['dragleave', 'drop']) {
    zone.addEventListener(type, () => zone.classList.remove('is-over'));
  }
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  return zone;
}
