package org.tidegate.cli;

import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressState;
import org.tidegate.train.Progress;

/**
 * The progress of a training. On a terminal a live bar:
 *
 * <pre>epoch 3/8  42% ████████▌            loss 1.42, 2.05 bits/char, 31.2k chars/s, 0:34 left</pre>
 *
 * Elsewhere a plain line with the same figures is printed at each tenth of the way.
 */
final class LiveProgress implements AutoCloseable {
    private static final String BLOCKS = " ▏▎▍▌▋▊▉█";
    private static final int WIDEST_BAR = 40;
    private static final int NARROWEST_BAR = 5;
    private static final int PLAIN_LINES = 10;

    private final Screen screen;
    private final String target;
    private final ProgressBar bar;
    private volatile Progress latest;
    private volatile String heldOut = "";
    private long part;

    /** target: the noun of a target, "character", "word" or "sentence". */
    LiveProgress(Screen screen, Progress start, String target) {
        this.screen = screen;
        this.target = target;
        this.latest = start;
        this.part = part(start);
        this.bar = !screen.live() ? null : new ProgressBarBuilder()
                .startsFrom(start.step(), Duration.ZERO)
                .setInitialMax(start.steps())
                .setUpdateIntervalMillis(150)
                .setRenderer(this::render)
                .setConsumer(new StatusLine(screen))
                .build();
    }

    /** Updates the progress; cheap enough for every step. */
    void update(Progress progress) {
        latest = progress;
        if (bar != null) {
            bar.stepTo(progress.step());
        } else if (part(progress) > part) {
            part = part(progress);
            screen.line("%3d%%  %s: %s", percent(progress), epoch(progress), figures(progress, target, heldOut));
        }
    }

    /** Shows the figure of the last validation from now on, beside the loss: "accuracy 0.9123"; "" for none. */
    void measured(String figure) {
        heldOut = figure;
    }

    /** "epoch 3/8": the current one. */
    static String epoch(Progress progress) {
        double current = Math.min(Math.max(Math.ceil(progress.epoch()), 1), progress.epochs());
        return "epoch " + number(current) + "/" + number(progress.epochs());
    }

    /** The figures so far: "loss 1.42, 2.05 bits/char, 31.2k chars/s, 0:34 left", or "loss 4.39, perplexity 80.6, 9500 words/s, …". */
    static String figures(Progress progress, String target) {
        return figures(progress, target, "");
    }

    /** With a figure on held-out data after the loss: "loss 0.412, held-out accuracy 0.9123, 210 texts/s, 0:34 left". */
    static String figures(Progress progress, String target, String heldOut) {
        boolean characters = target.equals("character");
        StringBuilder text = new StringBuilder();
        if (Double.isFinite(progress.loss())) {
            text.append(String.format(Locale.ROOT, "loss %.3f", progress.loss()));
            if (progress.isText()) {
                text.append(characters ? String.format(Locale.ROOT, ", %.2f bits/char", progress.bitsPerCharacter())
                        : String.format(Locale.ROOT, ", perplexity %.1f", Math.exp(progress.loss())));
            }
        }
        if (!heldOut.isEmpty()) {
            text.append(text.isEmpty() ? "" : ", ").append("held-out ").append(heldOut);
        }
        if (progress.targetsPerSecond() > 0) {
            text.append(text.isEmpty() ? "" : ", ");
            text.append(rate(progress.targetsPerSecond())).append(characters ? " chars" : " " + target + "s").append("/s");
            text.append(", ").append(clock(progress.remaining())).append(" left");
        }
        return text.toString();
    }

    static String rate(double speed) {
        return speed < 10_000 ? String.format(Locale.ROOT, "%.0f", speed) : String.format(Locale.ROOT, "%.1fk", speed / 1000);
    }

    static String clock(Duration time) {
        long s = Math.max(0, Math.round(time.toMillis() / 1000.0));
        return s < 3600 ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    /** A number without a useless ".0". */
    static String number(double value) {
        double rounded = Math.round(100 * value) / 100.0;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }

    private static long percent(Progress progress) {
        return progress.steps() == 0 ? 100 : 100 * progress.step() / progress.steps();
    }

    private static long part(Progress progress) {
        return percent(progress) * PLAIN_LINES / 100;
    }

    private String render(ProgressState state, int width) {
        Progress progress = latest;
        String left = String.format(Locale.ROOT, "%s %3d%% ", epoch(progress), percent(progress));
        String right = " " + figures(progress, target, heldOut);
        int room = Math.min(width - left.length() - right.length(), WIDEST_BAR);
        double done = (double) progress.step() / Math.max(progress.steps(), 1);
        String line = left + (room < NARROWEST_BAR ? "" : blocks(room, done)) + right;
        return line.length() <= width ? line : line.substring(0, width);
    }

    private static String blocks(int cells, double done) {
        int eighths = (int) Math.round(Math.min(Math.max(done, 0), 1) * cells * 8);
        StringBuilder text = new StringBuilder(cells);
        for (int i = 0; i < cells; i++) {
            text.append(BLOCKS.charAt(Math.min(Math.max(eighths - 8 * i, 0), 8)));
        }
        return text.toString();
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            screen.status("");
        }
    }

    /** Lets the library's bar appear as the screen's live line, so that printed lines and the bar do not overwrite each other. */
    private record StatusLine(Screen screen) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return Math.max(screen.columns() - 1, 20);
        }

        @Override
        public void accept(String line) {
            screen.status(line);
        }

        @Override
        public void close() {
            screen.status("");
        }
    }
}
