/* The registry of what can be served. */
package org.tidegate.server.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.onnx.OnnxAnswers;
import org.tidegate.server.model.Serving;
import org.tidegate.server.network.NetworkServing;
import org.tidegate.task.Answers;
import org.tidegate.task.Tasks;
import org.tidegate.task.caption.CaptionerAnswers;
import org.tidegate.task.classify.ClassifierAnswers;
import org.tidegate.task.fill.FillInAnswers;
import org.tidegate.task.forecast.ForecasterAnswers;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.task.tag.TaggerAnswers;
import org.tidegate.task.transcribe.TranscriberAnswers;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.task.voice.VoiceAnswers;

/** The room of each task, by the answers that it serves. */
public final class Servings {
    private static final Map<Class<?>, Function<Answers<?>, Serving<?, ?>>> ROOMS = new LinkedHashMap<>();

    static {
        add(ClassifierAnswers.class, ClassifyServing::new);
        add(TaggerAnswers.class, TagServing::new);
        add(TranslatorAnswers.class, TranslateServing::new);
        add(TranscriberAnswers.class, TranscribeServing::new);
        add(VoiceAnswers.class, VoiceServing::new);
        add(CaptionerAnswers.class, CaptionServing::new);
        add(ForecasterAnswers.class, ForecastServing::new);
        add(FillInAnswers.class, FillServing::new);
        add(OnnxAnswers.class, OnnxServing::new);
        add(LanguageModelAnswers.class, LanguageModelServing::new);
    }

    private Servings() {}

    private static <A extends Answers<?>> void add(Class<A> answers, Function<A, Serving<?, ?>> room) {
        ROOMS.put(answers, given -> room.apply(answers.cast(given)));
    }

    /**
     * Opens a model's file: the room of its task, or that of networks where it names none.
     *
     * @throws IOException if it cannot be read, or is damaged
     * @throws IllegalArgumentException if such a model cannot be served
     */
    public static Serving<?, ?> open(Path file, Precision precision) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            if (checkpoint.metadata("task").isEmpty()) {
                try (Model model = Model.load(checkpoint)) {
                    return new NetworkServing(model.freeze(precision));
                }
            }
        }
        return of(Tasks.open(file, precision));
    }

    /** The room of a task's answers, which owns them from now on. */
    public static Serving<?, ?> of(Answers<?> answers) {
        Function<Answers<?>, Serving<?, ?>> room = ROOMS.get(answers.getClass());
        if (room == null) {
            answers.close();
            throw new IllegalArgumentException("models of the task \"" + answers.reading().task() + "\" cannot be served");
        }
        return room.apply(answers);
    }
}
