package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.tidegate.GradientNorm;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.json.JsonObject;
import org.tidegate.task.Seeds;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The training options of every task. */
final class TrainingOptions {
    private static final double USUAL_VALIDATIONS = 3; // in vain, of a training's: one of so many

    @Option(names = "--out", required = true, paramLabel = "MODEL",
            description = "The model file to write (safetensors); the loss chart goes beside it (.png).")
    Path out;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training data (${DEFAULT-VALUE}).")
    double epochs = 10;

    @Option(names = "--updates", paramLabel = "N", description = "Train for at least so many updates: small data for more epochs"
            + " (${DEFAULT-VALUE}; 0 where --epochs is given).")
    long updates = 1000;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences trained side by side (${DEFAULT-VALUE}).")
    int batch = 32;

    @Option(names = "--lr", paramLabel = "RATE", description = "Initial learning rate (${DEFAULT-VALUE}).")
    double learningRate = 3e-3;

    @Option(names = "--schedule", paramLabel = "TEXT",
            description = "How it changes: constant, cosine, \"step size=1000 gamma=0.5\", \"cosine warm_up=100\", …"
                    + " (${DEFAULT-VALUE}).")
    String schedule = "cosine";

    @Option(names = "--optimizer", paramLabel = "TEXT",
            description = "sgd, adam, adamw, rmsprop, adagrad or adadelta, with settings: \"sgd momentum=0.9\" (${DEFAULT-VALUE}).")
    String optimizer = "adamw";

    @Option(names = "--clip", paramLabel = "NORM",
            description = "Greatest global norm of the gradients, 0 for none (${DEFAULT-VALUE}).")
    double clip = 1;

    @Option(names = "--gradient-norm", paramLabel = "NORM",
            description = "Which norm --clip limits: l2, l1 (the sum of the magnitudes) or max (the greatest) (l2).")
    GradientNorm gradientNorm = GradientNorm.L2;

    @Option(names = "--clip-value", paramLabel = "X",
            description = "Greatest magnitude of a single gradient, 0 for none (${DEFAULT-VALUE}).")
    double clipValue;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Seed of everything random (${DEFAULT-VALUE}); the same seed gives the same model, with any number of threads.")
    long seed;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "1", description = "Train N models, one after another, from seeds that"
            + " follow one another, and write one that answers with their mean; not for transcribe (${DEFAULT-VALUE}).")
    int seeds;

    @Option(names = "--threads", paramLabel = "N",
            description = "Threads of the native core (all processors: ${DEFAULT-VALUE}).")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--patience", paramLabel = "N", description = "Stop when so many validations in a row brought no better loss, 0 for never"
            + " (as many as a third of the epochs have; 0 where --epochs is given).")
    int patience;

    @Option(names = "--every", defaultValue = "1", paramLabel = "EPOCHS",
            description = "How often to validate and save, in epochs (${DEFAULT-VALUE}).")
    double every;

    @Option(names = "--best", paramLabel = "MODEL",
            description = "Also keep the model with the best validation loss, in this file.")
    Path best;

    @Option(names = "--keep", paramLabel = "WHICH",
            description = "Which model --out holds: best, the one with the least held-out loss, or last (best).")
    Training.Keep keep = Training.Keep.BEST;

    @Option(names = "--resume",
            description = "Go on with the training that --out holds, as if it had never stopped; its settings are as they were unless given.")
    boolean resume;

    private boolean exact; // the epochs are meant as they are: neither more nor fewer

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--log", paramLabel = "FILE.jsonl",
            description = "Write a JSON object for each step and validation to this file.")
    Path log;

    /** Sets a task's own default. */
    TrainingOptions epochs(double value) {
        epochs = value;
        return this;
    }

    /** Trains for so many epochs, as --epochs does. */
    TrainingOptions exactly(double value) {
        exact = true;
        return epochs(value);
    }

    /** Sets a task's own default. */
    TrainingOptions updates(long value) {
        updates = value;
        return this;
    }

    /** Sets a task's own default. */
    TrainingOptions batch(int value) {
        batch = value;
        return this;
    }

    /** Sets a task's own default. */
    TrainingOptions learningRate(double value) {
        learningRate = value;
        return this;
    }

    /** Sets a task's own default. */
    TrainingOptions optimizer(String value) {
        optimizer = value;
        return this;
    }

    /** Sets the learning rate, unless the command line has one. */
    void learningRateUnlessGiven(double value) {
        if (!matched("--lr")) {
            learningRate = value;
        }
    }

    /** The options as the library's settings. */
    Training training() {
        Training training = given("--epochs") ? Training.epochs(epochs) : Training.resume();
        training = given("--updates") && (matched("--updates") || !isExact()) ? training.leastUpdates(updates) : training;
        training = given("--batch") ? training.batch(batch) : training;
        training = given("--lr") ? training.learningRate(learningRate) : training;
        training = given("--schedule") ? training.schedule(Schedule.parse(schedule)) : training;
        training = given("--optimizer") ? training.optimizer(optimizer) : training;
        training = given("--clip") ? training.clipNorm(clip) : training;
        training = given("--clip-value") ? training.clipValue(clipValue) : training;
        training = given("--gradient-norm") ? training.gradientNorm(gradientNorm) : training;
        training = given("--seed") ? training.seed(seed) : training;
        training = given("--patience") ? training.earlyStopping(patience()) : training;
        training = given("--every") ? training.every(every) : training;
        training = given("--keep") ? training.keep(keep) : training;
        training = best == null ? training : training.keepBest(best);
        training = training.threads(threads).checkpoint(out);
        return resume ? training.continued() : training;
    }

    private boolean isExact() {
        return exact || matched("--epochs");
    }

    private int patience() {
        return matched("--patience") || isExact() ? patience : (int) Math.ceil(epochs / every / USUAL_VALIDATIONS);
    }

    /** Whether an option counts: of a training that is resumed only those of the command line do, the others are as they were. */
    boolean given(String option) {
        return !resume || matched(option);
    }

    /** Whether it stands on the command line; of settings that a program has made itself none does. */
    private boolean matched(String option) {
        return command != null && command.commandLine().getParseResult().hasMatchedOption(option);
    }

    /** The file of the training that is resumed, or of the first one of several seeds. */
    Path begun() {
        return seeds > 1 ? Seeds.file(out, 1) : out;
    }

    /** Whether a training is resumed whose file is there. */
    boolean resumes() {
        return resume && Files.exists(begun());
    }

    /** Takes the seed of the training that is resumed, by which its data are split, unless one is given. */
    private void takeSeed() throws IOException {
        if (!given("--seed") && Files.exists(begun())) {
            try (Checkpoint checkpoint = Checkpoint.open(begun())) {
                seed = checkpoint.metadata("training").map(JsonObject::parse).filter(state -> state.has("seed"))
                        .map(state -> Long.parseLong(state.string("seed"))).orElse(seed);
            } catch (IllegalArgumentException damaged) {
                return; // loading says so
            }
        }
    }

    /** Checks before any work that the outputs can be written, and that none overwrites another or an input. */
    void checkOutput(List<Path> texts) throws IOException {
        if (seeds != 1) {
            checkSeeds();
        }
        Map<String, Path> outputs = new LinkedHashMap<>();
        outputs.put("--out", out);
        for (int number = 1; seeds > 1 && number <= seeds; number++) {
            outputs.put("the model of seed " + (seed + number - 1), Seeds.file(out, number));
        }
        outputs.put("the chart of --out", chart());
        outputs.put("--best", best);
        outputs.put("--log", log);
        outputs.values().removeIf(Objects::isNull);
        outputs.forEach(OutputFile::check);
        OutputFile.checkDistinct(outputs, texts);
    }

    private void checkSeeds() throws IOException {
        Seeds asked;
        try {
            asked = Seeds.of(seeds);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--seeds " + seeds + ": " + e.getMessage() + ", or 1 for a single model", e);
        }
        if (best != null) {
            throw new IllegalArgumentException("--best " + best + " and --seeds " + seeds + " exclude each other: --out holds the mean of"
                    + " models that are each at their best");
        }
        OutputFile.check("--out", out);
        asked.checkFiles(out, resume);
    }

    /** Options that use the held-out loss need held-out data. */
    void checkHeldOut(boolean some) {
        if (!some && (best != null || patience > 0)) {
            throw new IllegalArgumentException((best != null ? "--best " + best : "--patience " + patience)
                    + " goes by the loss of held-out data, and --valid holds none out; give --valid 0.1, for example");
        }
    }

    /** What a training is validated on: a file, or a part of its data, 0 for none. */
    record HeldOut(Optional<Path> file, double fraction) { }

    /** What --valid asks for, checked before any work together with the outputs. */
    HeldOut heldOut(String valid, List<Path> data) throws IOException {
        List<Path> read = new ArrayList<>(data);
        read.add(InputPath.of(valid));
        checkOutput(read);
        takeSeed();
        Optional<Path> file = Optional.of(InputPath.of(valid)).filter(Files::exists);
        double fraction = file.isPresent() ? 0 : Texts.fraction("--valid", valid);
        checkHeldOut(file.isPresent() || fraction > 0);
        return new HeldOut(file, fraction);
    }

    Path chart() {
        return OutputFile.beside(out, ".png");
    }
}
