/* The figures of each model, for Prometheus. */
package org.tidegate.server.ops;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.tidegate.server.batch.Statistics;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.Status;

/**
 * Reads what models count of themselves, at the moment of a scrape: requests pay nothing for it, and models come and go without being
 * registered.
 */
final class ModelMetrics implements MultiCollector {
    private static final double[] SECONDS = upTo(Arrays.stream(Statistics.Histogram.bounds()).mapToDouble(Unit::nanosToSeconds).toArray());
    private static final double[] ITEMS = upTo(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096);

    private final Supplier<? extends Collection<ServedModel>> models;

    ModelMetrics(Supplier<? extends Collection<ServedModel>> models) {
        this.models = models;
    }

    private static double[] upTo(double... bounds) {
        double[] all = Arrays.copyOf(bounds, bounds.length + 1);
        all[bounds.length] = Double.POSITIVE_INFINITY;
        return all;
    }

    @Override
    public MetricSnapshots collect() {
        Collection<ServedModel> now = models.get();
        List<MetricSnapshot> metrics = new ArrayList<>();
        metrics.add(requests(now));
        metrics.add(errors(now));
        metrics.add(counter("tidegate_inferences", "Items that were run: texts, sequences, steps.", now, model -> model.statistics().inferences()));
        metrics.add(counter("tidegate_dropped", "Requests that were dropped before they ran: cancelled, or too late.", now,
                model -> model.statistics().dropped()));
        metrics.add(counter("tidegate_refused", "Requests that found the queue full.", now, model -> model.statistics().refused()));
        metrics.add(gauge("tidegate_waiting", "Requests that wait for a worker.", now, ServedModel::waiting));
        metrics.add(gauge("tidegate_model_native_bytes", "Native memory of the model.", now, ServedModel::bytes));
        metrics.add(gauge("tidegate_sequences", "Sequences that are open.", now, model -> model.sequences().count()));
        metrics.add(gauge("tidegate_sequences_native_bytes", "Native memory of sequences, a part of the model's.", now,
                ServedModel::sequenceBytes));
        metrics.add(times("tidegate_request_seconds", "Requests that were answered, from arrival to answer.", now, Statistics::success));
        metrics.add(times("tidegate_queue_seconds", "The wait for a worker.", now, Statistics::queue));
        metrics.add(times("tidegate_inference_seconds", "Inference, once for each request of a batch.", now, Statistics::infer));
        metrics.add(sums("tidegate_input_seconds", "The reading of requests.", now, Statistics::input));
        metrics.add(sums("tidegate_output_seconds", "The writing of answers.", now, Statistics::output));
        metrics.add(batches(now));
        return new MetricSnapshots(metrics);
    }

    private static Labels labels(ServedModel model) {
        return Labels.of("model", model.name(), "version", model.version());
    }

    private static CounterDataPointSnapshot count(double value, Labels labels) {
        return CounterDataPointSnapshot.builder().value(value).labels(labels).build();
    }

    private static MetricSnapshot requests(Collection<ServedModel> models) {
        CounterSnapshot.Builder metric = CounterSnapshot.builder().name("tidegate_requests").help("Requests, by what became of them.");
        for (ServedModel model : models) {
            metric.dataPoint(count(model.statistics().success().count(), labels(model).add("outcome", "success")));
            metric.dataPoint(count(model.statistics().fail().count(), labels(model).add("outcome", "fail")));
        }
        return metric.build();
    }

    private static MetricSnapshot errors(Collection<ServedModel> models) {
        CounterSnapshot.Builder metric = CounterSnapshot.builder().name("tidegate_errors").help("Requests that failed, by status.");
        for (ServedModel model : models) {
            for (Map.Entry<Status, Long> each : model.statistics().failures().entrySet()) {
                metric.dataPoint(count(each.getValue(), labels(model).add("status", each.getKey().name())));
            }
        }
        return metric.build();
    }

    private static MetricSnapshot counter(String name, String help, Collection<ServedModel> models, ToDoubleFunction<ServedModel> value) {
        CounterSnapshot.Builder metric = CounterSnapshot.builder().name(name).help(help);
        models.forEach(model -> metric.dataPoint(count(value.applyAsDouble(model), labels(model))));
        return metric.build();
    }

    private static MetricSnapshot gauge(String name, String help, Collection<ServedModel> models, ToDoubleFunction<ServedModel> value) {
        GaugeSnapshot.Builder metric = GaugeSnapshot.builder().name(name).help(help);
        models.forEach(model -> metric.dataPoint(
                GaugeDataPointSnapshot.builder().value(value.applyAsDouble(model)).labels(labels(model)).build()));
        return metric.build();
    }

    private static MetricSnapshot times(String name, String help, Collection<ServedModel> models,
            Function<Statistics, Statistics.Histogram> of) {
        HistogramSnapshot.Builder metric = HistogramSnapshot.builder().name(name).help(help).unit(Unit.SECONDS);
        for (ServedModel model : models) {
            Statistics.Histogram times = of.apply(model.statistics());
            metric.dataPoint(HistogramDataPointSnapshot.builder().classicHistogramBuckets(ClassicHistogramBuckets.of(SECONDS, times.counts()))
                    .sum(Unit.nanosToSeconds(times.nanos())).labels(labels(model)).build());
        }
        return metric.build();
    }

    private static MetricSnapshot sums(String name, String help, Collection<ServedModel> models, Function<Statistics, Statistics.Duration> of) {
        SummarySnapshot.Builder metric = SummarySnapshot.builder().name(name).help(help).unit(Unit.SECONDS);
        for (ServedModel model : models) {
            Statistics.Duration times = of.apply(model.statistics());
            metric.dataPoint(SummaryDataPointSnapshot.builder().count(times.count()).sum(Unit.nanosToSeconds(times.nanos()))
                    .labels(labels(model)).build());
        }
        return metric.build();
    }

    private static MetricSnapshot batches(Collection<ServedModel> models) {
        HistogramSnapshot.Builder metric = HistogramSnapshot.builder().name("tidegate_batch_items").help("Items that were run together.");
        for (ServedModel model : models) {
            long[] counts = new long[ITEMS.length];
            for (Map.Entry<Integer, Statistics.Duration> each : model.statistics().batches().entrySet()) {
                int bucket = 0;
                while (each.getKey() > ITEMS[bucket]) {
                    bucket++;
                }
                counts[bucket] += each.getValue().count();
            }
            metric.dataPoint(HistogramDataPointSnapshot.builder().classicHistogramBuckets(ClassicHistogramBuckets.of(ITEMS, counts))
                    .sum(model.statistics().items()).labels(labels(model)).build());
        }
        return metric.build();
    }
}
