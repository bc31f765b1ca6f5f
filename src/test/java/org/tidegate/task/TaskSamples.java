package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.example.signal.LabelledSignal;
import org.example.signal.SignalAnswers;
import org.example.signal.SignalClassifier;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.data.GreyImage;
import org.tidegate.data.Series;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.task.caption.CaptionedImage;
import org.tidegate.task.caption.Captioner;
import org.tidegate.task.caption.CaptionerAnswers;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.ClassifierAnswers;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.task.fill.Cloze;
import org.tidegate.task.fill.FillIn;
import org.tidegate.task.fill.FillInAnswers;
import org.tidegate.task.forecast.ForecastLoss;
import org.tidegate.task.forecast.ForecastSetup;
import org.tidegate.task.forecast.ForecastTransform;
import org.tidegate.task.forecast.Forecaster;
import org.tidegate.task.forecast.ForecasterAnswers;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.task.tag.TaggedSentence;
import org.tidegate.task.tag.Tagger;
import org.tidegate.task.tag.TaggerAnswers;
import org.tidegate.task.transcribe.SpeechStream;
import org.tidegate.task.transcribe.Transcriber;
import org.tidegate.task.transcribe.TranscriberAnswers;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.task.translate.Translator;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.task.voice.LoudVoice;
import org.tidegate.task.voice.VoiceAnswers;
import org.tidegate.task.voice.VoiceStream;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/**
 * For each task a small model, questions to it, and data to measure it on: what tests need that walk the registry of tasks. A task whose
 * networks are of several kinds has a sample of each, "task, kind".
 */
public final class TaskSamples {
    /** How many different questions each task is asked. */
    public static final int QUESTIONS = 24;

    private static final String[] WORDS = {"the", "tide", "turns", "at", "dawn", "and", "gate", "opens", "slowly", "dog"};
    /** A word whose characters no sample has. */
    static final String UNSEEN = " \u732b\ud83d\ude00";
    private static final BeamSearch BEAM = BeamSearch.of(3).best(2);
    private static final Training TRAINING = Training.epochs(1).batch(8).seed(5);

    private static final Map<String, Sample<?, ?>> ALL = new LinkedHashMap<>();

    static {
        List<LabelledText> texts = sentences(1).stream()
                .map(words -> new LabelledText(words.size() % 2 == 0 ? "even" : "odd", String.join(" ", words))).toList();
        add("classify", TRAINING, () -> Classifier.builder(texts).hidden(24).embedding(16).seed(3).build(),
                (Classifier model, Training training) -> model.train(texts, training),
                (ClassifierAnswers answers, int i) -> answers.classify(texts.get(i).text()), answers -> answers.evaluate(texts),
                (model, training) -> model.train(texts, texts, training));
        List<LabelledText> topics = sentences(1).stream().map(words -> new LabelledText(
                words.stream().filter(word -> word.length() > 4).map(word -> "ชื่อ " + word).toList(), String.join(" ", words))).toList();
        add("classify, several labels", TRAINING,
                () -> Classifier.builder(topics).multiLabel(true).balanced().hidden(24).embedding(16).seed(3).build(),
                (Classifier model, Training training) -> model.train(topics, training),
                (ClassifierAnswers answers, int i) -> answers.classify(topics.get(i).text()), answers -> answers.evaluate(topics),
                (model, training) -> model.train(topics, topics, training));
        add("fill", TRAINING, () -> FillIn.builder(sentences(1)).hidden(24).embedding(16).seed(3).build(),
                (FillIn model, Training training) -> model.train(sentences(1), training), (FillInAnswers answers, int i) -> {
            List<String> words = sentences(1).get(i);
            return answers.fill(new Cloze(words.subList(0, 1), words.subList(2, words.size())), 3);
        }, answers -> answers.evaluate(sentences(2)), (model, training) -> model.train(sentences(1), sentences(2), training));
        List<TaggedSentence> tagged = sentences(1).stream()
                .map(words -> new TaggedSentence(words, words.stream().map(word -> "T" + word.length() % 3).toList())).toList();
        add("tag", TRAINING, () -> Tagger.builder(tagged).hidden(24).embedding(16).crf(true).seed(3).build(),
                (Tagger model, Training training) -> model.train(tagged, training),
                (TaggerAnswers answers, int i) -> answers.tag(tagged.get(i).words()), answers -> answers.evaluate(tagged),
                (model, training) -> model.train(tagged, tagged, training));
        List<SentencePair> pairs = sentences(1).stream()
                .map(words -> new SentencePair(String.join(" ", words), String.join(" ", words.subList(1, words.size())))).toList();
        add("translate", TRAINING, () -> Translator.builder(pairs).encoder(12).hidden(24).embedding(16).seed(3).build(),
                (Translator model, Training training) -> model.train(pairs, training),
                (TranslatorAnswers answers, int i) -> answers.translate(List.of(pairs.get(i).source()), BEAM),
                answers -> answers.evaluate(pairs), (model, training) -> model.train(pairs, pairs, training));
        List<CaptionedImage> images = images();
        add("caption", TRAINING, () -> Captioner.builder(images).hidden(24).embedding(16).seed(3).build(),
                (Captioner model, Training training) -> model.train(images, training),
                (CaptionerAnswers answers, int i) -> answers.caption(List.of(images.get(i).image()), BEAM), answers -> answers
                        .evaluate(images), (model, training) -> model.train(images, images, training));
        add("classify, parts of words", TRAINING,
                () -> Classifier.builder(texts).unit(Vocabulary.Unit.BPE).maximumSize(270).hidden(24).embedding(16).seed(3).build(),
                (Classifier model, Training training) -> model.train(texts, training),
                (ClassifierAnswers answers, int i) -> answers.classify(texts.get(i).text() + UNSEEN), answers -> answers.evaluate(texts),
                (model, training) -> model.train(texts, texts, training));
        add("translate, parts of words", TRAINING, () -> Translator.builder(pairs).unit(Vocabulary.Unit.BPE).maximumSize(270).encoder(12)
                        .hidden(24).embedding(16).seed(3).build(),
                (Translator model, Training training) -> model.train(pairs, training),
                (TranslatorAnswers answers, int i) -> answers.translate(List.of(pairs.get(i).source() + UNSEEN), BEAM),
                answers -> answers.evaluate(pairs), (model, training) -> model.train(pairs, pairs, training));
        add("caption, parts of words", TRAINING,
                () -> Captioner.builder(images).unit(Vocabulary.Unit.BPE).maximumSize(270).hidden(24).embedding(16).seed(3).build(),
                (Captioner model, Training training) -> model.train(images, training),
                (CaptionerAnswers answers, int i) -> answers.caption(List.of(images.get(i).image()), BEAM), answers -> answers
                        .evaluate(images), (model, training) -> model.train(images, images, training));
        Series series = series();
        add("forecast", Training.epochs(2).seed(5).validation(0.2),
                () -> Forecaster.builder(ForecastSetup.of(List.of("tide", "wind"), List.of("tide")).window(12).horizon(3)).hidden(24)
                        .seed(3)
                    .build(series.range(0, 160)),
                (Forecaster model, Training training) -> model.train(series, training),
                (ForecasterAnswers answers, int i) -> Arrays.toString(answers.forecast(series.range(0, 60 + 5 * i)).values()),
                answers -> answers.evaluate(series, 160),
                (model, training) -> model.train(series, training));
        add("forecast, tuned", Training.epochs(2).seed(5).validation(0.2).keep(Training.Keep.LAST), // its start may be the best
                () -> Forecaster.builder(ForecastSetup.of(List.of("tide", "wind"), List.of("tide")).window(24).horizon(3).period(12)
                        .transforms(List.of(ForecastTransform.DIFFERENCE_SEASONAL)).linear(5)).hidden(24).seed(3)
                        .build(series.range(0, 160)),
                (Forecaster model, Training training) -> model.train(series, training),
                (ForecasterAnswers answers, int i) -> Arrays.toString(answers.forecast(series.range(0, 60 + 5 * i)).values()),
                answers -> answers.evaluate(series, 160),
                (model, training) -> model.train(series, training));
        add("forecast, quantiles", Training.epochs(2).seed(5).validation(0.2),
                () -> Forecaster.builder(ForecastSetup.of(List.of("tide", "wind"), List.of("wind", "tide")).window(12).horizon(3))
                    .loss(ForecastLoss.quantile(0.05, 0.4, 0.9)).hidden(24).seed(3).build(series.range(0, 160)),
                (Forecaster model, Training training) -> model.train(series, training),
                (ForecasterAnswers answers, int i) -> Arrays.toString(answers.forecast(series.range(0, 60 + 5 * i)).quantiles()
                        .orElseThrow()
                .values()), answers -> answers.evaluate(series, 160),
                (model, training) -> model.train(series, training));
        String text = Texts.lines(3000);
        add("lm", TRAINING, () -> LanguageModel.builder(Vocabulary.ofCodePoints(text)).hidden(24).embedding(16).seed(3).build(),
                (LanguageModel model, Training training) -> model.train(text, training), (LanguageModelAnswers answers, int i) -> {
            String prompt = text.substring(i, 2 * i + 3);
            return List.of(answers.generate(prompt, 20, Sampling.temperature(1).seed(i)),
                    answers.generateLine(prompt, 10, BeamSearch.of(3)), answers.next(prompt, 2));
        }, answers -> answers.evaluate(text), (model, training) -> model.train(text, text, training));
        List<Recording> recordings = recordings();
        add("transcribe", Training.epochs(6).batch(8).learningRate(2e-2).seed(5),
                () -> Transcriber.builder(recordings).mels(12).hidden(16).directions(1).seed(3).build(),
                (Transcriber model, Training training) -> model.train(recordings, training), (TranscriberAnswers answers, int i) -> {
            try (SpeechStream stream = answers.stream()) {
                float[] samples = recordings.get(i).audio().samples();
                return List.of(answers.transcribe(recordings.get(i).audio()), answers.transcribe(recordings.get(i).audio(), 4, 2),
                        stream.accept(samples) + stream.finish());
            }
        }, answers -> answers.evaluate(recordings),
                (model, training) -> model.train(recordings, recordings, training));
        add("transcribe, pyramid", Training.epochs(2).batch(8).learningRate(2e-2).seed(5),
                () -> Transcriber.builder(recordings).mels(12).hidden(12).layers(2).stack(1).pyramid(1).seed(3).build(),
                (Transcriber model, Training training) -> model.train(recordings, training),
                (TranscriberAnswers answers, int i) -> List.of(answers.transcribe(recordings.get(i).audio()),
                answers.transcribe(recordings.get(i).audio(), 4, 2)), answers -> answers.evaluate(recordings),
                (model, training) -> model.train(recordings, recordings, training));
        List<LabelledSignal> signals = signals();
        add("signal", TRAINING, () -> SignalClassifier.builder(signals).seed(3).build(),
                (SignalClassifier model, Training training) -> model.train(signals, training),
                (SignalAnswers answers, int i) -> answers.classify(Collections.singletonList(signals.get(i).steps())), answers -> answers
                        .evaluate(signals), (model, training) -> model.train(signals, signals, training));
    }

    static {
        List<Audio> talks = IntStream.range(0, QUESTIONS).mapToObj(LoudVoice::talk).toList();
        ALL.put("voice", new Sample<>(LoudVoice::save, (VoiceAnswers answers, int i) -> {
            try (VoiceStream stream = answers.stream()) {
                return List.of(answers.detect(talks.get(i)), Arrays.toString(answers.probabilities(talks.get(i))),
                        stream.accept(talks.get(i).samples()), stream.finish());
            }
        }, answers -> () -> Figures.builder().put("spans", answers.detect(talks).toString()).build()));
    }

    private TaskSamples() {}

    /** Trains a model on the sample's data. */
    @FunctionalInterface
    interface Learn<T> {
        TrainingResult train(T model, Training training) throws IOException;
    }

    /** Asks a question by its number. */
    @FunctionalInterface
    interface Question<A> {
        Object ask(A answers, int number);
    }

    /** Writes a model's file. */
    @FunctionalInterface
    interface Saver {
        void save(Path file) throws IOException;
    }

    /** Measures on data. */
    @FunctionalInterface
    interface Measure<A> {
        Evaluation of(A answers);
    }

    /** What tests can do with a task. */
    public static final class Sample<T extends Trainable<?, A>, A extends Answers<?>> {
        private final Saver saver; // of a task that only answers; null where a model is trained
        private final Training training;
        private final Supplier<T> maker;
        private final Learn<T> learn;
        private final Question<A> question;
        private final Measure<A> measure;
        private final Learn<T> validated;

        private Sample(Training training, Supplier<T> maker, Learn<T> learn, Question<A> question, Measure<A> measure, Learn<T> validated) {
            saver = null;
            this.training = training;
            this.maker = maker;
            this.learn = learn;
            this.question = question;
            this.measure = measure;
            this.validated = validated;
        }

        private Sample(Saver saver, Question<A> question, Measure<A> measure) {
            this.saver = saver;
            training = null;
            maker = null;
            learn = null;
            this.question = question;
            this.measure = measure;
            validated = null;
        }

        /** Whether the task's models are trained; of one that only answers there is a file. */
        public boolean isTrainable() {
            return saver == null;
        }

        /** Writes the file of a small model that can answer. */
        public void save(Path file) throws IOException {
            if (saver != null) {
                saver.save(file);
                return;
            }
            try (T model = trained()) {
                model.save(file);
            }
        }

        /** A small, trained model. The caller closes it. */
        public T trained() throws IOException {
            T model = maker.get();
            learn.train(model, training);
            return model;
        }

        /** The settings with which {@link #trained} trains, a second at most. */
        public Training training() {
            return training;
        }

        /** A small model that is not trained. The caller closes it. */
        public T fresh() {
            return maker.get();
        }

        /** Trains a model of {@link #fresh} on the sample's data. */
        @SuppressWarnings("unchecked") // the model is the sample's
        public TrainingResult train(Trainable<?, ?> model, Training settings) throws IOException {
            return learn.train((T) model, settings);
        }

        /** Trains as {@link #train}, validated on what {@link #measure} measures. */
        @SuppressWarnings("unchecked") // the model is the sample's
        public TrainingResult trainValidated(Trainable<?, ?> model, Training settings) throws IOException {
            return validated.train((T) model, settings);
        }

        /** The answer to question {@code number}, from 0 to {@link TaskSamples#QUESTIONS}; equal answers are equal objects. */
        @SuppressWarnings("unchecked") // the answers are those of the sample's task
        public Object ask(Answers<?> answers, int number) {
            return question.ask((A) answers, number);
        }

        /** The figures of a measurement. */
        @SuppressWarnings("unchecked") // the answers are those of the sample's task
        public Figures measure(Answers<?> answers) {
            return measure.of((A) answers).figures();
        }
    }

    /** The names of all samples of the tasks on the class path; fails if a task has none. */
    public static Stream<String> names() {
        return Tasks.all().stream().map(TaskFormat::task).flatMap(task -> {
            List<String> names = ALL.keySet().stream().filter(name -> task(name).equals(task)).toList();
            if (names.isEmpty()) {
                throw new AssertionError("The task \"" + task + "\" has no sample here; add one, so that the tests of all tasks test it,"
                        + " too.");
            }
            return names.stream();
        });
    }

    /** Of those the ones whose task can be trained. */
    public static Stream<String> trainable() {
        return names().filter(name -> of(name).isTrainable());
    }

    /** The task of a sample. */
    public static String task(String name) {
        return name.split(",")[0];
    }

    /** A sample by its name. */
    public static Sample<?, ?> of(String name) {
        return ALL.get(name);
    }

    private static <T extends Trainable<?, A>, A extends Answers<?>> void add(String name, Training training, Supplier<T> maker,
            Learn<T> learn, Question<A> question, Measure<A> measure, Learn<T> validated) {
        ALL.put(name, new Sample<>(training, maker, learn, question, measure, validated));
    }

    /** 40 sentences of 3 to 9 words. */
    private static List<List<String>> sentences(long seed) {
        Random random = new Random(seed);
        List<List<String>> sentences = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            List<String> words = new ArrayList<>();
            for (int w = 3 + random.nextInt(7); w > 0; w--) {
                words.add(WORDS[random.nextInt(WORDS.length)]);
            }
            sentences.add(words);
        }
        return sentences;
    }

    private static List<CaptionedImage> images() {
        Random random = new Random(4);
        List<CaptionedImage> images = new ArrayList<>();
        for (List<String> words : sentences(1)) {
            byte[] pixels = new byte[48];
            random.nextBytes(pixels);
            images.add(new CaptionedImage(new GreyImage(6, 8, pixels), String.join(" ", words)));
        }
        return images;
    }

    private static Series series() {
        Random random = new Random(2);
        double[] tide = new double[200];
        double[] wind = new double[200];
        for (int t = 0; t < tide.length; t++) {
            tide[t] = Math.sin(t * 0.5) + 0.1 * random.nextGaussian();
            wind[t] = random.nextGaussian();
        }
        return Series.of(List.of("tide", "wind"), tide, wind);
    }

    /** Letters that sound like tones of their own. */
    private static List<Recording> recordings() {
        Random random = new Random(6);
        List<Recording> recordings = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            StringBuilder text = new StringBuilder();
            float[] samples = new float[800 * (1 + random.nextInt(4))];
            for (int at = 0; at < samples.length; at++) {
                if (at % 800 == 0) {
                    text.append((char) ('a' + random.nextInt(3)));
                }
                double pitch = 300 * (1 + 2 * (text.charAt(text.length() - 1) - 'a'));
                samples[at] = (float) (0.3 * Math.sin(2 * Math.PI * pitch * at / 8000) + 0.02 * random.nextGaussian());
            }
            recordings.add(new Recording("recording " + i, new Audio(samples, 8000), text.toString(), ""));
        }
        return recordings;
    }

    private static List<LabelledSignal> signals() {
        Random random = new Random(1);
        List<LabelledSignal> signals = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            float[][] steps = new float[4 + random.nextInt(9)][3];
            for (float[] step : steps) {
                for (int c = 0; c < step.length; c++) {
                    step[c] = (float) random.nextGaussian() + i % 2;
                }
            }
            signals.add(new LabelledSignal(i % 2 == 0 ? "low" : "high", steps));
        }
        return signals;
    }
}
