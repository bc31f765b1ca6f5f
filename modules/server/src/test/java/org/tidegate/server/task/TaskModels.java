/* A small model of each task, what it is asked, and what the library answers. */
package org.tidegate.server.task;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.tidegate.Activation;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Elementwise;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.csv.SeriesCsvReader;
import org.tidegate.data.GreyImage;
import org.tidegate.data.Series;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.server.model.Asked;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.task.Answers;
import org.tidegate.task.Trainable;
import org.tidegate.task.caption.CaptionedImage;
import org.tidegate.task.caption.Captioner;
import org.tidegate.task.caption.CaptionerAnswers;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.ClassifierAnswers;
import org.tidegate.task.classify.LabelProbability;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.task.fill.FillIn;
import org.tidegate.task.fill.FillInAnswers;
import org.tidegate.task.forecast.Forecast;
import org.tidegate.task.forecast.ForecastLoss;
import org.tidegate.task.forecast.ForecastSetup;
import org.tidegate.task.forecast.Forecaster;
import org.tidegate.task.forecast.ForecasterAnswers;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.task.tag.TaggedSentence;
import org.tidegate.task.tag.Tagger;
import org.tidegate.task.tag.TaggerAnswers;
import org.tidegate.task.transcribe.Transcriber;
import org.tidegate.task.transcribe.TranscriberAnswers;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.task.translate.Translation;
import org.tidegate.task.translate.Translator;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.task.voice.SpeechRules;
import org.tidegate.task.voice.SpeechSpan;
import org.tidegate.task.voice.VoiceAnswers;
import org.tidegate.task.voice.VoiceFormat;
import org.tidegate.task.voice.VoiceReading;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

/** Models that are made in a moment; requests at random, and the answers by the library's own calls, one after the other. */
public enum TaskModels {
    /** Sentiment. */
    CLASSIFY(Classifier.TASK) {
        @Override
        public void save(Path file) throws IOException {
            saved(Classifier.builder(WORDS.stream().map(word -> new LabelledText(word, "l" + word.length())).toList()).hidden(5).embedding(4)
                    .seed(3).build(), file);
        }

        @Override
        Asked ask(Answers<?> answers, Random random) {
            List<String> texts = texts(random);
            List<List<LabelProbability>> found = texts.stream().map(text -> ((ClassifierAnswers) answers).classify(text)).toList();
            List<String> labels = ((ClassifierAnswers) answers).reading().labels();
            float[] all = new float[texts.size() * labels.size()];
            for (int i = 0; i < found.size(); i++) {
                for (LabelProbability each : found.get(i)) {
                    all[i * labels.size() + labels.indexOf(each.label())] = (float) each.probability();
                }
            }
            return Asked.of(Map.of(), tensor("text", texts)).expect(tensor("label", found.stream().map(each -> each.get(0).label()).toList()))
                    .expect(floats("probability", found.stream().map(each -> each.get(0).probability()).toList(), texts.size()))
                    .expect(InferenceTensor.of("probabilities", all, texts.size(), labels.size()));
        }
    },
    /** Kinds of words. */
    TAG(Tagger.TASK) {
        @Override
        public void save(Path file) throws IOException {
            List<TaggedSentence> sentences = List.of(new TaggedSentence(WORDS, WORDS.stream().map(word -> "T" + word.length()).toList()));
            saved(Tagger.builder(sentences).hidden(5).embedding(4).minimumCount(1).crf(true).seed(3).build(), file);
        }

        @Override
        Asked ask(Answers<?> answers, Random random) {
            TaggerAnswers tagger = (TaggerAnswers) answers;
            List<String> texts = texts(random);
            List<List<String>> words = texts.stream().map(tagger::words).toList();
            List<List<String>> tags = words.stream().map(tagger::tag).toList();
            return Asked.of(Map.of(), tensor("text", texts)).expect(tensor("tokens", words.stream().flatMap(List::stream).toList()))
                    .expect(tensor("tags", tags.stream().flatMap(List::stream).toList())).expect(lengths("tags", tags));
        }
    },
    /** One language into another. */
    TRANSLATE(Translator.TASK) {
        @Override
        public void save(Path file) throws IOException {
            List<SentencePair> pairs = IntStream.range(0, WORDS.size())
                    .mapToObj(i -> new SentencePair(WORDS.get(i), WORDS.get((i + 1) % WORDS.size()) + " " + WORDS.get(i))).toList();
            saved(Translator.builder(pairs).encoder(4).hidden(6).embedding(5).minimumCount(1).seed(5).build(), file);
        }

        @Override
        Asked ask(Answers<?> answers, Random random) {
            List<String> texts = texts(random);
            int beam = 1 + random.nextInt(2);
            BeamSearch search = BeamSearch.of(beam).lengthNormalization(1);
            List<Translation> found = texts.stream().map(text -> ((TranslatorAnswers) answers).translate(List.of(text), search).get(0).get(0))
                    .toList();
            return Asked.of(Map.of("beam", (long) beam), tensor("text", texts))
                    .expect(tensor("translation", found.stream().map(Translation::text).toList()))
                    .expect(floats("score", found.stream().map(Translation::score).toList(), texts.size()));
        }
    },
    /** Speech into text. */
    TRANSCRIBE(Transcriber.TASK) {
        @Override
        public void save(Path file) throws IOException {
            List<Recording> recordings = IntStream.range(0, 4).mapToObj(i -> new Recording("r" + i, sound(new Random(i), 3000), "ab", ""))
                    .toList();
            saved(Transcriber.builder(recordings).mels(5).hidden(4).seed(9).build(), file);
        }

        @Override
        Asked ask(Answers<?> answers, Random random) {
            List<Audio> sounds = sounds(random);
            return Asked.of(Map.of(), files("audio", sounds.stream().map(TaskModels::wav).toList())).expect(tensor("text",
                    sounds.stream().map(sound -> ((TranscriberAnswers) answers).transcribe(sound).text()).toList()));
        }
    },
    /** Where somebody speaks: what is loud is speech. */
    VOICE(VoiceReading.TASK) {
        @Override
        public void save(Path file) throws IOException {
            ModelBuilder b = new ModelBuilder();
            Node sound = b.input("sound", 80);
            Node power = b.linear(b.apply(Elementwise.SQUARE, sound), 1, Attribute.name("power"));
            Node heard = b.recurrent(power, Cell.LSTM, 5, Attribute.name("rnn"));
            b.activation(b.linear(b.concat(power, heard), 1, Attribute.name("logit")), Activation.SIGMOID, Attribute.name("speech"));
            try (Model model = b.build(7)) {
                float[] mean = new float[80];
                Arrays.fill(mean, 1f / mean.length);
                model.parameter("power.weight").set(mean);
                model.parameter("logit.weight").set(400, 1, -1, 2, -2, 1);
                model.parameter("logit.bias").set(-4);
                new VoiceFormat().save(new VoiceReading(RATE, 80, new SpeechRules(0.5, 0.35, 20, 30, 8), "sound", "speech"), model, file);
            }
        }

        @Override
        Asked ask(Answers<?> answers, Random random) {
            VoiceAnswers voice = (VoiceAnswers) answers;
            List<Audio> sounds = sounds(random);
            List<List<SpeechSpan>> spans = sounds.stream().map(voice::detect).toList();
            List<List<Float>> probabilities = sounds.stream().map(voice::probabilities)
                    .map(some -> IntStream.range(0, some.length).mapToObj(i -> some[i]).toList()).toList();
            List<SpeechSpan> all = spans.stream().flatMap(List::stream).toList();
            List<Float> flat = probabilities.stream().flatMap(List::stream).toList();
            return Asked.of(Map.of(), files("audio", sounds.stream().map(TaskModels::wav).toList()))
                    .expect(floats("spans", all.stream().flatMap(span -> List.of(span.start(), span.end()).stream()).toList(), all.size(), 2))
                    .expect(lengths("spans", spans)).expect(floats("probabilities", flat, flat.size()))
                    .expect(lengths("probabilities", probabilities));
        }
    },
    /** Pictures into text. */
    CAPTION(Captioner.TASK) {
        @Override
        public void save(Path file) throws IOException {
            Random random = new Random(4);
            List<CaptionedImage> images = WORDS.stream().map(word -> new CaptionedImage(image(random), word + " " + word)).toList();
            Captioner captioner = Captioner.builder(images).hidden(8).embedding(5).seed(2).build();
            captioner.train(images, Training.epochs(300).batch(4).learningRate(0.02));
            saved(captioner, file);
        }

        @Override
        Asked ask(Answers<?> answers, Random random) {
            List<GreyImage> images = IntStream.range(0, 1 + random.nextInt(3)).mapToObj(i -> image(random)).toList();
            return Asked.of(Map.of(), files("image", images.stream().map(TaskModels::png).toList())).expect(tensor("caption",
                    images.stream().map(((CaptionerAnswers) answers)::caption).toList()));
        }
    },
    /** What comes next, with quantiles. */
    FORECAST(Forecaster.TASK) {
        private final ForecastSetup setup = ForecastSetup.of(List.of("tide", "wind"), List.of("tide")).window(12).horizon(3).residual(true);

        @Override
        public void save(Path file) throws IOException {
            saved(Forecaster.builder(setup).hidden(7).loss(ForecastLoss.quantile(0.1, 0.5, 0.9)).seed(3).build(series(new Random(1), 90)),
                    file);
        }

        @Override
        Asked ask(Answers<?> answers, Random random) {
            List<Series> all = IntStream.range(0, 1 + random.nextInt(3)).mapToObj(i -> series(random, 12 + random.nextInt(9))).toList();
            List<Forecast> found = all.stream().map(((ForecasterAnswers) answers)::forecast).toList();
            int n = all.size();
            return Asked.of(Map.of(), tensor("series", all.stream().map(TaskModels::csv).toList()))
                    .expect(InferenceTensor.of("forecast", found.stream().flatMapToDouble(each -> Arrays.stream(each.values())).toArray(), n, 3, 1))
                    .expect(InferenceTensor.of("lower", found.stream().flatMapToDouble(
                            each -> IntStream.range(0, 3).mapToDouble(step -> each.low(step, 0))).toArray(), n, 3, 1))
                    .expect(InferenceTensor.of("upper", found.stream().flatMapToDouble(
                            each -> IntStream.range(0, 3).mapToDouble(step -> each.high(step, 0))).toArray(), n, 3, 1))
                    .expect(InferenceTensor.of("times", IntStream.range(0, 3 * n).mapToObj(i -> "").toList(), n, 3));
        }
    },
    /** What is written next. */
    LANGUAGE_MODEL(LanguageModel.TASK) {
        @Override
        public void save(Path file) throws IOException {
            saved(LanguageModel.builder(Vocabulary.ofCodePoints(String.join(" ", WORDS))).hidden(6).embedding(5).seed(8).build(), file);
        }

        @Override
        Asked ask(Answers<?> answers, Random random) {
            List<String> texts = texts(random);
            int tokens = 10 + random.nextInt(300);
            Sampling sampling = Sampling.temperature(1).topK(9).topP(0.95).seed(random.nextInt());
            List<String> found = texts.stream().map(text -> ((LanguageModelAnswers) answers).generate(text, tokens, sampling)).toList();
            return Asked.of(Map.of("max_tokens", (long) tokens, "temperature", 1.0, "top_k", 9L, "top_p", 0.95, "seed", sampling.seed()),
                    tensor("text", texts)).expect(tensor("text", found))
                    .expect(tensor("finish_reason", found.stream().map(text -> "length").toList()));
        }
    },
    /** Missing words. */
    FILL(FillIn.TASK) {
        @Override
        public void save(Path file) throws IOException {
            saved(FillIn.builder(List.of(WORDS, WORDS.subList(1, WORDS.size()))).hidden(5).embedding(4).minimumCount(1).seed(3).build(), file);
        }

        @Override
        Asked ask(Answers<?> answers, Random random) {
            FillInAnswers fill = (FillInAnswers) answers;
            List<String> texts = texts(random).stream().map(text -> random.nextBoolean() ? text + " __" : "__ " + text).toList();
            int top = 1 + random.nextInt(3);
            List<FillInAnswers.Answer> found = texts.stream().flatMap(text -> fill.fill(fill.cloze(text), top).stream()).toList();
            return Asked.of(Map.of("top", (long) top), tensor("text", texts))
                    .expect(InferenceTensor.of("word", found.stream().map(FillInAnswers.Answer::word).toList(), texts.size(), top))
                    .expect(floats("probability", found.stream().map(FillInAnswers.Answer::probability).toList(), texts.size(), top));
        }
    };

    private static final List<String> WORDS = List.of("the", "tide", "turns", "at", "dawn", "slowly", "gate", "opens");
    private static final int RATE = 8000;

    private final String task;

    TaskModels(String task) {
        this.task = task;
    }

    /** A request, and the outputs that it must have. */
    record Asked(Map<String, Object> parameters, List<InferenceTensor> inputs, Map<String, InferenceTensor> expected) {
        static Asked of(Map<String, Object> parameters, InferenceTensor... inputs) {
            return new Asked(parameters, List.of(inputs), new LinkedHashMap<>());
        }

        Asked expect(InferenceTensor output) {
            expected.put(output.name(), output);
            return this;
        }
    }

    /** {@return the task's name} */
    public String task() {
        return task;
    }

    /** Writes the model's file. */
    public abstract void save(Path file) throws IOException;

    /** A request at random. */
    abstract Asked ask(Answers<?> answers, Random random);

    /** A forecaster that has learned from days, with intervals of 80 %: the columns {@code day} and {@code tide}. */
    public static void saveForecasterOfDays(Path file) throws IOException {
        String rows = IntStream.range(0, 60).mapToObj(i -> LocalDate.of(2023, 1, 1).plusDays(i) + "," + Math.sin(0.3 * i))
                .collect(Collectors.joining("\n"));
        Series series = SeriesCsvReader.of().read(Path.of("days.csv"), "day,tide\n" + rows).series();
        saved(Forecaster.builder(ForecastSetup.of(List.of("tide"), List.of("tide")).window(4).horizon(2)).hidden(3)
                .loss(ForecastLoss.quantile(0.1, 0.5, 0.9)).seed(3).build(series), file);
    }

    private static void saved(Trainable<?, ?> model, Path file) throws IOException {
        try (model) {
            model.save(file);
        }
    }

    private static List<String> texts(Random random) {
        return IntStream.range(0, 1 + random.nextInt(3)).mapToObj(i -> IntStream.range(0, 1 + random.nextInt(9))
                .mapToObj(t -> WORDS.get(random.nextInt(WORDS.size()))).collect(Collectors.joining(" "))).toList();
    }

    private static Audio sound(Random random, int samples) {
        float[] all = new float[samples];
        for (int i = 0; i < all.length; i++) {
            boolean loud = i / 900 % 2 == 1;
            all[i] = Math.round((loud ? 0.5 : 0.05) * (random.nextDouble() - 0.5) * 32768) / 32768f;
        }
        return new Audio(all, RATE);
    }

    private static List<Audio> sounds(Random random) {
        return IntStream.range(0, 1 + random.nextInt(3)).mapToObj(i -> sound(random, 1000 + random.nextInt(4000))).toList();
    }

    private static GreyImage image(Random random) {
        byte[] pixels = new byte[12];
        random.nextBytes(pixels);
        return new GreyImage(3, 4, pixels);
    }

    private static Series series(Random random, int length) {
        double start = 10 * random.nextDouble();
        return Series.of(List.of("tide", "wind"), IntStream.range(0, length).mapToDouble(i -> Math.sin(start + 0.3 * i)).toArray(),
                IntStream.range(0, length).mapToDouble(i -> 3 + random.nextGaussian()).toArray());
    }

    private static String csv(Series series) {
        return "tide,wind\n" + IntStream.range(0, series.length()).mapToObj(t -> series.value(0, t) + "," + series.value(1, t))
                .collect(Collectors.joining("\n"));
    }

    /** A WAV file of 16 bits a sample. */
    public static byte[] wav(Audio audio) {
        int data = 2 * audio.samples().length;
        ByteBuffer file = ByteBuffer.allocate(44 + data).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + data).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII));
        file.putInt(16).putShort((short) 1).putShort((short) 1).putInt(audio.rate()).putInt(2 * audio.rate()).putShort((short) 2)
                .putShort((short) 16).put("data".getBytes(StandardCharsets.US_ASCII)).putInt(data);
        for (float sample : audio.samples()) {
            file.putShort((short) Math.round(sample * 32768));
        }
        return file.array();
    }

    private static byte[] png(GreyImage image) {
        BufferedImage picture = new BufferedImage(image.columns(), image.rows(), BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < image.pixels().length; i++) {
            picture.getRaster().setSample(i % image.columns(), i / image.columns(), 0, image.pixels()[i]);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }

    private static InferenceTensor tensor(String name, List<String> texts) {
        return InferenceTensor.of(name, texts, texts.size());
    }

    private static InferenceTensor files(String name, List<byte[]> files) {
        return InferenceTensor.ofBytes(name, files, files.size());
    }

    private static InferenceTensor lengths(String name, List<? extends List<?>> each) {
        return InferenceTensor.of(name + ".lengths", each.stream().mapToInt(List::size).toArray(), each.size());
    }

    private static InferenceTensor floats(String name, List<? extends Number> values, long... shape) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return InferenceTensor.of(name, floats, shape);
    }
}
