/* Requests made from what a model says that it takes. */

const SOME = 4; // where a size is the request's
const FILES = { audio: 'speech.wav', image: 'image.png', series: 'series.csv' };

/** An input tensor of the right type and shape, with numbers that are easy to see. */
function exampleInput(tensor, steps, text) {
  if (tensor.name.endsWith('.lengths')) {
    return { name: tensor.name, datatype: tensor.datatype, shape: [1], data: [SOME] };
  }
  const free = tensor.datatype === 'BYTES' ? 1 : SOME;
  const shape = tensor.shape.map((size, i) => size >= 0 ? size : i === 0 && tensor.shape.length > 1 ? 1 : i === 1 ? steps : free);
  const count = shape.reduce((product, size) => product * size, 1);
  const data = Array.from({ length: count }, (_, i) => element(tensor.datatype, i, text));
  return { name: tensor.name, datatype: tensor.datatype, shape, data };
}

function element(datatype, i, text) {
  switch (datatype) {
    case 'BYTES': return text;
    case 'BOOL': return i % 2 === 0;
    case 'FP32': case 'FP64': case 'FP16': case 'BF16': return Number(Math.sin(i / 2).toFixed(3));
    default: return i % 4;
  }
}

/** A request with each input of a model; of those that are one instead of the other, with the tensor of numbers. */
export function exampleRequest(model) {
  const { inputs, properties = {} } = model.metadata;
  const given = inputs.filter((tensor) => inputs.length === 1 || !FILES[tensor.name]);
  const text = properties.gap ? `a ${properties.gap} text` : 'a text';
  return { inputs: given.map((tensor) => exampleInput(tensor, Number(properties.window) || SOME, text)) };
}

/** The input that is the bytes of a file, where a model has one: {name, file: a name for it}; else null. */
export function fileInput(model) {
  const found = model.metadata.inputs.find((tensor) => FILES[tensor.name]);
  return found ? { name: found.name, file: FILES[found.name] } : null;
}
