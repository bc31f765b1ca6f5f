package org.tidegate.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/** A decoder with attention over an encoder in both directions, both at random. */
class DecoderStepsTest {
    private static final int[][] SOURCES = {{3, 4, 5, 1}, {6, 1}, {5, 5, 3, 6, 4, 3, 1}};
    private static final String SPEC = "source = ids axis=source\nwords = ids axis=target\n"
            + "read = embedding source rows=8 cols=6 init=normal\n"
            + "encoder = recurrent read cell=lstm size=5 bidirectional=true init=normal\n"
            + "written = embedding words rows=%d cols=6\n"
            + "decoder = recurrent written cell=lstm size=10 h0=encoder.h_n c0=encoder.c_n init=normal\n"
            + "attention = attention decoder encoder score=general\nseen = concat attention decoder\n"
            + "logits = linear seen cols=%d init=normal\n";

    private static Vocabulary vocabulary() {
        VocabularyBuilder builder = Vocabulary.builder(Vocabulary.Unit.TOKEN).sequenceEnds();
        List.of("a", "b", "c", "d", "e").forEach(builder::addToken);
        return builder.build();
    }

    private static int[] lengths(int[][] sequences) {
        return Arrays.stream(sequences).mapToInt(ids -> ids.length).toArray();
    }

    /** Each source in every row of the batch from the start, and the states carried by the caller: the oracle. */
    private static final class RepeatedSources implements BeamSearch.Scorer {
        private final Session session;
        private final Batch batch;
        private boolean begun;

        RepeatedSources(Session session, Batch batch, int[][] sources) {
            this.session = session;
            this.batch = batch.lengths("source", lengths(sources)).ids("source", sources).equalLengths("target", sources.length, 1);
        }

        @Override
        public FloatBuffer next(int[] parents, int[] tokens) {
            if (begun) {
                session.setState(session.state().select(parents));
                batch.clear().equalLengths("target", parents.length, 1);
            }
            begun = true;
            session.setCarry(true);
            session.forward(batch.ids("words", tokens));
            return session.output("logits").buffer();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void aSearchOverSourcesThatAreEncodedOnceFindsWhatOneOverRepeatedSourcesFinds(int beam) {
        Vocabulary vocabulary = vocabulary();
        BeamSearch search = BeamSearch.of(beam).best(beam).lengthNormalization(1);
        int[] rows = search.rows(SOURCES.length);
        try (Model model = Model.of(String.format(SPEC, vocabulary.size(), vocabulary.size()), 4);
                FrozenModel frozen = model.freeze(Precision.FLOAT32); Session session = frozen.newSession();
                Session other = frozen.newSession()) {
            int[][] repeated = Arrays.stream(SOURCES).flatMap(source -> Collections.nCopies(beam, source).stream()).toArray(int[][]::new);
            Batch batch = frozen.newBatch().lengths("source", lengths(SOURCES)).ids("source", SOURCES);
            session.forward(batch);
            session.select("source", rows);
            List<List<Hypothesis>> found = search.search(SOURCES.length, vocabulary, 9,
                    new DecoderSteps(session, batch, "target", "words", rows.length));
            assertEquals(search.search(SOURCES.length, vocabulary, 9, new RepeatedSources(other, frozen.newBatch(), repeated)), found);
            assertNotEquals(found.get(0), found.get(1), "the sources make no difference, so nothing was tested");
            assertEquals(beam, found.get(2).size());
        }
    }

    @Test
    void teacherForcingShiftsTheTargetsByOneStep() {
        Vocabulary vocabulary = vocabulary();
        int[] targets = TeacherForcing.targets(vocabulary, 4, 3, 5);
        assertArrayEquals(new int[] {4, 3, 5, vocabulary.endId()}, targets);
        assertArrayEquals(new int[] {vocabulary.beginId(), 4, 3, 5}, TeacherForcing.inputs(vocabulary, targets));
        assertArrayEquals(new int[] {vocabulary.beginId()}, TeacherForcing.inputs(vocabulary, TeacherForcing.targets(vocabulary)));
    }
}
