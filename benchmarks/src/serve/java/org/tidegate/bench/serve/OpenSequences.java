/* Many sequences that stay open. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.tidegate.Model;

/** The memory of 10,000 sequences of an LSTM of 128 units, and the time of their steps, each over binary HTTP. */
final class OpenSequences {
    private static final String MODEL = "stream128";
    private static final String SPEC = "x = input cols=64 axis=t\nh = recurrent x cell=lstm size=128\ny = linear h cols=8\n";
    private static final int COLUMNS = 64;
    private static final int SEQUENCES = 10_000;
    private static final int RATE = 5_000;

    private OpenSequences() {
    }

    static String measure(Bench bench) throws IOException, InterruptedException {
        try (Model model = Model.of(SPEC, 1)) {
            model.save(bench.models().resolve(MODEL + ".safetensors"));
        }
        try (ServerProcess server = bench.tidegate("--max-sequences", Integer.toString(2 * SEQUENCES));
                Wire wire = new HttpWire(server.port(), Bench.CLIENTS)) {
            // What the first requests load and compile is no sequence's.
            List<byte[]> others = IntStream.range(SEQUENCES, SEQUENCES + Bench.CLIENTS).mapToObj(id -> step(id, true)).toList();
            Figures.of(bench.findings(), new Figures.Subject("sequences that open", server, MODEL), bench.time(),
                () -> Load.closed(wire, others, Bench.CLIENTS));
            long idle = server.resident();
            all(wire, IntStream.range(0, SEQUENCES).mapToObj(id -> step(id, true)).toList());
            long open = server.resident();
            List<byte[]> steps = IntStream.range(0, SEQUENCES).mapToObj(id -> step(id, false)).toList();
            OpenLoad figures = OpenLoad.measure(bench.findings(), new Figures.Subject("steps of sequences", server, MODEL), bench.time(), wire, steps,
                RATE);
            return String.format(Locale.ROOT, "LSTM 128 over %d columns, %,d sequences open: %.1f MB above the server before (%.1f MB). Their steps, over"
                + " binary HTTP:%n%n| %s |%n| --- | --- | --- | --- | --- | --- | --- | --- |%n| %s |%n", COLUMNS, SEQUENCES, (open - idle) / 1e6, idle / 1e6,
                OpenLoad.TITLES, figures.cells());
        }
    }

    private static byte[] step(int id, boolean start) {
        byte[] head = ("{\"parameters\":{\"sequence_id\":" + (id + 1) + (start ? ",\"sequence_start\":true" : "") + ",\"binary_data_output\":true},"
            + "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,1," + COLUMNS + "],\"parameters\":{\"binary_data_size\":" + 4 * COLUMNS
            + "}}],\"outputs\":[{\"name\":\"y\"}]}").getBytes(StandardCharsets.UTF_8);
        return Workload.post(MODEL, "Inference-Header-Content-Length: " + head.length + "\r\n", head, new byte[4 * COLUMNS]);
    }

    /** Sends all once, and waits for their answers. */
    private static void all(Wire wire, List<byte[]> requests) throws IOException, InterruptedException {
        CountDownLatch left = new CountDownLatch(requests.size());
        AtomicReference<String> failure = new AtomicReference<>();
        for (byte[] request : requests) {
            wire.send(request, (ok, body) -> {
                if (!ok) {
                    failure.set(StandardCharsets.UTF_8.decode(body).toString());
                }
                left.countDown();
            });
        }
        if (!left.await(60, TimeUnit.SECONDS) || failure.get() != null) {
            throw new IOException("sequences could not be opened: " + failure.get());
        }
    }
}
