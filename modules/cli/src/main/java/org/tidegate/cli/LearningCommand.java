package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.task.Answers;
import org.tidegate.task.Reading;
import org.tidegate.task.Trainable;
import org.tidegate.task.TrainableFormat;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/**
 * The command of a task whose models are trained.
 *
 * @param <R> what the task knows
 * @param <T> its trainable model
 * @param <A> its inference
 */
abstract class LearningCommand<R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> extends TaskCommand<R, A> {
    private final TrainableFormat<R, T, A> format;

    LearningCommand(TrainableFormat<R, T, A> format) {
        super(format);
        this.format = format;
    }

    /**
     * The model whose training is to be continued, if the options describe it: an option without effect would mislead.
     *
     * @param file the file of --out
     * @param fresh a model made from the options and the data alone; closed here
     */
    final T resumed(Path file, T fresh) throws IOException {
        try (fresh) {
            T model = format.load(file);
            try {
                model.meanOf().ifPresent(mean -> {
                    throw new IllegalArgumentException(file + " holds the mean of " + mean.trainings().size() + " models, whose trainings"
                            + " have ended; leave out --resume to start anew");
                });
                List<String> others = model.differences(fresh);
                if (!others.isEmpty()) {
                    throw new IllegalArgumentException(file + " holds another network than the options describe (" + others.get(0)
                            + "). Resume with the options of its training, or leave out --resume to start anew.");
                }
                return model;
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        }
    }

    /**
     * What a command learns.
     *
     * @param <T> the trainable model
     */
    interface Lesson<T> {
        /** A new model as the options describe it. */
        T create() throws IOException;

        /** Says what is to be trained on. */
        void tell(T model);

        /** Trains a model on the data. */
        TrainingResult train(T model, Training training) throws IOException;

        /** What follows a training that was not stopped. */
        default void after(T model) throws IOException {}
    }

    /** Trains a model, or with --seeds several, whose mean is kept; returns the exit code. */
    final int learn(TrainingOptions options, Training training, Lesson<T> lesson) throws IOException {
        if (options.seeds > 1) {
            return new SeedsRun<>(screen(), options, againWith("--resume"), lesson).run(training);
        }
        try (T model = options.resume ? resumed(options.out, lesson.create()) : lesson.create()) {
            lesson.tell(model);
            int code = new TrainingRun(screen(), options, againWith("--resume"))
                    .run(model, training, followed -> lesson.train(model, followed));
            if (code == 0) {
                lesson.after(model);
            }
            return code;
        }
    }
}
