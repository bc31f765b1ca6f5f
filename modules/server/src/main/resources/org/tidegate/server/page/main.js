/* The page: asks the server again and again, and shows what it says. */

import { ServerError, get, isReady, modelPath, onTokenWanted, repositoryIndex } from './api.js';
import { h, say } from './dom.js';
import { History } from './history.js';
import { showModel } from './model.js';
import { ModelList } from './models.js';
import { askForToken } from './token.js';

const SECONDS = 2; // between two looks at the statistics

const main = document.getElementById('model');
const panes = document.getElementById('panes');
const banner = document.getElementById('banner');
const health = document.getElementById('health');
const list = new ModelList();
let models = new Map(); // by key, in the order of the repository
let view = null;
let timer = null;
let server = null;

onTokenWanted(askForToken);

function keyOf(name, version) {
  return `${name}\n${version}`;
}

function hrefOf(name, version) {
  return `#/models/${encodeURIComponent(name)}${version ? `/${encodeURIComponent(version)}` : ''}`;
}

/** The model that the address names; where it names none, the first that is ready, if there is room for both panes. */
function chosen() {
  const [, kind, name, version] = location.hash.split('/');
  const all = [...models.values()];
  if (kind === 'models' && name) {
    const [wanted, exactly] = [decodeURIComponent(name), version ? decodeURIComponent(version) : null];
    return all.findLast((model) => model.name === wanted && (exactly === null || model.version === exactly)) ?? null;
  }
  return matchMedia('(min-width: 56rem)').matches ? all.find((model) => model.state === 'READY') ?? all[0] ?? null : null;
}

async function look() {
  clearTimeout(timer);
  let isWelcome = true;
  try {
    server ??= await greet();
    const [ready, index, statistics] = await Promise.all([isReady(), repositoryIndex(), get('v2/models/stats')]);
    tellHealth(ready ? 'ready' : 'not ready', ready ? '' : 'The server takes no requests now: it is about to stop.');
    take(index, statistics.model_stats);
    render();
    await describe();
  } catch (failure) {
    if (!(failure instanceof ServerError)) {
      throw failure;
    }
    const away = failure.status === 0;
    isWelcome = failure.status !== 401;
    const next = away ? 'Trying again.' : isWelcome ? '' : 'Load the page again to give it.';
    tellHealth(away ? 'not reached' : 'refused', `${failure.message} ${next}`);
  } finally {
    timer = document.hidden || !isWelcome ? null : setTimeout(look, 1000 * SECONDS);
  }
}

async function greet() {
  const about = await get('v2');
  say(document.getElementById('server-name'), about.name.charAt(0).toUpperCase() + about.name.slice(1));
  say(document.getElementById('server-version'), about.version);
  return about;
}

function tellHealth(state, trouble) {
  health.dataset.state = state;
  say(health, state);
  banner.hidden = trouble === '';
  say(banner, trouble);
}

function take(index, statistics) {
  const now = performance.now();
  const known = models;
  models = new Map();
  for (const { name, version = '', state = 'READY', reason = '' } of index) {
    const key = keyOf(name, version);
    const several = index.filter((each) => each.name === name).length > 1;
    const model = known.get(key) ?? { key, name, version, metadata: null, isFresh: false, history: new History() };
    model.isFresh &&= model.state === state;
    const path = modelPath(name, several ? version : '');
    models.set(key, Object.assign(model, { state, reason, path, href: hrefOf(name, several ? version : '') }));
  }
  for (const each of statistics) {
    const model = models.get(keyOf(each.name, each.version));
    if (model && !model.history.add(each, now)) {
      model.isFresh = false;
    }
  }
}

/** Asks what the models take and give, where that is not known, or may have changed since. */
async function describe() {
  for (const model of models.values()) {
    if (model.state === 'READY' && !model.isFresh) {
      try {
        const metadata = await get(model.path);
        model.isFresh = true;
        if (JSON.stringify(metadata) !== JSON.stringify(model.metadata)) {
          model.metadata = metadata;
          render();
        }
      } catch (failure) {
        if (failure.status !== 404) { // it went between two looks
          throw failure;
        }
      }
    }
  }
}

function render() {
  const model = chosen();
  list.show([...models.values()], model?.key ?? null);
  panes.classList.toggle('has-choice', location.hash.startsWith('#/models/'));
  if (view && view.model === model && view.metadata === model?.metadata && view.state === model?.state) {
    view.update();
    return;
  }
  view?.close();
  view = model === null ? null : showModel(main, model, SECONDS);
  if (model === null) {
    const isMissing = models.size > 0 && location.hash.startsWith('#/models/');
    main.replaceChildren(...isMissing ? [h('p', { class: 'wrong' }, 'There is no such model here. Choose another from the list.')] : []);
  }
  view?.update();
  document.title = model ? `${model.name} · Tidegate` : 'Tidegate';
}

addEventListener('hashchange', () => {
  render();
  if (location.hash.startsWith('#/models/')) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    look();
  }
});
look();
