/* The list of models. */

import { sparkline } from './chart.js';
import { h, say } from './dom.js';
import { count, many, time } from './words.js';

const list = document.getElementById('models');
const filter = document.getElementById('filter');
const empty = document.getElementById('models-empty');
const FILTER_FROM = 8;

const WORK = {
  caption: 'captions of images', classify: 'classification', fill: 'filling in', forecast: 'forecasts', lm: 'language model',
  onnx: 'ONNX', tag: 'tagging', transcribe: 'transcription', translate: 'translation', voice: 'voice detection',
};

/** The words for a model's state. */
export function stateOf(model) {
  return model.state.toLowerCase();
}

/** The task that a model's platform names; empty while it is not known. */
export function taskOf(model) {
  return model.metadata?.platform.replace(/^tidegate_/, '') ?? '';
}

/** What a model does, in words. */
export function workOf(model) {
  const task = taskOf(model);
  return WORK[task] ?? task.replaceAll('_', ' ');
}

/** The cards of the models, kept up to date in place, so that neither focus nor reading is lost. */
export class ModelList {
  #cards = new Map();

  constructor() {
    filter.addEventListener('input', () => this.#filter());
  }

  /** Shows models in their order; chosen is the key of one of them, or null. */
  show(models, chosen) {
    say(document.getElementById('model-count'), models.length ? count(models.length) : '');
    filter.hidden = models.length < FILTER_FROM;
    for (const [key, card] of this.#cards) {
      if (!models.some((model) => model.key === key)) {
        card.item.remove();
        this.#cards.delete(key);
      }
    }
    models.forEach((model, i) => {
      let card = this.#cards.get(model.key);
      if (!card) {
        card = newCard(model);
        this.#cards.set(model.key, card);
      }
      if (list.children[i] !== card.item) {
        list.insertBefore(card.item, list.children[i] ?? null);
      }
      update(card, model, model.key === chosen);
    });
    this.#filter();
  }

  #filter() {
    const wanted = filter.hidden ? '' : filter.value.trim().toLowerCase();
    let shown = 0;
    for (const card of this.#cards.values()) {
      card.item.hidden = !card.words.includes(wanted);
      shown += card.item.hidden ? 0 : 1;
    }
    empty.hidden = shown > 0;
    say(empty, this.#cards.size === 0 ? 'The folder of this server has no model. Put a model’s file there, and it appears here.'
      : 'No model has that in its name or task.');
  }
}

function newCard(model) {
  const card = {
    words: '',
    state: h('span', { class: 'state' }),
    about: h('span', { class: 'muted' }),
    reason: h('span', { class: 'reason' }),
    chart: h('span', { class: 'card-chart' }),
    figures: h('span', { class: 'figures' }),
  };
  card.link = h('a', { href: model.href, class: 'card' },
    h('span', { class: 'card-head' }, h('strong', { dir: 'auto' }, model.name), card.state),
    card.about, card.reason, card.chart, card.figures);
  card.item = h('li', {}, card.link);
  return card;
}

function update(card, model, isChosen) {
  const work = workOf(model);
  const history = model.history;
  card.words = `${model.name} ${work} ${taskOf(model)}`.toLowerCase();
  if (isChosen) {
    card.link.setAttribute('aria-current', 'page');
  } else {
    card.link.removeAttribute('aria-current');
  }
  card.state.dataset.state = model.state;
  say(card.state, stateOf(model));
  say(card.about, [work, model.version ? `version ${model.version}` : ''].filter(Boolean).join(' · '));
  card.reason.hidden = !model.reason;
  say(card.reason, model.reason ?? '');
  const asked = history.requests + history.errors > 0;
  card.chart.hidden = history.latencies.every((value) => value === null);
  if (!card.chart.hidden) {
    card.chart.replaceChildren(sparkline(history.latencies, `latency of ${model.name} during the last two minutes`));
  }
  card.figures.replaceChildren(...!asked ? [h('span', {}, model.state === 'READY' ? 'no requests yet' : '')] : [
    h('span', {}, many(history.requests, 'request')),
    h('span', { class: history.errors ? 'bad' : null }, many(history.errors, 'error')),
    h('span', {}, history.mean === null ? '' : `${time(history.mean)} mean`),
  ]);
}
