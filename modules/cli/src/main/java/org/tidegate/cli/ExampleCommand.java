package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.tidegate.task.Evaluation;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.ExampleTrainable;
import org.tidegate.task.TrainableFormat;
import org.tidegate.task.Unknown;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The command of a task with separate examples: reads them, holds some out, trains.
 *
 * @param <E> an example
 * @param <R> what the task knows
 * @param <T> its trainable model
 * @param <A> its inference
 */
abstract class ExampleCommand<E, R extends ExampleReading<E>, T extends ExampleTrainable<E, R, A>, A extends ExampleAnswers<E, R>>
        extends LearningCommand<R, T, A> {
    @Option(names = "--data", required = true, arity = "1..*", paramLabel = "FILE", converter = InputPath.class,
            description = "The training data, one or more files; - is standard input.")
    private List<Path> data;

    @Option(names = "--valid", defaultValue = "0.1", paramLabel = "FILE|FRACTION",
            description = "Data to validate on: a file, or the part of the examples that is held out (${DEFAULT-VALUE}); 0 for none.")
    private String valid;

    private boolean holdsOutAPart;

    /** The options of every training; a task sets its own defaults when it is made. */
    @Mixin
    final TrainingOptions options = new TrainingOptions();

    ExampleCommand(TrainableFormat<R, T, A> format) {
        super(format);
    }

    /** The training examples of the files, in their order. */
    abstract List<E> read(List<Path> files) throws IOException;

    /** A new model as the options describe it, for these training examples. */
    abstract T create(List<E> examples) throws IOException;

    /** The plural noun of the examples: "sentences". */
    abstract String examples();

    /** Measures on the examples of the files, as the model's own training data were read. */
    @Override
    Evaluation evaluate(A answers, Evaluations asked) throws IOException {
        asked.refuse("--beam");
        if (!tellsClassesApart()) {
            asked.refuse("--chart");
        }
        List<E> examples = answers.reading().read(asked.data());
        hint(answers.reading(), examples).ifPresent(hint -> asked.screen().error(InputPath.asGiven(asked.data().get(0) + ": " + hint)));
        return answers.evaluate(examples);
    }

    /** What a user may have got wrong about data to measure on. */
    Optional<String> hint(R reading, List<E> examples) {
        return Optional.empty();
    }

    /** Whether an evaluation has a confusion matrix, which --chart draws. */
    boolean tellsClassesApart() {
        return false;
    }

    /** Splits into training and held-out examples; a task whose examples have an order of time takes the last ones. */
    List<List<E>> split(List<E> examples, double heldOut) {
        return shuffled(examples, heldOut);
    }

    private List<List<E>> shuffled(List<E> examples, double heldOut) {
        List<E> shuffled = new ArrayList<>(examples);
        Collections.shuffle(shuffled, new Random(options.seed));
        int cut = (int) Math.round(shuffled.size() * (1 - heldOut));
        return List.of(shuffled.subList(0, cut), shuffled.subList(cut, shuffled.size()));
    }

    /** Splits as {@link #split} does, but learns each class from at least one example: of an unknown class nothing can be measured. */
    final List<List<E>> splitByClass(List<E> examples, double heldOut, Function<E, List<String>> classes) {
        List<List<E>> parts = shuffled(examples, heldOut);
        List<E> learned = new ArrayList<>(parts.get(0));
        List<E> measured = new ArrayList<>();
        Set<String> known = new HashSet<>();
        learned.forEach(example -> known.addAll(classes.apply(example)));
        parts.get(1).forEach(example -> (known.addAll(classes.apply(example)) ? learned : measured).add(example));
        return List.of(learned, measured);
    }

    /** Whether a part of the data themselves is held out, not a file of its own. */
    final boolean holdsOutAPart() {
        return holdsOutAPart;
    }

    /** What is made of one part's examples to train on or to validate with; they themselves by default. */
    List<E> made(List<E> part) {
        return part;
    }

    @Override
    public Integer call() throws Exception {
        TrainingOptions.HeldOut asked = options.heldOut(valid, data);
        holdsOutAPart = asked.fraction() > 0;
        List<E> all = read(data);
        List<List<E>> parts = asked.file().isPresent() ? List.of(all, read(List.of(asked.file().get())))
                : asked.fraction() > 0 ? split(all, asked.fraction()) : List.of(all, List.of());
        List<E> examples = made(parts.get(0));
        List<E> heldOut = made(parts.get(1));
        if (examples.isEmpty() || asked.fraction() > 0 && heldOut.isEmpty()) {
            throw new IllegalArgumentException("there are " + all.size() + " " + examples() + ", too few to hold out " + valid
                    + " of them; give more data, or --valid 0");
        }
        return learn(options, options.training(), new Lesson<>() {
            @Override
            public T create() throws IOException {
                return ExampleCommand.this.create(examples);
            }

            @Override
            public void tell(T model) {
                screen().line("%,d %s to train on, %,d held out; %s", examples.size(), examples(), heldOut.size(),
                        model.reading().describe());
                Unknown unknown = Unknown.in(model.reading(), heldOut);
                if (unknown.count() > 0) {
                    screen().line("held out: %s: not in training, counted as wrong", unknown.description());
                }
            }

            @Override
            public TrainingResult train(T model, Training training) throws IOException {
                return model.train(examples, heldOut, training);
            }
        });
    }
}
