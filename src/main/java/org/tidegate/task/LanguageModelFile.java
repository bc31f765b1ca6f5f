package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Value;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.checkpoint.CheckpointWriter;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.TrainingState;

/** A language model's file: the vocabulary and the training's state beside the model. */
final class LanguageModelFile {
    private static final String TASK = "task";
    private static final String LANGUAGE_MODEL = "language_model";
    private static final String VOCABULARY = "vocabulary";
    private static final String TRAINING = "training";
    private static final String CARRIED = "state";

    private LanguageModelFile() {}

    static void save(Path file, LanguageModel model, Optimizer optimizer, TrainingState state) throws IOException {
        CheckpointWriter writer = new CheckpointWriter(model.model())
                .metadata(TASK, LANGUAGE_MODEL)
                .metadata(VOCABULARY, model.vocabulary().toJson());
        if (state != null) {
            writer.metadata(TRAINING, state.toJson());
            if (optimizer != null) {
                writer.optimizer(optimizer).extra(CARRIED, state.carried().toArray());
            }
        }
        writer.write(file);
    }

    static LanguageModel load(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            LanguageModel model = read(checkpoint);
            try {
                Optional<String> training = checkpoint.metadata(TRAINING);
                if (training.isPresent()) {
                    model.restore(state(checkpoint, training.get()), null);
                }
                return model;
            } catch (IOException | RuntimeException | Error e) {
                model.close();
                throw e;
            }
        }
    }

    static LanguageModel resume(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            if (!checkpoint.hasOptimizer() || checkpoint.metadata(TRAINING).isEmpty()) {
                throw new CheckpointException(file + " holds a model, but no state of a training to go on with. Resume the file that the"
                        + " training itself saved, or load this one and start a new training from its parameters.");
            }
            LanguageModel model = read(checkpoint);
            try {
                TrainingState state = state(checkpoint, checkpoint.require(TRAINING));
                Optimizer optimizer = model.model().newOptimizer(state.settings().optimizer());
                model.restore(state, optimizer);
                checkpoint.readOptimizer(optimizer);
                return model;
            } catch (IOException | RuntimeException | Error e) {
                model.close();
                throw e;
            }
        }
    }

    private static LanguageModel read(Checkpoint checkpoint) throws IOException {
        String task = checkpoint.metadata(TASK).orElse("none");
        if (!task.equals(LANGUAGE_MODEL)) {
            throw new CheckpointException(checkpoint.path() + " holds no language model: its task is \"" + task + "\"");
        }
        Vocabulary vocabulary = vocabulary(checkpoint);
        Model model = checkpoint.newModel();
        try {
            checkGraph(checkpoint, model, vocabulary);
            return new LanguageModel(vocabulary, model);
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private static Vocabulary vocabulary(Checkpoint checkpoint) throws IOException {
        try {
            return Vocabulary.fromJson(checkpoint.require(VOCABULARY));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.path() + ": " + e.getMessage(), e);
        }
    }

    private static TrainingState state(Checkpoint checkpoint, String json) throws IOException {
        try {
            return TrainingState.fromJson(json, checkpoint.extra(CARRIED));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.path() + ": " + e.getMessage(), e);
        }
    }

    private static void checkGraph(Checkpoint checkpoint, Model model, Vocabulary vocabulary) throws CheckpointException {
        try {
            Value tokens = model.value(LanguageModel.TOKENS);
            Value next = model.value(LanguageModel.NEXT);
            Value logits = model.value(LanguageModel.LOGITS);
            boolean fits = tokens.input() && next.input() && tokens.kind() == Value.Kind.IDS && logits.kind() == Value.Kind.REAL
                    && logits.rows() == Value.Rows.PER_STEP && model.axes().equals(List.of(LanguageModel.AXIS));
            if (!fits || logits.columns() != vocabulary.size()) {
                throw new CheckpointException(checkpoint.path() + " is no usable language model: its graph gives " + logits.columns()
                        + " scores, and its vocabulary has " + vocabulary.size() + " tokens");
            }
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.path() + " is no usable language model: " + e.getMessage(), e);
        }
    }
}
