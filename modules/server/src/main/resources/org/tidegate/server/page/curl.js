/* Calls for a shell. */

import { exampleRequest, fileInput } from './example.js';
import { taskOf } from './models.js';

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command that calls the model; with the header of the token if the server wants one. */
export function curl(model, address, withToken) {
  const token = withToken ? ' \\\n  -H "Authorization: Bearer $TOKEN"' : '';
  if (taskOf(model) === 'lm') {
    const body = JSON.stringify({ text_input: 'Once', parameters: { max_tokens: 100, temperature: 0.7 } });
    return `curl -N ${address(`${model.path}/generate_stream`)}${token} \\\n  -d ${quoted(body)}`;
  }
  const url = address(`${model.path}/infer`);
  const input = fileInput(model);
  return input ? fileCall(input, url, token) : `curl ${url}${token} \\\n  -d ${quoted(JSON.stringify(exampleRequest(model)))}`;
}

/** The file's bytes follow the JSON, and its size as four bytes before them: the binary form of a BYTES tensor. */
function fileCall({ name, file }, url, token) {
  const head = JSON.stringify({ inputs: [{ name, datatype: 'BYTES', shape: [1], parameters: { binary_data_size: 0 } }] });
  const [before, after] = head.split('0}').map(quoted);
  const octal = [0, 8, 16, 24].map((bits) => `$((n >> ${bits} & 255))`).join(' ');
  return [
    `file=${file}; n=$(stat -c %s "$file")`,
    `json=${before}$((n + 4))${after.replace("'", "'}")}`,
    `{ printf %s "$json"; printf "$(printf '\\\\%03o' ${octal})"`,
    '  cat "$file"; } |',
    `curl ${url}${token} \\\n  -H "Inference-Header-Content-Length: \${#json}" --data-binary @-`,
  ].join('\n');
}
