package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;

/** The formats of all tasks on the class path, and the files of models whose task is not known beforehand. */
public final class Tasks {
    private Tasks() {}

    /** {@return the formats of all tasks} */
    public static List<TaskFormat<?, ?>> all() {
        return ServiceLoader.load(TaskFormat.class).stream().<TaskFormat<?, ?>>map(ServiceLoader.Provider::get).toList();
    }

    /**
     * {@return the task of a model's file}
     *
     * @param file the model's file
     * @throws IOException if it cannot be read
     * @throws CheckpointException if the file is damaged or no model of a task
     */
    public static String task(Path file) throws IOException {
        return TaskFile.open(file, TaskFile::task);
    }

    /**
     * {@return the format of a model's file}
     *
     * @param file the model's file
     * @throws CheckpointException if the file is damaged, or of a task that is not on the class path
     * @throws IOException if it cannot be read
     */
    public static TaskFormat<?, ?> format(Path file) throws IOException {
        String task = task(file);
        List<TaskFormat<?, ?>> all = all();
        return all.stream().filter(format -> format.task().equals(task)).findFirst().orElseThrow(() -> new CheckpointException(
                file + " is a model of the task \"" + task + "\", which is not on the class path; there are "
                        + all.stream().map(TaskFormat::task).sorted().collect(Collectors.joining(", "))));
    }

    /**
     * Opens a model's file of any task for inference. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws CheckpointException if the file is damaged, or of a task that is not on the class path
     * @throws IOException if it cannot be read
     */
    public static Answers<?> open(Path file, Precision precision) throws IOException {
        return format(file).open(file, precision);
    }

    /**
     * Loads a model's file of any trainable task, to train it further. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws IOException if it cannot be read
     * @throws CheckpointException if the file is damaged, of a task that is not on the class path, or of one that cannot be trained
     */
    public static Trainable<?, ?> load(Path file) throws IOException {
        TaskFormat<?, ?> format = format(file);
        if (format instanceof TrainableFormat<?, ?, ?> trainable) {
            return trainable.load(file);
        }
        throw new CheckpointException(file + " is a model of the task \"" + format.task() + "\", which only answers and cannot be trained;"
                + " open it instead");
    }
}
