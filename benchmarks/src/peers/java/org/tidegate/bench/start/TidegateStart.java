package org.tidegate.bench.start;

import java.io.IOException;
import java.nio.file.Path;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Tidegate;

/**
 * Opens a model's file, answers once, says the answer, and then the times of the monotonic clock at which its parts began or ended, in
 * nanoseconds. It joins no texts: that would be a part of its own.
 */
final class TidegateStart {
    private TidegateStart() {
    }

    public static void main(String[] arguments) throws IOException {
        long[] marks = new long[StartCommand.PARTS.size() + 1];
        int mark = 0;
        marks[mark++] = System.nanoTime();
        Tidegate.instructionSet();
        marks[mark++] = System.nanoTime();
        Model model = Model.load(Path.of(arguments[0]));
        marks[mark++] = System.nanoTime();
        FrozenModel frozen = model.freeze(Precision.FLOAT32);
        model.close();
        marks[mark++] = System.nanoTime();
        try (frozen; Session session = frozen.newSession()) {
            int[] words = StartCommand.words();
            session.forward(frozen.newBatch().lengths("text", words.length).ids("words", words));
            float[] scores = session.output("y").toArray();
            marks[mark] = System.nanoTime();
            System.out.println(scores[0]);
            System.out.println(scores[1]);
        }
        for (long each : marks) {
            System.out.println(each);
        }
    }
}
