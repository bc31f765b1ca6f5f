/* What a call costs by itself. */
package org.tidegate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.tidegate.bench.jmh.StepBenchmark;

/** The JMH benchmark of a step with H = 1, with the allocations that its profiler counts. */
record CallPrice(double nanoseconds, double bytesAllocated) {
    private static final String BYTES = "gc.alloc.rate.norm";
    /** The profiler itself allocates now and then; less than this a call is nothing. */
    private static final double NOTHING = 0.5;

    /** Runs it in a JVM of its own; JMH's own results go into the folder. */
    static CallPrice measure(Path folder) throws IOException {
        try {
            Options options = new OptionsBuilder().include(StepBenchmark.class.getSimpleName()).param("size", "1").param("cell", "lstm")
                .addProfiler(GCProfiler.class).verbosity(VerboseMode.SILENT).resultFormat(ResultFormatType.JSON)
                .result(folder.resolve("jmh-step.json").toString()).build();
            RunResult result = new Runner(options).runSingle();
            Result<?> bytes = result.getSecondaryResults().get(BYTES);
            return new CallPrice(result.getPrimaryResult().getScore(), bytes.getScore());
        } catch (RunnerException e) {
            throw new IOException("JMH could not run the step of an H = 1 model: " + e.getMessage(), e);
        }
    }

    /** In words. */
    @Override
    public String toString() {
        String allocates = bytesAllocated < NOTHING ? "nothing" : String.format(Locale.ROOT, "%.1f bytes", bytesAllocated);
        return String.format(Locale.ROOT, "A step of an H = 1 LSTM from Java takes %.0f ns (to reach: 300) and allocates ", nanoseconds)
            + allocates + ".";
    }
}
