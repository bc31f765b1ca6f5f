/* What a model has done, as perf_analyzer reads it. */
package org.tidegate.server.grpc;

import org.tidegate.server.batch.Statistics;
import org.tidegate.server.grpc.inference.InferBatchStatistics;
import org.tidegate.server.grpc.inference.InferStatistics;
import org.tidegate.server.grpc.inference.ModelStatistics;
import org.tidegate.server.grpc.inference.StatisticDuration;
import org.tidegate.server.model.ServedModel;

/** Statistics of a model as a message. */
final class StatisticsMessage {
    private StatisticsMessage() {}

    static ModelStatistics of(ServedModel model) {
        Statistics done = model.statistics();
        StatisticDuration none = StatisticDuration.getDefaultInstance(); // answers are not cached
        ModelStatistics.Builder message = ModelStatistics.newBuilder().setName(model.name()).setVersion(model.version())
                .setLastInference(done.last()).setInferenceCount(done.inferences()).setExecutionCount(done.executions())
                .setInferenceStats(InferStatistics.newBuilder().setSuccess(of(done.success())).setFail(of(done.fail())).setQueue(of(done.queue()))
                        .setComputeInput(of(done.input())).setComputeInfer(of(done.infer())).setComputeOutput(of(done.output())).setCacheHit(none)
                        .setCacheMiss(none));
        done.batches().forEach((size, runs) -> message.addBatchStats(InferBatchStatistics.newBuilder().setBatchSize(size).setComputeInfer(of(runs))));
        return message.build();
    }

    private static StatisticDuration of(Statistics.Duration duration) {
        return StatisticDuration.newBuilder().setCount(duration.count()).setNs(duration.nanos()).build();
    }
}
