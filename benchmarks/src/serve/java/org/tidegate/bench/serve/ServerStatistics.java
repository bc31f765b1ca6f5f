/* What a server says about a model. */
package org.tidegate.bench.serve;

import org.tidegate.json.JsonObject;

/**
 * A model's statistics from the server's start on, or between two moments. Times are sums of seconds over all requests that were answered.
 *
 * @param answered requests that were answered
 * @param failed requests that failed
 * @param success from a request's arrival to its answer
 * @param queue of that, the wait for a worker
 * @param input the reading of requests
 * @param infer inference, once for each request of a batch
 * @param output the writing of answers
 * @param batches inference, once for each batch
 */
record ServerStatistics(long answered, long failed, double success, double queue, double input, double infer, double output, double batches) {
    /** Of no model. */
    static final ServerStatistics NONE = new ServerStatistics(0, 0, 0, 0, 0, 0, 0, 0);

    static ServerStatistics of(JsonObject model) {
        JsonObject all = model.object("inference_stats");
        return new ServerStatistics(all.object("success").wholeNumber("count"), all.object("fail").wholeNumber("count"), seconds(all, "success"),
            seconds(all, "queue"), seconds(all, "compute_input"), seconds(all, "compute_infer"), seconds(all, "compute_output"),
            model.objects("batch_stats").stream().mapToDouble(each -> seconds(each, "compute_infer")).sum());
    }

    private static double seconds(JsonObject object, String name) {
        return object.object(name).wholeNumber("ns") / 1e9;
    }

    ServerStatistics minus(ServerStatistics before) {
        return this == NONE ? NONE : new ServerStatistics(answered - before.answered, failed - before.failed, success - before.success,
            queue - before.queue, input - before.input, infer - before.infer, output - before.output, batches - before.batches);
    }
}
