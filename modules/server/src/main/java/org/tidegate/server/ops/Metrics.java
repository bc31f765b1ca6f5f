/* Figures of the server, its models and the JVM, in the form of Prometheus. */
package org.tidegate.server.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.Collector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tidegate.Tidegate;
import org.tidegate.server.model.ServedModel;

/**
 * What {@code /metrics} shows. The registry is made by the first scrape, so that a start does not wait for it; what models count of
 * themselves is complete all the same. Any number of threads at once.
 */
public final class Metrics implements AutoCloseable {
    /** The type of what {@link #scrape} gives. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Supplier<? extends Collection<ServedModel>> models;
    private final List<Consumer<PrometheusMeterRegistry>> more = new ArrayList<>();
    private PrometheusMeterRegistry registry;
    private JvmGcMetrics collections;

    /**
     * Creates the metrics of a server.
     *
     * @param models those that are served at the moment
     */
    public Metrics(Supplier<? extends Collection<ServedModel>> models) {
        this.models = models;
    }

    /**
     * Shows a figure that never falls.
     *
     * @param name its name, without {@code _total}
     * @param help what it says
     * @param value the figure at any moment
     */
    public void counter(String name, String help, Supplier<? extends Number> value) {
        add(to -> FunctionCounter.builder(name, value, Metrics::number).description(help).register(to));
    }

    /**
     * Shows a figure that rises and falls.
     *
     * @param name its name
     * @param help what it says
     * @param value the figure at any moment
     */
    public void gauge(String name, String help, Supplier<? extends Number> value) {
        add(to -> Gauge.builder(name, value, Metrics::number).strongReference(true).description(help).register(to));
    }

    /** Shows figures with labels, all of one name. */
    public void collect(Collector collector) {
        add(to -> to.getPrometheusRegistry().register(collector));
    }

    private static double number(Supplier<? extends Number> value) {
        return value.get().doubleValue();
    }

    private synchronized void add(Consumer<PrometheusMeterRegistry> meter) {
        more.add(meter);
        if (registry != null) {
            meter.accept(registry);
        }
    }

    /** {@return all figures of the moment, in the text form of Prometheus} */
    public String scrape() {
        return registry().scrape();
    }

    private synchronized PrometheusMeterRegistry registry() {
        if (registry == null) {
            registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            registry.getPrometheusRegistry().register(new ModelMetrics(models));
            Gauge.builder("tidegate.native.bytes", Tidegate::nativeBytes).description("Native memory of the process.").register(registry);
            Gauge.builder("tidegate.native.limit.bytes", Tidegate::nativeLimit).description("What it may become.").register(registry);
            new JvmMemoryMetrics().bindTo(registry);
            collections = new JvmGcMetrics();
            collections.bindTo(registry);
            new JvmThreadMetrics().bindTo(registry);
            new ClassLoaderMetrics().bindTo(registry);
            new ProcessorMetrics().bindTo(registry);
            new FileDescriptorMetrics().bindTo(registry);
            new UptimeMetrics().bindTo(registry);
            more.forEach(meter -> meter.accept(registry));
        }
        return registry;
    }

    @Override
    public synchronized void close() {
        if (registry != null) {
            collections.close();
            registry.close();
        }
    }
}
