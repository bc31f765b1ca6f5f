/* What the statistics of a model were, a moment ago and before. */

const SAMPLES = 60;

const ZERO = { count: 0, ns: 0 };

/** The last samples of one model's statistics, and what happened between them. */
export class History {
  #last = null;
  #latencies = Array(SAMPLES).fill(null);
  #rate = 0;

  /** Takes the newest statistics; false if they began anew, as of a model that was loaded again. */
  add(statistics, now) {
    const success = statistics.inference_stats?.success ?? ZERO;
    const last = this.#last;
    this.#last = { success, now, statistics };
    if (last === null) {
      return true;
    }
    const count = success.count - last.success.count;
    this.#latencies.push(count > 0 ? (success.ns - last.success.ns) / count : null);
    this.#latencies.shift();
    this.#rate = Math.max(0, 1000 * count / (now - last.now));
    return count >= 0;
  }

  /** The newest statistics, or null. */
  get statistics() {
    return this.#last?.statistics ?? null;
  }

  /** Mean latencies between samples in nanoseconds, the oldest first; null where nothing was asked. */
  get latencies() {
    return this.#latencies;
  }

  /** Requests a second, between the last two samples. */
  get rate() {
    return this.#rate;
  }

  /** Requests that were answered. */
  get requests() {
    return this.#last?.success.count ?? 0;
  }

  /** Requests that failed. */
  get errors() {
    return this.#last?.statistics.inference_stats?.fail?.count ?? 0;
  }

  /** The mean latency of all requests in nanoseconds; null where there were none. */
  get mean() {
    const success = this.#last?.success ?? ZERO;
    return success.count === 0 ? null : success.ns / success.count;
  }
}
