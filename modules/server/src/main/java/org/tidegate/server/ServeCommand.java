/* tidegate serve. */
package org.tidegate.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tidegate.Precision;
import org.tidegate.server.model.ServedModel;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import sun.misc.Signal;

/** Serves a folder of models until it is told to stop. */
@Command(name = "serve", sortOptions = false,
        description = "Serves a folder of models to clients of the Open Inference Protocol (KServe v2, Triton), until Ctrl-C.",
        footer = {"",
            "A file NAME.safetensors in the folder is version 1 of NAME; a folder NAME has 2.safetensors, or 2/model.safetensors, for"
                + " version 2. Files may come, go and be replaced while the server runs.",
            "",
            "@|bold Examples:|@",
            "  tidegate serve --models models",
            "  tidegate serve --models models --host 0.0.0.0 --precision bfloat16 --max-delay 2ms",
            "  curl localhost:8080/v2/models/mood",
            "  curl localhost:8080/v2/models/mood/infer \\",
            "    -d '{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"a fine film\"]}]}'"})
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--models", paramLabel = "DIR", description = "The folder of the models' files; must be given.")
    private Path models;

    @Option(names = "--host", paramLabel = "NAME", defaultValue = "127.0.0.1",
            description = "The address that is listened at [${DEFAULT-VALUE}]; 0.0.0.0 for all of the machine's.")
    private String host;

    @Option(names = "--allow-host", paramLabel = "NAME", split = ",",
            description = "Hosts that clients of HTTP may call it by, beside localhost, 127.0.0.1, [::1] and that of --host [where it listens to this "
                    + "machine alone none, else any].")
    private List<String> hosts;

    @Option(names = "--port", paramLabel = "N", defaultValue = "8080",
            description = "The port of HTTP [${DEFAULT-VALUE}]; 0 for any that is free.")
    private int port;

    @Option(names = "--grpc-port", paramLabel = "N",
            description = "The port of gRPC [one above that of HTTP]; 0 for any that is free.")
    private Integer grpcPort;

    @Option(names = "--threads", paramLabel = "N", description = "Batches of a model that run at once [the number of processors].")
    private Integer threads;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "float32", converter = PrecisionConverter.class,
            description = "Of the weights: float32, bfloat16 or int8 [${DEFAULT-VALUE}].")
    private Precision precision;

    @Option(names = "--max-batch", paramLabel = "N", defaultValue = "64",
            description = "Items that run together, at most [${DEFAULT-VALUE}].")
    private int maxBatch;

    @Option(names = "--max-delay", paramLabel = "TIME", defaultValue = "0s", converter = TimeConverter.class,
            description = "How long a request that came while all threads were busy waits for company: 500us, 1ms [${DEFAULT-VALUE}].")
    private Duration maxDelay;

    @Option(names = "--queue", paramLabel = "N", defaultValue = "1024",
            description = "Requests of a model that wait, at most; more are refused [${DEFAULT-VALUE}].")
    private int queue;

    @Option(names = "--max-sequences", paramLabel = "N", defaultValue = "10000",
            description = "Sequences of a model that are open, at most [${DEFAULT-VALUE}].")
    private int maxSequences;

    @Option(names = "--sequence-idle", paramLabel = "TIME", defaultValue = "60s", converter = TimeConverter.class,
            description = "How long a sequence is kept of which no step comes [${DEFAULT-VALUE}]; Triton keeps it 1s.")
    private Duration sequenceIdle;

    @Option(names = "--poll", paramLabel = "TIME", defaultValue = "1s", converter = TimeConverter.class,
            description = "How often the folder is looked at for files that came, went or changed [${DEFAULT-VALUE}]; 0s for never.")
    private Duration poll;

    @Option(names = "--max-body", paramLabel = "SIZE", defaultValue = "64m", converter = SizeConverter.class,
            description = "Bytes of a request, packed or not, at most: 500k, 64m, 1g [${DEFAULT-VALUE}].")
    private long maxBody;

    @Option(names = "--max-inflight", paramLabel = "SIZE", converter = SizeConverter.class,
            description = "Bytes that all requests in progress hold together, at most; more are refused [a quarter of Java's memory].")
    private Long maxInflight;

    @Option(names = "--max-connections", paramLabel = "N", defaultValue = "8192",
            description = "Connections of HTTP, and of gRPC, that are open at once; more wait until one closes [${DEFAULT-VALUE}].")
    private int maxConnections;

    @Option(names = "--idle", paramLabel = "TIME", defaultValue = "1m", converter = TimeConverter.class,
            description = "How long a silent connection stays open, and the rest of a request is waited for [${DEFAULT-VALUE}].")
    private Duration idle;

    @Option(names = "--drain", paramLabel = "TIME", defaultValue = "5s", converter = TimeConverter.class,
            description = "How long requests are still taken after SIGTERM or Ctrl-C, while readiness is refused already [${DEFAULT-VALUE}]; a second "
                    + "signal ends at once.")
    private Duration drain;

    @Option(names = "--access-log", paramLabel = "FILE",
            description = "Receives a line of JSON for each request; - for standard output; none by default.")
    private Path accessLog;

    @ArgGroup(exclusive = false)
    private Tls tls;

    @Option(names = "--token-file", paramLabel = "FILE",
            description = "A token in each line, one of which clients must show: Authorization: Bearer TOKEN; health and the page stay open.")
    private Path tokens;

    /** For the command line. */
    public ServeCommand() {}

    static final class Tls {
        @Option(names = "--tls-cert", required = true, paramLabel = "FILE", description = "The chain of certificates in PEM, the server's own first.")
        private Path certificates;

        @Option(names = "--tls-key", required = true, paramLabel = "FILE", description = "Its private key in PEM, PKCS #8 without a password.")
        private Path key;
    }

    static final class SizeConverter implements ITypeConverter<Long> {
        private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([kmg]?)");

        @Override
        public Long convert(String value) {
            Matcher matcher = SIZE.matcher(value.toLowerCase(Locale.ROOT));
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "' is no size; expected a whole number of bytes, or with a unit: 500k, 64m, 1g");
            }
            int shift = 10 * ("kmg".indexOf(matcher.group(2)) + 1);
            return Long.parseLong(matcher.group(1)) << (matcher.group(2).isEmpty() ? 0 : shift);
        }
    }

    static final class PrecisionConverter implements ITypeConverter<Precision> {
        @Override
        public Precision convert(String value) {
            for (Precision each : Precision.values()) {
                if (each.name().toLowerCase(Locale.ROOT).equals(value)) {
                    return each;
                }
            }
            throw new TypeConversionException("'" + value + "' is no precision; expected float32, bfloat16 or int8");
        }
    }

    static final class TimeConverter implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(us|ms|s|m)");

        @Override
        public Duration convert(String value) {
            Matcher matcher = TIME.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "' is no time; expected a whole number and its unit: 500us, 1ms, 2s, 1m");
            }
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "us" -> Duration.ofNanos(1000 * number);
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (models == null) { // here, so that an option that is none is told first: --model
            throw new ParameterException(spec.commandLine(), "Missing required option: '--models=DIR'");
        }
        if (!Files.isDirectory(models)) {
            throw new IllegalArgumentException("--models " + models + " is no folder; give the one that has the models' files");
        }
        Server.Builder builder = Server.builder().models(models).host(host).port(port).precision(precision).maxBatch(maxBatch)
                .maxDelay(maxDelay).queue(queue).maxSequences(maxSequences).sequenceIdle(sequenceIdle).poll(poll)
                .maxBody(maxBody).maxConnections(maxConnections).idle(idle).drain(drain);
        if (grpcPort != null) {
            builder.grpcPort(grpcPort);
        }
        if (maxInflight != null) {
            builder.maxInflight(maxInflight);
        }
        if (hosts != null) {
            builder.allowHosts(hosts);
        }
        if (accessLog != null) {
            builder.accessLog(accessLog);
        }
        if (tls != null) {
            builder.tls(tls.certificates, tls.key);
        }
        if (tokens != null) {
            builder.tokens(tokens);
        }
        if (threads != null) {
            builder.threads(threads);
        }
        Console.quiet();
        CountDownLatch asked = stopSignal();
        long begin = System.nanoTime();
        Server server = builder.start();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        PrintWriter out = spec.commandLine().getOut();
        List<ServedModel> ready = server.service().repository().models();
        String shown = host.contains(":") ? "[" + host + "]" : host;
        String address = (tls == null ? "http://" : "https://") + shown + ":" + server.port();
        ServeReport.models(out, ready);
        out.println("serving at " + address + ", over gRPC at " + shown + ":" + server.grpcPort() + "; ready after " + took.toMillis()
                + " ms");
        ServeReport.example(out, ready, address);
        out.flush();
        Console.open();
        asked.await();
        return server.stop() ? 0 : 1;
    }

    /** Counted down by the first signal that ends a program; a second one ends it at once. */
    private static CountDownLatch stopSignal() {
        CountDownLatch asked = new CountDownLatch(1);
        for (String signal : List.of("TERM", "INT")) {
            Signal.handle(new Signal(signal), received -> {
                if (asked.getCount() == 0) {
                    Runtime.getRuntime().halt(128 + received.getNumber()); // the second one
                }
                asked.countDown();
            });
        }
        return asked;
    }

    /** Runs the command by itself. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new ServeCommand());
        line.getCommandSpec().name("java -jar tidegate-server.jar").mixinStandardHelpOptions(true);
        line.setExecutionExceptionHandler((failure, command, result) -> {
            command.getErr().println("tidegate: " + failure.getMessage());
            command.getErr().flush();
            return 1;
        });
        System.exit(line.execute(arguments));
    }
}
