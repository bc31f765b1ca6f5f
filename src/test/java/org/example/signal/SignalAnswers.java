package org.example.signal;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Figures;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;

/** Says which class signals belong to, for any number of threads at once. */
public final class SignalAnswers extends ExampleAnswers<LabelledSignal, SignalReading> {
    private static final int BATCH = 64;

    SignalAnswers(SignalReading reading, Workers workers) {
        super(reading, workers);
    }

    /** The likeliest class of each signal, {@code [T][channels]}. */
    public List<String> classify(List<float[][]> signals) {
        return inGroups(signals, steps -> steps.length, BATCH, this::likeliest).stream().map(reading().labels()::get).toList();
    }

    @Override
    public Figures evaluate(List<LabelledSignal> examples) {
        double loss = loss(examples);
        List<String> answers = classify(examples.stream().map(LabelledSignal::steps).toList());
        Set<String> all = new LinkedHashSet<>(reading().labels());
        examples.forEach(example -> all.add(example.label())); // one that training did not have is never answered
        List<String> labels = List.copyOf(all);
        ConfusionMatrix confusion = new ConfusionMatrix(labels);
        Bootstrap right = new Bootstrap();
        for (int i = 0; i < answers.size(); i++) {
            confusion.add(labels.indexOf(examples.get(i).label()), labels.indexOf(answers.get(i)));
            right.add(examples.get(i).label().equals(answers.get(i)) ? 1 : 0, 1);
        }
        return figures(examples, loss).put("accuracy", confusion.accuracy()).interval("accuracy", right.ratio())
                .confusion(confusion).build();
    }

    private List<Integer> likeliest(Worker worker, List<float[][]> signals) {
        reading().fillSteps(worker.batch(), signals);
        worker.session().forward(worker.batch());
        float[] logits = worker.session().output(SignalReading.LOGITS).toArray();
        int classes = reading().labels().size();
        return IntStream.range(0, signals.size()).mapToObj(s -> IntStream.range(1, classes)
                .reduce(0, (best, k) -> logits[s * classes + k] > logits[s * classes + best] ? k : best)).toList();
    }
}
