/* The most by the loaders of others. */
package org.tidegate.bench.serve;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The most that is answered as wrk and h2load see it, where they are installed, after this benchmark's own loader on the same server. */
final class SecondOpinion {
    private static final String WRK = "wrk";
    private static final String H2LOAD = "h2load";
    private static final String GRPC_PATH = "/inference.GRPCInferenceService/ModelInfer";
    private static final int SPARE = 30; // seconds that a tool may take longer than it should

    /** Sends the files 1, 2 … of a folder in turn, each a whole request. */
    private static final String SCRIPT = """
        local requests, next = {}, 0
        for i = 1, %d do
          local file = assert(io.open("%s/" .. i, "rb"))
          requests[i] = file:read("*a")
          file:close()
        end
        function request()
          next = next %% #requests + 1
          return requests[next]
        end
        """;

    private SecondOpinion() {
    }

    /** What a tool says. */
    private record Opinion(double rate, long requests, long failed) {}

    static String measure(Bench bench) throws IOException, InterruptedException {
        Workload workload = Workload.SMALL;
        StringBuilder table = new StringBuilder("| by | this benchmark, requests/s | tool | requests/s | requests | failed"
            + " | answered, says the server |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        Path folder = Files.createTempDirectory("second-opinion");
        try (ServerProcess server = bench.tidegate()) {
            Agreement.check(bench, workload, server);
            for (Transport transport : Transport.inferring(workload)) {
                boolean grpc = transport.name().equals("gRPC");
                String tool = grpc ? H2LOAD : WRK;
                Figures ours;
                try (Wire wire = transport.open(server, Bench.CLIENTS)) {
                    Figures.Subject subject = new Figures.Subject("second opinion, " + transport.name(), server, workload.model());
                    ours = Figures.of(bench.findings(), subject, bench.time(), () -> Load.closed(wire, transport.requests(), Bench.CLIENTS));
                }
                String cells = "not installed | – | – | –";
                if (installed(tool)) {
                    List<String> command = grpc ? h2load(folder, transport.requests().get(0), bench) : wrk(folder, transport.requests(), bench);
                    command.add("http://127.0.0.1:" + (grpc ? server.grpcPort() + GRPC_PATH : server.port() + "/"));
                    ServerStatistics before = server.statistics(workload.model());
                    long cancelledBefore = server.cancelled(workload.model());
                    Opinion opinion = ask(command, folder.resolve("out"), bench);
                    ServerStatistics spent = server.statistics(workload.model()).minus(before);
                    long left = Math.min(Bench.CLIENTS, server.cancelled(workload.model()) - cancelledBefore);
                    check(bench, transport.name() + " by " + tool, opinion, spent, spent.failed() - left);
                    cells = String.format(Locale.ROOT, "%s | %,d | %,d | %,d", Figures.count(opinion.rate), opinion.requests,
                        opinion.failed + spent.failed() - left, spent.answered());
                }
                table.append(String.format(Locale.ROOT, "| %s | %s | %s | %s |%n", transport.name(), ours.perSecond(), tool, cells));
            }
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
        return Transports.work(workload) + ", " + Bench.CLIENTS + " at once. The server counts what a tool's warm-up and last moment ask too; what is"
            + " under way when a tool ends, at most " + Bench.CLIENTS + ", has not failed.\n\n" + table;
    }

    private static boolean installed(String tool) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    private static long seconds(Bench bench) {
        return Math.round(bench.time().measured());
    }

    private static List<String> wrk(Path folder, List<byte[]> requests, Bench bench) throws IOException {
        for (int i = 0; i < requests.size(); i++) {
            Files.write(folder.resolve(Integer.toString(i + 1)), requests.get(i));
        }
        Path script = Files.writeString(folder.resolve("script.lua"), String.format(Locale.ROOT, SCRIPT, requests.size(), folder));
        return new ArrayList<>(List.of(WRK, "-t1", "-c" + Bench.CLIENTS, "-d" + seconds(bench) + "s", "-s", script.toString()));
    }

    /** One connection, as our own client has, and one text: the tool sends a single body. */
    private static List<String> h2load(Path folder, byte[] message, Bench bench) throws IOException {
        byte[] body = ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array();
        return new ArrayList<>(List.of(H2LOAD, "-t1", "-c1", "-m" + Bench.CLIENTS, "-D" + seconds(bench), "--warm-up-time=1", "-H",
            "content-type: application/grpc", "-H", "te: trailers", "-d", Files.write(folder.resolve("message"), body).toString()));
    }

    private static Opinion ask(List<String> command, Path out, Bench bench) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        if (!process.waitFor(seconds(bench) + SPARE, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IllegalStateException(command.get(0) + " does not end");
        }
        String said = Files.readString(out, StandardCharsets.UTF_8);
        if (process.exitValue() != 0) {
            throw new IllegalStateException(command.get(0) + " failed: " + said.strip());
        }
        return command.get(0).equals(WRK) ? ofWrk(said) : ofH2load(said);
    }

    private static Opinion ofWrk(String said) {
        Matcher errors = Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)").matcher(said);
        Matcher bad = Pattern.compile("Non-2xx or 3xx responses: (\\d+)").matcher(said);
        long failed = bad.find() ? Long.parseLong(bad.group(1)) : 0;
        if (errors.find()) {
            failed += Stream.of(1, 2, 3, 4).mapToLong(i -> Long.parseLong(errors.group(i))).sum();
        }
        return new Opinion(number(said, "Requests/sec:\\s+([\\d.]+)"), (long) number(said, "(\\d+) requests in "), failed);
    }

    private static Opinion ofH2load(String said) {
        long done = (long) number(said, "(\\d+) done");
        double failed = number(said, "(\\d+) failed") + number(said, "(\\d+) errored") + number(said, "(\\d+) timeout")
            + Math.max(0, done - number(said, "status codes: (\\d+) 2xx"));
        return new Opinion(number(said, "finished in [^,]+, ([\\d.]+) req/s"), done, (long) failed);
    }

    private static double number(String said, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(said);
        if (!matcher.find()) {
            throw new IllegalStateException("not understood, without '" + pattern + "': " + said.strip());
        }
        return Double.parseDouble(matcher.group(1));
    }

    /** A failed call of gRPC is an answer like others to who does not look into it, so that the server is asked too. */
    private static void check(Bench bench, String name, Opinion opinion, ServerStatistics spent, long failed) {
        if (opinion.failed + failed > 0) {
            bench.findings().fault(name + ": " + opinion.failed + " requests failed; the server counts " + failed);
        }
        if (spent.answered() < opinion.requests || opinion.requests == 0) {
            bench.findings().fault(name + ": " + opinion.requests + " requests, but the server answered " + spent.answered());
        }
    }
}
