/* Fresh JVMs. */
package org.tidegate.bench.start;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A command line that is started again and again, and its times. */
final class Starts {
    private static final int SCORES = 2;
    /** Of /proc/self/stat behind the name: the processor times of children that have ended, in ticks. */
    private static final int CHILDREN = 13;
    private static final double TICK = 0.01;

    final String name;
    private final List<String> command;
    private final List<Double> answered = new ArrayList<>();
    private final List<Double> processor = new ArrayList<>();
    private final List<long[]> marks = new ArrayList<>();
    private float[] scores;

    Starts(String name, List<String> options, List<Path> jars, Class<?> program, Path model) {
        this.name = name;
        command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, jars.stream().map(Path::toString).toList()), program.getName(),
            model.toString()));
    }

    /** One turn. What it adds to the times is in seconds, from the start of the process to its answer, and of the processor to its end. */
    void run(boolean counts) throws IOException, InterruptedException {
        double before = childrensSeconds();
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        float[] said = new float[SCORES];
        List<String> rest;
        double seconds;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < SCORES; i++) {
                said[i] = Float.parseFloat(String.valueOf(reader.readLine()));
            }
            seconds = (System.nanoTime() - begin) / 1e9;
            rest = reader.lines().toList();
        }
        if (process.waitFor() != 0) {
            throw new IOException(name + " ended with exit code " + process.exitValue());
        }
        scores = said;
        if (counts) {
            answered.add(seconds);
            processor.add(childrensSeconds() - before);
            long[] times = new long[rest.size()];
            for (int i = 0; i < times.length; i++) {
                times[i] = Long.parseLong(rest.get(i)) - begin;
            }
            marks.add(times);
        }
    }

    float[] scores() {
        return scores;
    }

    /** Seconds to the answer. */
    double answered() {
        return median(answered);
    }

    /** Seconds of processor time, of all threads. A mean: the system counts in hundredths. */
    double processor() {
        return processor.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** Seconds of each part that the program has marked, the first from the start of the process. */
    double[] parts() {
        double[] parts = new double[marks.get(0).length];
        for (int i = 0; i < parts.length; i++) {
            int part = i;
            parts[i] = median(marks.stream().map(each -> (each[part] - (part == 0 ? 0 : each[part - 1])) / 1e9).toList());
        }
        return parts;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double childrensSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Arrays.stream(fields, CHILDREN, CHILDREN + 2).mapToLong(Long::parseLong).sum() * TICK;
    }
}
