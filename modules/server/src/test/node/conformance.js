// Every call of the protocol over gRPC, good and bad, by @grpc/grpc-js and the published .proto.
//
//     NODE_PATH=… node conformance.js HOST:PORT PROTO
//
// The server serves a classifier "mood" of texts. Prints a line for each check and ends with 1 if one failed.
'use strict';

const assert = require('node:assert');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [address, proto] = process.argv.slice(2);
const {inference} = grpc.loadPackageDefinition(loader.loadSync(proto, {keepCase: true, longs: Number, defaults: true, oneofs: true}));
const client = new inference.GRPCInferenceService(address, grpc.credentials.createInsecure());
const {INVALID_ARGUMENT, NOT_FOUND, UNIMPLEMENTED, DEADLINE_EXCEEDED} = grpc.status;

function call(method, request, options = {deadline: Date.now() + 30000}) {
  return new Promise((resolve, reject) => client[method](request, options, (error, answer) => error ? reject(error) : resolve(answer)));
}

let failed = 0;

async function check(name, body) {
  try {
    await body();
    console.log('ok     ' + name);
  } catch (error) {
    failed++;
    console.log('FAILED ' + name + ': ' + error.message);
  }
}

function refused(name, method, request, code, message = '') {
  return check(name, async () => {
    let answer;
    try {
      answer = await call(method, request);
    } catch (error) {
      assert.equal(error.code, code, error.message);
      assert.ok(error.details.includes(message), error.details);
      assert.ok(!/Exception|java\.|\/tmp|\.safetensors/.test(error.details), error.details);
      return;
    }
    assert.fail('answered ' + JSON.stringify(answer));
  });
}

function raw(...texts) {
  return Buffer.concat(texts.map((text) => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  }));
}

const tensor = (shape, more = {}) => ({name: 'text', datatype: 'BYTES', shape, ...more});
const request = (inputs, more = {}) => ({model_name: 'mood', inputs, ...more});
const contents = (...texts) => ({bytes_contents: texts.map((text) => Buffer.from(text))});
const films = {id: '7', raw_input_contents: [raw('good film', 'bad film')]};
const one = {raw_input_contents: [raw('good film')]};

async function good() {
  await check('live', async () => assert.ok((await call('ServerLive', {})).live));
  await check('ready', async () => assert.ok((await call('ServerReady', {})).ready));
  await check('model ready', async () => assert.ok((await call('ModelReady', {name: 'mood', version: '1'})).ready));
  await check('another model is not ready', async () => assert.ok(!(await call('ModelReady', {name: 'none'})).ready));
  await check('server metadata', async () => {
    const server = await call('ServerMetadata', {});
    assert.equal(server.name, 'tidegate');
    assert.ok(server.extensions.includes('statistics'));
  });
  await check('model metadata', async () => {
    const model = await call('ModelMetadata', {name: 'mood'});
    assert.equal(model.platform, 'tidegate_classify');
    assert.deepEqual(model.inputs, [{name: 'text', datatype: 'BYTES', shape: [-1]}]);
    assert.ok('labels' in model.properties);
  });
  await check('raw contents', async () => {
    const answer = await call('ModelInfer', request([tensor([2])], films));
    assert.deepEqual([answer.id, answer.model_name, answer.model_version], ['7', 'mood', '1']);
    assert.equal(answer.raw_output_contents.length, answer.outputs.length);
    const place = answer.outputs.findIndex((output) => output.name === 'probabilities');
    assert.deepEqual(answer.outputs[place].shape, [2, 2]);
    const bytes = answer.raw_output_contents[place];
    assert.ok(Math.abs(bytes.readFloatLE(0) + bytes.readFloatLE(4) - 1) < 1e-5);
  });
  await check('contents and shape [2, 1]', async () => {
    const flat = await call('ModelInfer', request([tensor([2], {contents: contents('good film', 'bad film')})]));
    assert.deepEqual(await call('ModelInfer', request([tensor([2, 1], {contents: contents('good film', 'bad film')})])), flat);
  });
  await check('only outputs that are wanted', async () => {
    const answer = await call('ModelInfer', request([tensor([1])], {...one, outputs: [{name: 'label'}]}));
    assert.deepEqual(answer.outputs.map((output) => output.name), ['label']);
  });
  await check('a stream answers all, and tells of the one that failed', async () => {
    const stream = client.ModelStreamInfer();
    const answers = [];
    const ended = new Promise((resolve, reject) => stream.on('data', (answer) => answers.push(answer)).on('end', resolve).on('error', reject));
    for (let i = 0; i < 20; i++) {
      stream.write(request([tensor([1])], {...one, id: String(i)}));
    }
    stream.write({model_name: 'none'});
    stream.end();
    await ended;
    assert.equal(answers.filter((answer) => answer.error_message).length, 1);
    assert.equal(new Set(answers.filter((answer) => !answer.error_message).map((answer) => answer.infer_response.id)).size, 20);
  });
  await check('statistics', async () => {
    const [model] = (await call('ModelStatistics', {name: 'mood'})).model_stats;
    assert.ok(model.inference_count > 20 && model.inference_stats.success.count > 20);
  });
  await check('index', async () => {
    const {models} = await call('RepositoryIndex', {});
    assert.ok(models.some((model) => model.name === 'mood' && model.state === 'READY'));
  });
}

async function bad() {
  await refused('no model', 'ModelInfer', {...request([tensor([1])], one), model_name: 'none'}, NOT_FOUND, 'none');
  await refused('no version', 'ModelInfer', request([tensor([1])], {...one, model_version: '9'}), NOT_FOUND, '9');
  await refused('metadata of no model', 'ModelMetadata', {name: 'none'}, NOT_FOUND);
  await refused('statistics of no model', 'ModelStatistics', {name: 'none'}, NOT_FOUND);
  await refused('load of no model', 'RepositoryModelLoad', {model_name: '../none'}, NOT_FOUND);
  await refused('unload of no model', 'RepositoryModelUnload', {model_name: 'none'}, NOT_FOUND);
  await refused('no input', 'ModelInfer', request([]), INVALID_ARGUMENT, "input 'text' is missing");
  await refused('no data', 'ModelInfer', request([tensor([1])]), INVALID_ARGUMENT);
  await refused('another input', 'ModelInfer', request([tensor([1], {name: 'texts'})], one), INVALID_ARGUMENT, "has no input 'texts'");
  await refused('another output', 'ModelInfer', request([tensor([1])], {...one, outputs: [{name: 'mood'}]}), INVALID_ARGUMENT, 'no output');
  await refused('another datatype', 'ModelInfer', request([tensor([1], {datatype: 'STRING'})], one), INVALID_ARGUMENT, 'STRING');
  await refused('a shape with -1', 'ModelInfer', request([tensor([-1])], one), INVALID_ARGUMENT, '-1 stands in metadata alone');
  await refused('less data than the shape', 'ModelInfer', request([tensor([2])], one), INVALID_ARGUMENT);
  await refused('an element longer than the data', 'ModelInfer', request([tensor([1])], {raw_input_contents: [Buffer.alloc(4, 255)]}),
      INVALID_ARGUMENT);
  await refused('contents beside raw contents', 'ModelInfer', request([tensor([1], {contents: contents('a')})], one), INVALID_ARGUMENT);
  await refused('more raw contents than inputs', 'ModelInfer', request([tensor([1])], {raw_input_contents: [raw('a'), raw('b')]}),
      INVALID_ARGUMENT);
  await check('what is not there', () => new Promise((resolve, reject) => client.makeUnaryRequest(
      '/inference.GRPCInferenceService/TraceSetting', (each) => each, (each) => each, Buffer.alloc(0),
      (error) => error && error.code === UNIMPLEMENTED ? resolve() : reject(error ?? new Error('answered')))));
  await check('a deadline that has passed', async () => {
    const error = await call('ModelInfer', request([tensor([1])], one), {deadline: Date.now() - 1}).then(() => null, (each) => each);
    assert.equal(error?.code, DEADLINE_EXCEEDED);
  });
  await check('after all of it an answer', async () => assert.equal((await call('ModelInfer', request([tensor([1])], one))).model_name, 'mood'));
}

good().then(bad).then(() => {
  client.close();
  process.exitCode = failed ? 1 : 0;
});
