/* Small models for tests. */
package org.tidegate.server;

import java.nio.file.Path;
import java.util.List;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.LabelledText;

/** Models that are made in a moment: their answers are of no use, but always the same. */
public final class TestModels {
    private TestModels() {}

    /** Of texts that are good or bad. */
    public static void classifier(Path file) throws Exception {
        classifier(file, 1);
    }

    /** Of texts that are good or bad, as the seed has it. */
    public static void classifier(Path file, long seed) throws Exception {
        List<LabelledText> texts = List.of(new LabelledText("good", "a good film"), new LabelledText("bad", "a bad film"));
        try (Classifier classifier = Classifier.builder(texts).hidden(4).embedding(4).seed(seed).build()) {
            classifier.save(file);
        }
    }
}
