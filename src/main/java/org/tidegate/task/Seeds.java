package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.Model;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import org.tidegate.train.TrainingState;
import org.tidegate.train.Weights;

/**
 * Trains models of one task one after another, from seeds that follow one another, and makes a model of them that answers with their mean
 * ({@link MeanNetwork}): a little better than one, at as many times the cost.
 *
 * <pre>{@code
 * Optional<Classifier> mean = Seeds.of(3).train(Training.epochs(10).validation(0.1).checkpoint(file),
 *         seed -> Classifier.builder(texts).seed(seed).build(),
 *         (model, training) -> model.train(texts, training));
 * }</pre>
 */
public final class Seeds {
    private final int count;

    private Seeds(int count) {
        this.count = count;
    }

    /**
     * {@return trainings of so many models}
     *
     * @param count the number of models, 2 to 64
     * @throws IllegalArgumentException if it is not
     */
    public static Seeds of(int count) {
        if (count < 2 || count > MeanNetwork.MOST) {
            throw new IllegalArgumentException("the number of seeds is " + count + "; expected 2 to " + MeanNetwork.MOST);
        }
        return new Seeds(count);
    }

    /**
     * {@return where a model is kept until all are trained, beside the file of the mean: {@code mood.seed2.safetensors}}
     *
     * @param mean the file of the mean
     * @param number of the model, from 1
     */
    public static Path file(Path mean, int number) {
        String name = mean.getFileName().toString();
        int dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length();
        return mean.resolveSibling(name.substring(0, dot) + ".seed" + number + name.substring(dot));
    }

    /**
     * Checks before any work the files that a training would write: its models are kept beside the mean, and must not take the place of
     * other files; one that is continued must have been begun.
     *
     * @param mean the file of the mean
     * @param continued whether a training goes on
     * @throws IllegalArgumentException if the mean's is no plain file, or a training that is not continued would overwrite a model
     * @throws IllegalStateException if there is no training to continue
     * @throws IOException if the file of a mean cannot be read
     */
    public void checkFiles(Path mean, boolean continued) throws IOException {
        if (Files.exists(mean) && !Files.isRegularFile(mean)) {
            throw new IllegalArgumentException(mean + " is no plain file, and the models of several seeds are kept beside that of their mean"
                    + " until it is written; give the name of a file, mood.safetensors for example");
        }
        if (continued) {
            if (!Files.exists(file(mean, 1))) {
                throw new IllegalStateException("There is no training to go on with: " + finished(mean)
                        .map(members -> mean + " holds the finished mean of " + members.trainings().size() + " models. Start anew without --resume.")
                        .orElse(file(mean, 1) + ", the first of its models, is not there."));
            }
            return;
        }
        List<Path> there = IntStream.rangeClosed(1, count).mapToObj(number -> file(mean, number))
                .filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS)).toList();
        if (!there.isEmpty()) {
            throw new IllegalArgumentException("the models of the seeds would be written over "
                    + there.stream().map(Path::toString).collect(Collectors.joining(", "))
                    + "; remove or rename what is there, or go on with the training that left it (--resume)");
        }
    }

    private static Optional<MeanOf> finished(Path mean) throws IOException {
        if (!Files.exists(mean)) {
            return Optional.empty();
        }
        try (Checkpoint checkpoint = Checkpoint.open(mean)) {
            return TaskFile.meanOf(checkpoint);
        } catch (IllegalArgumentException noModel) {
            return Optional.empty();
        }
    }

    /**
     * Makes an untrained model.
     *
     * @param <T> the model
     */
    @FunctionalInterface
    public interface Maker<T> {
        /**
         * {@return the model} It is closed for the caller.
         *
         * @param seed of its first parameters
         * @throws IOException if a file that it needs cannot be read
         */
        T make(long seed) throws IOException;
    }

    /**
     * Trains a model on the data, the same for all.
     *
     * @param <T> the model
     */
    @FunctionalInterface
    public interface Learner<T> {
        /**
         * Trains a model, or where the settings say so ({@link Training#isMeasuring}) only measures the mean of all.
         *
         * @param model the model
         * @param training the settings, with the model's own seed and file
         * @return how it ended
         * @throws IOException if a file cannot be written
         */
        TrainingResult train(T model, Training training) throws IOException;
    }

    /**
     * Trains the models, each with the settings but for its seed, which is one more than that of the one before; all hold out the same. A
     * model that is trained is kept in its {@link #file} until the mean is written to the {@link Training#checkpoint}; without one, in
     * memory. What a training finds besides the parameters (temperature, intervals) is that of the mean on what is held out.
     *
     * <p>A {@link Training#continued} training goes on where it stopped: models that are trained already are only read.
     *
     * @param <R> what the task knows
     * @param <T> the task's trainable model
     * @param <A> its inference
     * @param training the settings
     * @param maker makes the models, alike but for their seeds
     * @param learner trains them
     * @return the mean, which the caller closes; empty if it was stopped ({@link Training#stopWhen})
     * @throws IllegalArgumentException if their mean is of no use ({@link MeanNetwork}), they differ in more than their seeds, also from
     *     those in files, {@link Training#keepBest} is set, a file is in the way ({@link #checkFiles}), or a training that is continued
     *     has other settings than models that are trained already
     * @throws IllegalStateException if there is no training to continue
     * @throws IOException if a file cannot be read or written
     */
    public <R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> Optional<T> train(Training training, Maker<T> maker,
            Learner<T> learner) throws IOException {
        if (training.keepBest().isPresent()) {
            throw new IllegalArgumentException("the best model of one training is to be kept in " + training.keepBest().get()
                    + ", and the mean of several has none; each of them is at its best already, unless the last is to be kept");
        }
        if (training.checkpoint().isPresent()) {
            checkFiles(training.checkpoint().get(), training.isContinued());
        }
        long base = base(training);
        Members<T> members = new Members<>();
        try {
            for (int number = 1; number <= count; number++) {
                T model = member(training, maker, base, number, members);
                boolean first = members.first == null;
                try {
                    if (first) {
                        members.first = model;
                        MeanNetwork.check(model.model());
                    } else {
                        checkAlike(members.first, model, "the model of seed " + (base + number - 1));
                    }
                    Training settings = settings(training, base, number);
                    if (isDone(model)) {
                        checkTrained(settings, model.trainingSettings().orElseThrow());
                    } else {
                        if (learner.train(model, settings).outcome() == TrainingResult.Outcome.STOPPED) {
                            return Optional.empty();
                        }
                        if (settings.checkpoint().isPresent()) {
                            model.saveTrained(settings.checkpoint().get());
                        }
                    }
                    members.add(model.state().orElseThrow(), Weights.of(model.model()), model.refitsStart());
                } finally {
                    if (!first) {
                        model.close();
                    }
                }
            }
            return Optional.of(mean(training, base, members, learner));
        } finally {
            if (members.first != null) {
                members.first.close();
            }
        }
    }

    /** What is known of the models so far. */
    private static final class Members<T> {
        final List<TrainingState> states = new ArrayList<>();
        final List<Weights> weights = new ArrayList<>();
        final List<Weights> judged = new ArrayList<>(); // of which what is held out knows nothing
        Weights start; // of the model that is trained
        T first; // stays open, for its network and what it knows

        /** A fitted start that is kept may be fitted to what is held out, too ({@link TrainingSource#refitStart}): judged is the one before. */
        void add(TrainingState state, Weights found, boolean refits) {
            boolean kept = refits && state.bestStep() == 0 && !Double.isNaN(state.bestLoss());
            states.add(state);
            weights.add(found);
            judged.add(kept ? start : found);
        }
    }

    /** A model to be trained, or one that is trained already. */
    private static <R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> T member(Training training, Maker<T> maker,
            long base, int number, Members<T> members) throws IOException {
        long seed = base + number - 1;
        T fresh = maker.make(seed);
        members.start = Weights.of(fresh.model());
        if (!training.isContinued()) {
            return fresh;
        }
        try {
            Optional<Path> file = training.checkpoint().map(mean -> file(mean, number)).filter(Files::exists);
            if (file.isEmpty()) {
                if (number == 1) { // with a file there is one
                    throw new IllegalStateException("There is no training to go on with: no file of it is set.");
                }
                fresh.beginAs(members.states.get(0).settings(), seed);
                return fresh;
            }
            T loaded = format(fresh).load(file.get());
            try (fresh) {
                checkAlike(fresh, loaded, file.get().toString());
                if (loaded.state().isEmpty()) {
                    throw new IllegalArgumentException(file.get() + " says nothing of its training; remove it, to train that model anew");
                }
                return loaded;
            } catch (RuntimeException | Error e) {
                loaded.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            fresh.close();
            throw e;
        }
    }

    private <R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> T mean(Training training, long base, Members<T> members,
            Learner<T> learner) throws IOException {
        Model network = MeanNetwork.of(members.first.model(), members.judged);
        T mean;
        try {
            mean = format(members.first).over(members.first.reading(), network);
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
        try {
            Training settings = training.isContinued() ? training.over(members.states.get(0).settings()) : training;
            HistoryPoint found = learner.train(mean, settings.seed(base).splitSeed(base).measuring()).history().get(0);
            try (Model kept = MeanNetwork.of(members.first.model(), members.weights)) {
                Weights.of(kept).copyTo(mean.model());
            }
            mean.setMeanOf(new MeanOf(members.states, found.validationLoss(), found.figure()));
            if (training.checkpoint().isPresent()) {
                mean.save(training.checkpoint().get());
                for (int number = 1; number <= count; number++) {
                    Files.deleteIfExists(file(training.checkpoint().get(), number));
                }
            }
            return mean;
        } catch (IOException | RuntimeException | Error e) {
            mean.close();
            throw e;
        }
    }

    /** The seed of the first model: of a training that is continued the one that it had, unless another is set. */
    private static long base(Training training) throws IOException {
        Optional<Path> first = training.checkpoint().map(mean -> file(mean, 1)).filter(Files::exists);
        if (!training.isContinued() || first.isEmpty()) {
            return training.seed();
        }
        try (Trainable<?, ?> model = Tasks.load(first.get())) {
            return model.trainingSettings().map(training::over).orElse(training).seed();
        }
    }

    private static Training settings(Training training, long base, int number) {
        Training settings = training.seed(base + number - 1).splitSeed(base);
        return training.checkpoint().map(mean -> settings.checkpoint(file(mean, number))).orElse(settings);
    }

    /** A model whose training was saved without what is needed to go on with it has ended. */
    private static boolean isDone(Trainable<?, ?> model) {
        return model.state().isPresent() && !model.isResumable();
    }

    /** A model that is trained already is one of the mean only if it was trained as the others will be. */
    private static void checkTrained(Training settings, TrainingState.Settings was) {
        List<String> changes = new ArrayList<>(settings.changes(was));
        Training now = settings.over(was);
        change(changes, "seed", now.seed(), was.seed());
        change(changes, "batch", now.batch(), was.batch());
        change(changes, "optimizer", now.optimizer(), was.optimizer());
        if (was.bptt() > 0 && now.bptt().isPresent()) {
            change(changes, "bptt", now.bptt().getAsInt(), was.bptt());
        }
        if (!changes.isEmpty()) {
            Path file = settings.checkpoint().orElseThrow();
            throw new IllegalArgumentException(file + " is trained already, with other settings: " + String.join(", ", changes)
                    + ". The models of a mean are trained alike; go on with the settings as they were, or remove the models and train all anew");
        }
    }

    private static void change(List<String> changes, String name, Object now, Object was) {
        if (!now.equals(was)) {
            changes.add(name + " " + now + " (was " + was + ")");
        }
    }

    private static <R extends Reading, A extends Answers<R>> void checkAlike(Trainable<R, A> expected, Trainable<R, A> found, String what) {
        List<String> differences = found.differences(expected);
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException(what + " differs in more than the seed: " + differences.get(0)
                    + ". All must be made of the same data with the same settings");
        }
    }

    @SuppressWarnings("unchecked") // a trainable model's format makes models of its class
    private static <R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> TrainableFormat<R, T, A> format(T model) {
        if (model.format() instanceof TrainableFormat<?, ?, ?> format) {
            return (TrainableFormat<R, T, A>) format;
        }
        throw new IllegalArgumentException("the format of the task \"" + model.reading().task() + "\" cannot load models that are trained,"
                + " so there is no mean of several");
    }
}
