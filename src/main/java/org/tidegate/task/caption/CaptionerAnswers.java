package org.tidegate.task.caption;

import java.util.List;
import org.tidegate.Session;
import org.tidegate.data.GreyImage;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.DecoderSteps;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.metrics.EditDistance;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;

/** Captions images, for any number of threads at once. */
public final class CaptionerAnswers extends ExampleAnswers<CaptionedImage, CaptionerReading> {
    /** Rows of a decoding step. */
    private static final int ROWS = 64;

    CaptionerAnswers(CaptionerReading reading, Workers workers) {
        super(reading, workers);
    }

    /**
     * {@return the greedy caption of an image}
     *
     * @param image the image
     * @throws IllegalArgumentException if the image is too large
     */
    public String caption(GreyImage image) {
        return caption(List.of(image), BeamSearch.greedy()).get(0).get(0);
    }

    /**
     * Captions images by beam search, in batches. An image that is smaller than the model's is padded at the right and the bottom. An
     * answer does not depend on the other images.
     *
     * @param images the images
     * @param search the settings of the beam search
     * @return for each image its best captions, as many as the search keeps, best first
     * @throws IllegalArgumentException if an image is too large
     */
    public List<List<String>> caption(List<GreyImage> images, BeamSearch search) {
        images.forEach(reading()::checkSize);
        return inGroups(images, image -> 1, Math.max(1, ROWS / search.beam()), (worker, group) -> caption(worker, group, search));
    }

    /** By greedy search. */
    @Override
    public CaptionerEvaluation evaluate(List<CaptionedImage> examples) {
        return evaluate(examples, BeamSearch.greedy());
    }

    /**
     * Measures the model on held-out examples, as {@link #evaluate(List)}, by beam search.
     *
     * @param examples the examples, at least one
     * @param search the settings of the beam search
     * @return the evaluation
     * @throws IllegalArgumentException as {@link #loss}; the message names the example
     */
    public CaptionerEvaluation evaluate(List<CaptionedImage> examples, BeamSearch search) {
        double loss = loss(examples);
        List<List<String>> found = caption(examples.stream().map(CaptionedImage::image).toList(), search.best(1));
        int right = 0;
        int errors = 0;
        int words = 0;
        Bootstrap wrong = new Bootstrap();
        Bootstrap same = new Bootstrap();
        for (int i = 0; i < examples.size(); i++) {
            List<String> caption = CaptionerReading.words(examples.get(i).caption());
            int distance = EditDistance.between(CaptionerReading.words(found.get(i).get(0)), caption);
            right += distance == 0 ? 1 : 0;
            errors += distance;
            words += caption.size();
            same.add(distance == 0 ? 1 : 0, 1);
            wrong.add(distance, caption.size());
        }
        double exact = (double) right / examples.size();
        double wordErrorRate = (double) errors / words;
        return new CaptionerEvaluation(exact, wordErrorRate, loss, figures(examples, loss).put("beam", search.beam())
                .put("side_by_side", reading().sideBySide().toString()).put("exact", exact).interval("exact", same.ratio())
                .put("word_error_rate", wordErrorRate).interval("word_error_rate", wrong.ratio()).build());
    }

    private List<List<String>> caption(Worker worker, List<GreyImage> images, BeamSearch search) {
        Session session = worker.session();
        worker.batch().equalLengths(CaptionerReading.AXIS, images.size(), 1);
        reading().fillImages(worker.batch(), images);
        session.forward(worker.batch());
        int[] rows = search.rows(images.size());
        session.select(CaptionerReading.AXIS, rows);
        DecoderSteps steps = new DecoderSteps(session, worker.batch(), CaptionerReading.AXIS, CaptionerReading.WORDS, rows.length);
        return search.search(images.size(), reading().vocabulary(), reading().maximumLength(), steps).stream()
                .map(found -> found.stream().map(hypothesis -> reading().vocabulary().decode(hypothesis.tokens())).toList()).toList();
    }
}
