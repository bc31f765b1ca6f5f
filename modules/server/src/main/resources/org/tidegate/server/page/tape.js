/* What a microphone hears, sent on block by block; runs beside the page, on the browser's thread of sound. */

class Tape extends AudioWorkletProcessor {
  process([input]) {
    if (input.length > 0) {
      this.port.postMessage(input[0].slice());
    }
    return true;
  }
}

registerProcessor('tape', Tape);
