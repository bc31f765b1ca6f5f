package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.task.Answers;
import org.tidegate.task.Reading;
import org.tidegate.task.Trainable;
import org.tidegate.task.TrainableFormat;

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
                List<String> others = new ArrayList<>(model.reading().differences(fresh.reading()));
                List<String> described = fresh.model().spec().lines().toList();
                model.model().spec().lines().filter(line -> !described.contains(line)).forEach(others::add);
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
}
