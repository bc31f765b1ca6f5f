package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Pooling;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Tidegate;
import org.tidegate.Value;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.data.GreyImage;
import org.tidegate.data.Series;
import org.tidegate.task.Trainable;
import org.tidegate.task.caption.CaptionedImage;
import org.tidegate.task.caption.Captioner;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.ClassifierAnswers;
import org.tidegate.task.classify.LabelProbability;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.task.forecast.ForecastSetup;
import org.tidegate.task.forecast.Forecaster;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.tag.TaggedSentence;
import org.tidegate.task.tag.Tagger;
import org.tidegate.task.transcribe.Transcriber;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.task.translate.Translator;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

/** Networks that ONNX Runtime answers with as Tidegate does. */
class OnnxExportTest {
    /** Nodes over the inputs below; z is compared, and the other letters are nodes on the way. */
    static final List<String> NODES = """
            z = linear x cols=5
            z = linear x cols=5 bias=false
            z = linear s cols=4
            w = one_hot words rows=7 | z = linear w cols=4
            w = one_hot words rows=7 | z = recurrent w cell=gru size=4
            e = embedding words rows=7 cols=5 padding=2 | z = tied_linear e to=e
            e = embedding words rows=7 cols=5 | z = tied_linear e to=e bias=false
            z = dropout x p=0.4
            z = layer_norm x
            z = layer_norm x eps=0.01 affine=false
            z = softmax x
            z = log_softmax s
            z = activation x kind=tanh
            z = activation x kind=relu
            z = activation x kind=sigmoid
            z = activation x kind=gelu
            z = activation x kind=gelu_tanh
            z = activation x kind=softplus
            z = activation x kind=elu alpha=0.7
            z = activation x kind=leaky_relu
            z = activation x kind=hard_sigmoid
            z = activation x kind=hard_sigmoid alpha=0.2 beta=0.4
            z = activation s kind=softsign
            z = activation x kind=affine alpha=0.5 beta=0.2
            z = activation x kind=scaled_tanh alpha=1.5 beta=0.7
            z = activation x kind=thresholded_relu alpha=0.4
            a = abs x | z = sqrt a
            z = exp x
            a = abs x | z = log a
            z = neg x
            z = erf x
            z = square x
            z = clip x min=-0.5 max=0.25
            z = clip x max=0.25
            z = clip s min=0
            z = add x y
            z = sub x one
            z = mul one x
            e = exp y | z = div x e
            a = exp x | z = pow a y
            z = maximum x y
            z = minimum s s
            z = add x value=0.5
            z = sub x value=1 reverse=true
            a = exp x | z = div a value=2 reverse=true
            z = mul x parameter=true
            z = sub x parameter=true reverse=true
            z = add x
            z = add x y x y
            z = concat x one y
            z = slice x first=1 count=2
            a = concat x y | z = slice a first=5 count=3 stride=-2
            a = concat x y | z = slice a first=2 count=3 stride=-1
            a = concat x y | z = slice a first=0 count=3 stride=2
            a = concat x y | b = split a sizes=1,3,2 | z = concat b.part2 b b.part1
            a = concat x y | z = permute a order=2,0,1
            a = concat x y | z = permute a transpose=2
            z = reverse x
            z = pool x kind=last
            z = pool x kind=mean
            z = pool x kind=max
            z = frames x size=2
            z = frames x size=3 stride=1 pad=2,0
            z = frames x size=3 stride=2 pad=1,2
            z = upsample x factor=3
            a = frames x size=2 pad=0,1 | h = recurrent a cell=lstm size=3 bidirectional=true | b = upsample h factor=2 \
            | z = pool b kind=mean
            z = conv1d x filters=4 kernel=3
            z = conv1d x filters=4 kernel=3 pad=1 bias=false
            z = conv1d x filters=6 kernel=3 groups=3 dilation=2 pad=4,0
            z = conv1d x filters=2 kernel=2 stride=2 pad=1
            z = conv1d x filters=2 kernel=4 stride=2 pad=2,3 pad_mode=reflect
            a = concat x y | z = conv1d a filters=4 kernel=2 channels=2 pad=1,0
            a = concat s s | z = conv1d a filters=2 kernel=3 channels=1 pad=2 pad_mode=reflect stride=2
            z = pool x kind=max window=2
            z = pool x kind=mean window=3 stride=2 pad=1,2
            z = pool x kind=last window=3 stride=2 pad=1,2
            z = pool x kind=max window=3 stride=1 pad=2,0
            a = concat x y | z = pool a kind=max window=2 channels=2 pad=1
            a = concat x y | z = pool a kind=mean window=2 channels=1 stride=1
            a = concat s s | z = pool a kind=last window=3 channels=2 stride=2 pad=2,1
            z = attention x keys
            z = attention x keys score=scaled_dot weights=40
            z = attention s keys score=general weights=40
            z = attention x keys score=additive size=4
            z = attention s keys score=additive
            z = attention x x score=scaled_dot
            i = ids axis=picked per=sequence | z = gather s i
            i = ids axis=picked | z = gather s i
            a = frames x size=2 stride=1 pad=1,0 | b = conv1d x filters=3 kernel=2 pad=1,0 | c = concat a b | z = pool c kind=max
            """.lines().map(line -> line.replace(" | ", "\n")).toList();

    static final String INPUTS = """
            x = input axis=a cols=3
            y = input axis=a cols=3
            one = input axis=a cols=1
            s = input axis=a cols=3 per=sequence
            words = ids axis=a
            keys = input axis=k cols=3
            """;

    /** The spec of all nodes together; each group has names of its own. */
    private static String spec(List<String> groups) {
        StringBuilder spec = new StringBuilder(INPUTS);
        for (int i = 0; i < groups.size(); i++) {
            spec.append(groups.get(i).replaceAll("\\b([zabcehiw])\\b", "$1" + i)).append('\n');
        }
        return spec.toString();
    }

    private static OnnxExport export(Model model) {
        return OnnxExport.of(model).outputs(model.values().stream().map(Value::name).filter(name -> name.startsWith("z"))
                .toArray(String[]::new));
    }

    @Test
    void everyNodeComputesWhatItDoesHere() {
        try (Model model = ExportTrial.model(spec(NODES), 3)) {
            new ExportTrial(model, 1).check(export(model), 5, 5, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {OnnxExport.OLDEST_OPSET, OnnxExport.OPSET, 18, OnnxExport.NEWEST_OPSET})
    void ofSequencesOfDifferentLengthsEveryNodeComputesWhatItDoesOfEachAlone(int opset) {
        try (Model model = ExportTrial.model(spec(NODES), 3)) {
            new ExportTrial(model, 2).check(export(model).lengths(true).opset(opset), 4, 7, 9, 6, 4);
        }
    }

    /** Recurrent nodes over x, without or with the states from which they start. */
    private static List<String> cells(boolean given) {
        List<String> all = new ArrayList<>();
        for (String cell : List.of("rnn", "rnn_relu", "rnn_sigmoid", "lstm", "gru", "gru_reset_before")) {
            for (String directions : List.of("", " bidirectional=true")) {
                for (int layers : new int[] {1, 2}) {
                    String line = " = recurrent x cell=" + cell + " size=" + (4 + layers) + " layers=" + layers + directions;
                    if (given) {
                        String start = "f" + layers * (directions.isEmpty() ? 1 : 2) * (4 + layers);
                        line += " h0=" + start + (cell.equals("lstm") ? " c0=" + start : "");
                    }
                    all.addAll(List.of(line, line + " bias=false clip=0.6"));
                    if (cell.equals("lstm")) {
                        String both = line + " peepholes=true coupled=true clip=0.4";
                        all.addAll(List.of(line + " peepholes=true", both, line + " coupled=true"));
                        all.add(line + " activations=hard_sigmoid:0.2:0.4,softsign,elu:0.7 peepholes=true");
                        all.add(line + " activations=hard_sigmoid,leaky_relu,scaled_tanh:0.9:1.1 clip=0.5");
                    } else if (cell.startsWith("gru")) {
                        all.addAll(List.of(line + " activation=relu", line + " activation=sigmoid"));
                        all.add(line + " activations=hard_sigmoid,affine:0.5:0.1");
                    } else if (cell.equals("rnn")) {
                        all.addAll(List.of(line + " activations=thresholded_relu:0.3", line + " activations=softplus"));
                    }
                }
            }
        }
        return all;
    }

    private static String recurrent(boolean given) {
        StringBuilder spec = new StringBuilder("x = input axis=a cols=3\n");
        for (int columns : new int[] {5, 10, 12, 24}) {
            spec.append("f" + columns + " = input axis=a per=sequence cols=" + columns + "\n");
        }
        List<String> lines = cells(given);
        for (int i = 0; i < lines.size(); i++) {
            spec.append("h" + i + lines.get(i) + "\n");
        }
        return spec.toString();
    }

    /** The export of all recurrent nodes, with their states after the last step. */
    private static OnnxExport recurrentExport(Model model) {
        return OnnxExport.of(model).outputs(model.values().stream().map(Value::name).filter(name -> name.startsWith("h"))
                .toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyRecurrentNodeComputesWhatItDoesHere(boolean given) {
        try (Model model = ExportTrial.model(recurrent(given), 3)) {
            new ExportTrial(model, 1).check(recurrentExport(model), 5, 5, 5);
            new ExportTrial(model, 2).check(recurrentExport(model).lengths(true), 3, 7, 1, 6, 3);
        }
    }

    @Test
    void layersOfOddSizesComputeWhatTheyDoHere() {
        String spec = """
                words = ids axis=words
                e = embedding words rows=101 cols=33
                h = recurrent e cell=lstm size=67 layers=2 bidirectional=true
                g = recurrent h cell=gru_reset_before size=31
                y = linear g cols=13
                """;
        try (Model model = ExportTrial.model(spec, 3)) {
            new ExportTrial(model, 1).check(OnnxExport.of(model).outputs("h", "y"), 1);
            new ExportTrial(model, 2).check(OnnxExport.of(model).lengths(true).outputs("y", "h", "h.c_n"), 17, 1, 40, 23);
        }
    }

    private static final String STREAM = """
            x = input axis=a cols=3
            h = recurrent x cell=lstm size=5 layers=2
            g = recurrent h cell=gru size=4
            y = linear g cols=2
            target = input axis=a cols=2
            loss = mse y target
            """;

    @Test
    void withItsStatesASequenceMayBeRunStepByStep() {
        int steps = 6;
        int sequences = 3;
        try (Model model = ExportTrial.model(STREAM, 3); Session session = model.newSession();
                InOnnxRuntime runtime = new InOnnxRuntime(OnnxExport.of(model).states(true).toBytes())) {
            session.setCarry(true);
            assertEquals(Set.of("x", "h_h", "h_c", "g_h"), runtime.inputs());
            Map<String, NdArray> given = new HashMap<>(Map.of("h_h", zeros(2, sequences, 5), "h_c", zeros(2, sequences, 5)));
            given.put("g_h", zeros(1, sequences, 4));
            Random random = new Random(4);
            for (int t = 0; t < steps; t++) {
                float[] row = new float[sequences * 3];
                IntStream.range(0, row.length).forEach(i -> row[i] = (float) random.nextGaussian());
                given.put("x", NdArray.of(new int[] {sequences, 1, 3}, row));
                session.forward(model.newBatch().equalLengths("a", sequences, 1).reals("x", row));
                Map<String, NdArray> outputs = runtime.run(given);
                assertArrayEquals(session.output("y").toArray(), outputs.get("y").reals(), 1e-5f);
                for (String state : List.of("h_h", "h_c", "g_h")) {
                    given.put(state, outputs.get(state + "_out"));
                }
            }
        }
    }

    @Test
    void windowsThatEndWithTheirStepKeepTheRowsBeforeAPiece() {
        String spec = """
                x = input axis=a cols=3
                p = frames x size=2 stride=1 pad=1,0
                c = conv1d p filters=4 kernel=3 dilation=2 pad=4,0
                h = recurrent c cell=rnn size=5
                """;
        for (boolean lengths : new boolean[] {false, true}) {
            try (Model model = ExportTrial.model(spec, 3); Session session = model.newSession();
                    InOnnxRuntime runtime = new InOnnxRuntime(OnnxExport.of(model).states(true).lengths(lengths).toBytes())) {
                session.setCarry(true);
                Map<String, NdArray> given = new HashMap<>(Map.of("p_rows", zeros(2, 1, 3), "c_rows", zeros(2, 4, 6)));
                given.put("h_h", zeros(1, 2, 5));
                Random random = new Random(4);
                for (int[] piece : new int[][] {{1, 1}, {3, lengths ? 1 : 3}, {lengths ? 2 : 7, 7}, {1, 1}}) {
                    int most = Math.max(piece[0], piece[1]);
                    float[][][] rows = new float[2][most][3];
                    float[] all = new float[2 * most * 3];
                    for (int i = 0; i < all.length; i++) {
                        boolean real = i / 3 % most < piece[i / 3 / most];
                        all[i] = rows[i / 3 / most][i / 3 % most][i % 3] = real ? (float) random.nextGaussian() : Float.NaN;
                    }
                    given.put("x", NdArray.of(new int[] {2, most, 3}, all));
                    if (lengths) {
                        given.put("lengths", NdArray.of(new int[] {2}, (long) piece[0], (long) piece[1]));
                    }
                    Batch batch = model.newBatch().lengths("a", piece).reals("x", rows);
                    session.forward(batch);
                    Map<String, NdArray> outputs = runtime.run(given);
                    float[] h = session.output("h").toArray();
                    for (int s = 0; s < 2; s++) {
                        for (int i = 0; i < 5 * piece[s]; i++) {
                            assertEquals(h[batch.row("a", s, i / 5) * 5 + i % 5], outputs.get("h").reals()[s * most * 5 + i], 1e-5);
                        }
                    }
                    for (String state : List.of("p_rows", "c_rows", "h_h")) {
                        given.put(state, outputs.get(state + "_out"));
                    }
                }
            }
        }
    }

    private static NdArray zeros(int... shape) {
        return NdArray.of(shape, new float[IntStream.of(shape).reduce(1, Math::multiplyExact)]);
    }

    @Test
    void theFileSaysWhoWroteItAndLeavesOutWhatOnlyTrainingNeeds() throws Exception {
        try (Model model = ExportTrial.model(STREAM, 3)) {
            ModelProto file = ModelProto.parseFrom(OnnxExport.of(model).metadata("by", "hand").toBytes());
            assertEquals("tidegate", file.getProducerName());
            assertEquals(Tidegate.version(), file.getProducerVersion());
            assertEquals(OnnxExport.OPSET, file.getOpsetImport(0).getVersion());
            assertEquals(8, file.getIrVersion());
            assertEquals("by", file.getMetadataProps(0).getKey());
            assertEquals(List.of("x"), file.getGraph().getInputList().stream().map(input -> input.getName()).toList());
            assertEquals(List.of("y"), file.getGraph().getOutputList().stream().map(output -> output.getName()).toList());
            assertEquals("batch", file.getGraph().getOutput(0).getType().getTensorType().getShape().getDim(0).getDimParam());
        }
    }

    @Test
    void aNodeMayBeCalledLikeAnInputThatTheExportAdds() {
        String spec = "lengths = input axis=a cols=3\nh_h = recurrent lengths cell=rnn size=2\nh = recurrent h_h cell=rnn size=2\n";
        try (Model model = ExportTrial.model(spec, 3);
                InOnnxRuntime runtime = new InOnnxRuntime(OnnxExport.of(model).lengths(true).states(true).toBytes())) {
            assertEquals(Set.of("lengths", "lengths_2", "h_h_h", "h_h_2"), runtime.inputs());
        }
    }

    @Test
    void whatOnnxCannotSayIsNamedBeforeAnythingIsWritten(@TempDir Path folder) {
        String spec = """
                x = input axis=a cols=3
                m = recurrent x cell=min_gru size=4
                p = recurrent x cell=lstm_projected size=4 proj=2
                n = recurrent m cell=lstm size=4 layer_norm=true
                d = attention_decoder x p cell=gru size=3
                all = concat n d
                """;
        try (Model model = Model.of(spec, 1)) {
            Path file = folder.resolve("model.onnx");
            String message = assertThrows(IllegalArgumentException.class, () -> OnnxExport.of(model).write(file)).getMessage();
            for (String part : List.of("'m' (recurrent): ", "min_gru", "'p' (recurrent): ", "lstm_projected", "'n' (recurrent): ",
                    "layer normalization", "'d' (attention_decoder): ", "run this one with Tidegate")) {
                assertTrue(message.contains(part), message);
            }
            assertEquals(0, folder.toFile().list().length);
            assertThrows(IllegalArgumentException.class, () -> OnnxExport.of(model).outputs("x"));
            assertThrows(IllegalArgumentException.class, () -> OnnxExport.of(model).opset(12));
        }
        try (Model model = Model.of("x = input axis=a cols=3\ny = conv1d x filters=2 kernel=3 pad=1,1\n", 1)) {
            String message = assertThrows(IllegalArgumentException.class, () -> OnnxExport.of(model).states(true).toBytes()).getMessage();
            assertTrue(message.contains("without states, or with stride=1 pad=2,0"), message);
        }
    }

    @Test
    void aStateThatTheNetworkComputesIsGivenWhereStatesAreInputs(@TempDir Path folder) throws Exception {
        String spec = """
                f = input axis=a per=sequence cols=3
                start = linear f cols=4
                x = input axis=a cols=3
                h = recurrent x cell=gru size=4 h0=start
                """;
        try (Model model = ExportTrial.model(spec, 3)) {
            OnnxExport.Contents contents = OnnxExport.of(model).states(true).write(folder.resolve("step.onnx"));
            assertEquals(List.of("x float[batch, time, 3]", "h_h float[1, batch, 4]"), contents.inputs());
            assertTrue(contents.notes().get(0).contains("h0=start"), () -> contents.notes().toString());
            new ExportTrial(model, 1).check(OnnxExport.of(model).outputs("h", "start"), 5, 5);
        }
    }

    @Test
    void rowsOfStepsAreNumberedAsTheFileHasThem(@TempDir Path folder) throws Exception {
        String spec = "x = input axis=a cols=2\nrows = ids axis=b per=sequence\ny = gather x rows\n";
        try (Model model = ExportTrial.model(spec, 3); Session session = model.newSession();
                InOnnxRuntime runtime = new InOnnxRuntime(OnnxExport.of(model).toBytes())) {
            float[][][] x = {{{1, 2}, {3, 4}, {0, 0}}, {{5, 6}, {7, 8}, {9, 10}}};
            Batch batch = model.newBatch().lengths("a", 2, 3).lengths("b", 1, 1, 1).reals("x", x);
            session.forward(batch.ids("rows", batch.row("a", 1, 2), batch.row("a", 0, 1), batch.row("a", 1, 0)));
            NdArray y = runtime.run(Map.of("x", NdArray.of(new int[] {2, 3, 2}, 1f, 2, 3, 4, 0, 0, 5, 6, 7, 8, 9, 10),
                    "rows", NdArray.of(new int[] {3}, 5L, 1L, 3L))).get("y");
            assertArrayEquals(session.output("y").toArray(), y.reals());
            assertTrue(OnnxExport.of(model).write(folder.resolve("rows.onnx")).notes().get(0).contains("s * time + t"));
        }
    }

    private static final List<LabelledText> TEXTS = List.of(new LabelledText("up", "the tide turns at dawn"),
            new LabelledText("down", "the gate opens slowly"), new LabelledText("up", "dawn"), new LabelledText("down", "slowly the dog"));

    static List<Supplier<Trainable<?, ?>>> tasks() {
        List<TaggedSentence> tagged = TEXTS.stream().map(text -> List.of(text.text().split(" ")))
                .map(words -> new TaggedSentence(words, words.stream().map(word -> "T" + word.length() % 3).toList())).toList();
        double[] tide = IntStream.range(0, 90).mapToDouble(i -> Math.sin(0.3 * i)).toArray();
        double[] wind = IntStream.range(0, 90).mapToDouble(i -> 3 + 2 * Math.cos(0.2 * i)).toArray();
        Series series = Series.of(List.of("tide", "wind"), tide, wind);
        GreyImage image = new GreyImage(2, 3, new byte[6]);
        List<CaptionedImage> images = TEXTS.stream().map(text -> new CaptionedImage(image, text.text())).toList();
        List<SentencePair> pairs = TEXTS.stream().map(text -> new SentencePair(text.text(), text.label())).toList();
        List<Recording> recordings = TEXTS.stream()
                .map(text -> new Recording(text.text(), new Audio(new float[2400], 8000), text.label(), "")).toList();
        ForecastSetup setup = ForecastSetup.of(List.of("tide", "wind"), List.of("tide")).window(12).horizon(3);
        return List.of(() -> Classifier.builder(TEXTS).hidden(11).embedding(7).build(),
                () -> Classifier.builder(TEXTS).hidden(5).embedding(3).pooling(Pooling.LAST).bidirectional(false).build(),
                () -> Tagger.builder(tagged).hidden(9).embedding(5).crf(true).build(),
                () -> Forecaster.builder(setup).hidden(13).build(series),
                () -> LanguageModel.builder(Vocabulary.ofCodePoints("the tide turns")).hidden(10).embedding(6).build(),
                () -> Captioner.builder(images).hidden(8).embedding(5).build(),
                () -> Translator.builder(pairs).encoder(4).hidden(7).embedding(5).build(),
                () -> Transcriber.builder(recordings).mels(5).hidden(4).layers(2).stack(1).pyramid(1).build());
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theNetworkOfATaskComputesWhatItDoesHereAndTheFileSaysWhatTheTaskKnows(Supplier<Trainable<?, ?>> maker) throws Exception {
        try (Trainable<?, ?> task = maker.get()) {
            OnnxExport export = OnnxExport.of(task.model()).task(task.reading());
            new ExportTrial(task.model(), 1).check(export, 4, 4, 4);
            new ExportTrial(task.model(), 2).check(export.lengths(true), 6, 2, 9);
            ModelProto file = ModelProto.parseFrom(export.toBytes());
            assertEquals(task.reading().task(), file.getMetadataProps(0).getValue());
            assertEquals(task.reading().toJson().toString(), file.getMetadataProps(1).getValue());
        }
    }

    /** What a file of a classifier answers is what the classifier does, with the temperature that its held-out texts gave it. */
    @Test
    void theLogitsOfATrainedClassifierAreAsSureAsItsAnswers(@TempDir Path folder) throws Exception {
        Random random = new Random(5);
        List<LabelledText> texts = IntStream.range(0, 300).mapToObj(i -> new LabelledText(i % 3 == 0 ^ random.nextInt(5) == 0 ? "ebb" : "flow",
                (i % 3 == 0 ? "the tide falls " : "the tide comes in ") + "at " + random.nextInt(9))).toList();
        for (boolean multiLabel : new boolean[] {false, true}) {
            try (Classifier task = Classifier.builder(texts).multiLabel(multiLabel).hidden(6).embedding(5).dropout(0).build()) {
                task.train(texts.subList(0, 200), texts.subList(200, 300), Training.epochs(3).learningRate(1e-2).keep(Training.Keep.LAST));
                assertNotEquals(1, task.reading().temperature());
                OnnxExport export = OnnxExport.of(task.model()).task(task.reading());
                assertTrue(export.write(folder.resolve("sure.onnx")).notes().get(0).startsWith("'logits' is the network's, divided by "));
                try (InOnnxRuntime runtime = new InOnnxRuntime(export.toBytes());
                        ClassifierAnswers answers = task.answers(Precision.FLOAT32)) {
                    for (LabelledText text : texts.subList(0, 20)) {
                        long[] ids = Arrays.stream(task.reading().tokens(text.text(), "a text")).asLongStream().toArray();
                        float[] logits = runtime.run(Map.of("tokens", NdArray.of(new int[] {1, ids.length}, ids))).get("logits").reals();
                        double total = IntStream.range(0, logits.length).mapToDouble(k -> Math.exp(logits[k])).sum();
                        for (LabelProbability given : answers.classify(text.text())) {
                            double logit = logits[task.reading().labels().indexOf(given.label())];
                            assertEquals(given.probability(), multiLabel ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / total, 1e-5);
                        }
                    }
                }
            }
        }
    }

    /** Many networks, of one group of nodes each, and all recurrent nodes together. */
    private static List<String> small() {
        List<String> specs = new ArrayList<>();
        for (String group : NODES) {
            StringBuilder spec = new StringBuilder();
            INPUTS.lines().filter(line -> Pattern.compile("[ =]" + line.split(" ")[0] + "\\b").matcher(group).find())
                    .forEach(line -> spec.append(line.replace("axis=a", "axis=t")).append('\n'));
            specs.add(spec.append(group).append('\n').toString());
        }
        specs.add(recurrent(false).replaceAll("(?m)^h", "z"));
        specs.add(recurrent(true).replaceAll("(?m)^h", "z"));
        return specs;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsReadBackComputesTheSameOrIsRefused(boolean lengths, @TempDir Path folder) throws Exception {
        List<String> refused = new ArrayList<>();
        for (String spec : small()) {
            try (Model model = ExportTrial.model(spec, 3)) {
                Path file = folder.resolve("model.onnx");
                OnnxExport.Contents contents = export(model).lengths(lengths).write(file);
                Set<String> inputs = contents.inputs().stream().map(input -> input.split(" ")[0]).collect(Collectors.toSet());
                OnnxModel read = OnnxModel.read(file).carryStates(false);
                try {
                    read.reading();
                } catch (OnnxException e) {
                    refused.add(spec + e.getMessage());
                    continue;
                }
                try (OnnxAnswers answers = read.answers(Precision.FLOAT32)) {
                    new ExportTrial(model, 1).check(inputs, answers::run, lengths ? new int[] {4, 7, 9, 6, 4} : new int[] {5, 5, 5});
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(spec + e.getMessage(), e);
                }
            }
        }
        assertTrue(refused.size() <= (lengths ? 34 : 16), () -> String.join("\n", refused));
    }
}
