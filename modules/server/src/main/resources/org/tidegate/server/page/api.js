/* The calls of the Open Inference Protocol that the page makes. */

const BASE = new URL('.', document.baseURI);
const KEY = 'tidegate-token';
const LENGTH = 'Inference-Header-Content-Length';

let askForToken = async () => null;
let asking = null;

/** What the server refused, in its own words; status 0 where it was not reached. */
export class ServerError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Who is asked when the server wants a token: told whether one was refused, gives one, or null. */
export function onTokenWanted(ask) {
  askForToken = ask;
}

/** Whether calls carry a token. */
export function hasToken() {
  return sessionStorage.getItem(KEY) !== null;
}

/** The address of a path. */
export function address(path) {
  return new URL(path, BASE).href;
}

/** The path of a model, of one version of it if that is given. */
export function modelPath(name, version) {
  return `v2/models/${encodeURIComponent(name)}${version ? `/versions/${encodeURIComponent(version)}` : ''}`;
}

async function send(path, options) {
  for (;;) {
    const token = sessionStorage.getItem(KEY);
    const headers = { ...options.headers, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
    let response;
    try {
      response = await fetch(address(path), { ...options, headers, cache: 'no-store' });
    } catch (failure) {
      if (failure.name === 'AbortError') {
        throw failure;
      }
      throw new ServerError('The server cannot be reached.', 0);
    }
    if (response.status !== 401) {
      return response;
    }
    if (!await signIn(token)) {
      throw new ServerError('The server asks for a token.', 401);
    }
  }
}

/** Asks for a token, once for all calls that wait; true if there is another now. */
async function signIn(refused) {
  if (sessionStorage.getItem(KEY) !== refused) {
    return true;
  }
  asking ??= askForToken(refused !== null).finally(() => {
    asking = null;
  });
  const token = await asking;
  if (token === null) {
    return false;
  }
  sessionStorage.setItem(KEY, token);
  return true;
}

async function refusal(response) {
  let message = '';
  try {
    message = (await response.json()).error;
  } catch {
    // not the protocol's error object
  }
  return new ServerError(message || `The server answered ${response.status} ${response.statusText}`.trim(), response.status);
}

/** What the server says at a path. */
export async function get(path, signal) {
  const response = await send(path, { signal });
  if (!response.ok) {
    throw await refusal(response);
  }
  return response.json();
}

/** Whether the server takes requests. */
export async function isReady() {
  const response = await send('v2/health/ready', {});
  return response.ok;
}

/** The models of the repository: {name, version, state, reason}. */
export async function repositoryIndex() {
  const response = await send('v2/repository/index', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } });
  if (!response.ok) {
    throw await refusal(response);
  }
  return response.json();
}

/** A text as an input of the shape [1]. */
export function textInput(name, text) {
  return { name, datatype: 'BYTES', shape: [1], data: [text] };
}

/** Sends a request that is JSON alone; the answer's outputs by name: {datatype, shape, data}. */
export async function infer(model, request, signal) {
  const response = await send(`${model.path}/infer`, {
    method: 'POST', body: JSON.stringify(request), headers: { 'Content-Type': 'application/json' }, signal,
  });
  return outputs(response);
}

/** Sends a file's bytes as the one element of an input; the answer's outputs by name. */
export async function inferFile(model, input, file, wanted, signal) {
  const json = new TextEncoder().encode(JSON.stringify({
    inputs: [{ name: input, datatype: 'BYTES', shape: [1], parameters: { binary_data_size: file.size + 4 } }],
    ...(wanted ? { outputs: wanted.map((name) => ({ name })) } : {}),
  }));
  const size = new DataView(new ArrayBuffer(4));
  size.setUint32(0, file.size, true);
  const response = await send(`${model.path}/infer`, {
    method: 'POST', body: new Blob([json, size.buffer, file]), signal,
    headers: { 'Content-Type': 'application/octet-stream', [LENGTH]: String(json.length) },
  });
  return outputs(response);
}

async function outputs(response) {
  if (!response.ok) {
    throw await refusal(response);
  }
  const length = response.headers.get(LENGTH);
  const answer = length === null ? await response.json()
    : JSON.parse(new TextDecoder().decode((await response.arrayBuffer()).slice(0, Number(length))));
  return new Map(answer.outputs.map((output) => [output.name, output]));
}

/** The pieces of a generated text, as they come. */
export async function* generate(model, request, signal) {
  const response = await send(`${model.path}/generate_stream`, {
    method: 'POST', body: JSON.stringify(request), headers: { 'Content-Type': 'application/json' }, signal,
  });
  if (!response.ok) {
    throw await refusal(response);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    rest += value ?? '';
    const events = rest.split(/\r?\n\r?\n/);
    rest = done ? '' : events.pop();
    for (const event of events) {
      const data = event.split(/\r?\n/).filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('\n');
      if (data.trim()) {
        const piece = JSON.parse(data);
        if (piece.error) {
          throw new ServerError(piece.error, response.status);
        }
        yield piece;
      }
    }
    if (done) {
      return;
    }
  }
}
