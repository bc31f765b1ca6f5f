/* The registry of what can be served. */
package org.tidegate.server.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.tidegate.task.Answers;
import org.tidegate.task.classify.ClassifierAnswers;

/** The room of each task, by the answers that it serves. */
final class Servings {
    private static final Map<Class<?>, Function<Answers<?>, Serving<?, ?>>> ROOMS = new LinkedHashMap<>();

    static {
        add(ClassifierAnswers.class, ClassifyServing::new);
    }

    private Servings() {}

    private static <A extends Answers<?>> void add(Class<A> answers, Function<A, Serving<?, ?>> room) {
        ROOMS.put(answers, given -> room.apply(answers.cast(given)));
    }

    /** The room of a task's answers, which owns them from now on. */
    static Serving<?, ?> of(Answers<?> answers) {
        Function<Answers<?>, Serving<?, ?>> room = ROOMS.get(answers.getClass());
        if (room == null) {
            answers.close();
            throw new IllegalArgumentException("models of the task \"" + answers.reading().task() + "\" cannot be served");
        }
        return room.apply(answers);
    }
}
