package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.tidegate.TidegateException;
import org.tidegate.data.ConlluFile;
import org.tidegate.data.WordSplitter;
import org.tidegate.json.JsonObject;
import org.tidegate.text.InputFile;

/**
 * The arguments of {@code tidegate predict}: the inputs, one by one as they arrive, how to answer, and where answers are printed.
 *
 * <p>Each input has an answer or an error in its place: an object with the key "error", or an empty line and a message among the errors.
 * A blank input is an error in every task.
 */
final class Predictions extends ModelUse {
    private final Path model;
    private final List<String> arguments;
    private final Integer top;
    private final Units tokens;
    private final Integer raw;
    private final boolean json;
    private final boolean strict;
    /** The answers to the current input, which are printed when all of them are there. */
    private final List<Runnable> answers = new ArrayList<>();
    private String input; // the current one; null if it cannot be read
    private long inputs;
    private long failed;

    Predictions(Path model, List<String> arguments, AnswerOptions options, Integer top, Units tokens, Integer raw, boolean json,
            boolean strict, Screen screen) {
        super(options, screen);
        this.model = model;
        this.arguments = arguments;
        this.top = top;
        this.tokens = tokens;
        this.raw = raw;
        this.json = json;
        this.strict = strict;
    }

    /** Answers an input by {@link #answer} or {@link #result}; an exception says why it has no answer. */
    interface Answering<I> {
        void answer(I input) throws IOException;
    }

    /** Answers the lines of CoNLL-U, of a file or of standard input. */
    interface AnsweringConllu {
        void answer(Path file, List<String> lines) throws IOException;
    }

    /** The model's file, for pictures of a model's internals. */
    Path model() {
        return model;
    }

    /** The number of answers to each input, 1 unless --top is given. */
    int top() {
        return top == null ? 1 : top;
    }

    /** The number of inputs. */
    long inputs() {
        return inputs;
    }

    /** The number of inputs that have no answer. */
    long failed() {
        return failed;
    }

    /** The sample rate of sound without a header, if --raw was given. */
    OptionalInt raw() {
        return raw == null ? OptionalInt.empty() : OptionalInt.of(raw);
    }

    /** Whether several inputs may be answered, so that an answer of several lines needs the name of its input. */
    boolean several() {
        return arguments.size() != 1;
    }

    /** The current input. */
    String input() {
        return input;
    }

    /** How texts are split into words: as the model's training data, unless --tokens is given. */
    WordSplitter splitter(WordSplitter model) {
        return tokens == null ? model : tokens.splitter(model);
    }

    /** Whether an argument is the name of a CoNLL-U file. */
    private static boolean isConllu(String input) {
        return input.matches("(?is)\\S.*\\.conllu(\\.gz)?")
                && (input.chars().noneMatch(Character::isWhitespace) || Files.exists(Path.of(input)));
    }

    @Override
    void refuse(String... names) {
        super.refuse(names);
        for (String name : names) {
            if (name.equals("--top") && top != null || name.equals("--tokens") && tokens != null || name.equals("--raw") && raw != null) {
                throw AnswerOptions.useless(name);
            }
        }
    }

    /** Answers texts: the arguments, of which - stands for the lines of standard input, or without arguments these. */
    void texts(Answering<String> how) throws IOException {
        texts(how, null);
    }

    /** Answers texts, and CoNLL-U: files that are called so, and standard input that begins so, which is one input then. */
    void texts(Answering<String> how, AnsweringConllu conllu) throws IOException {
        for (String argument : arguments.isEmpty() ? List.of(InputPath.STANDARD_INPUT) : arguments) {
            if (argument.equals(InputPath.STANDARD_INPUT)) {
                lines(how, conllu);
            } else if (conllu != null && isConllu(argument)) {
                answer(argument, where(), name -> conllu.answer(Path.of(name), InputFile.lines(Path.of(name))));
            } else {
                answer(argument, where(), how);
            }
        }
    }

    /** Answers files: the arguments, of which - is standard input, or without arguments those that its lines name. */
    void files(Answering<Path> how) throws IOException {
        if (arguments.isEmpty()) {
            lines(name -> how.answer(Path.of(named(name))), null);
        }
        for (String argument : arguments) {
            answer(argument, where(), name -> how.answer(InputPath.of(named(name))));
        }
    }

    private static String named(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a file is empty");
        }
        return name;
    }

    /** The place of the next argument, if there are several. */
    private String where() {
        return arguments.size() > 1 ? "input " + (inputs + 1) + ": " : "";
    }

    private void lines(Answering<String> how, AnsweringConllu conllu) throws IOException {
        String name = "standard input";
        InputFile in = InputFile.of(System.in, name);
        while (true) {
            String line = null;
            IllegalArgumentException unreadable = null;
            try {
                line = in.line();
                if (line == null) {
                    return;
                }
            } catch (IllegalArgumentException e) {
                unreadable = new IllegalArgumentException(e.getMessage().replaceFirst("^" + name + "(, line \\d+)?", "it"), e);
            } catch (IOException e) {
                throw new IOException(name + " cannot be read: " + e.getMessage(), e);
            }
            if (in.number() == 1 && unreadable == null && conllu != null && ConlluFile.isConllu(List.of(line))) {
                List<String> lines = new ArrayList<>(List.of(line));
                answer(InputPath.STANDARD_INPUT, where(), all -> {
                    lines.addAll(in.lines());
                    conllu.answer(InputFile.STANDARD_INPUT, lines);
                });
                return;
            }
            String where = name + ", line " + in.number() + ": ";
            if (unreadable != null) {
                next(null);
                failed(where, unreadable);
            } else {
                answer(line, where, how);
            }
        }
    }

    private void next(String now) {
        input = now;
        inputs++;
        answers.clear();
    }

    private void answer(String now, String where, Answering<String> how) {
        next(now);
        try {
            how.answer(now);
            if (now.isBlank()) { // after the task's own words, if it has any
                throw new IllegalArgumentException("the input is empty; it has no answer");
            }
        } catch (IOException | IllegalArgumentException | TidegateException e) {
            failed(where, e);
            return;
        }
        answers.forEach(Runnable::run);
        stopIfLost();
    }

    private void failed(String where, Exception why) {
        String message = Failures.describe(why);
        if (strict) {
            throw new IllegalArgumentException(where + message, why);
        }
        failed++;
        if (json) {
            object(Map.of("error", message));
        } else {
            screen().line("");
            screen().error("tidegate: " + Printable.of(where + message));
        }
        stopIfLost();
    }

    private void stopIfLost() {
        if (screen().lost()) {
            throw new OutputLost();
        }
    }

    /** An answer: the text, or with --json one object a line that begins with the input. */
    void answer(String text, Map<String, ?> figures) {
        answers.add(() -> {
            if (json) {
                object(figures);
            } else {
                screen().line(text);
            }
        });
    }

    /** An answer whose text is the result and nothing else: {@link Screen#result}. */
    void result(String text, Map<String, ?> figures) {
        answers.add(() -> {
            if (json) {
                object(figures);
            } else {
                screen().result(text);
            }
        });
    }

    /** An answer whose lines are printed as they come; the figures are those of all of them. */
    void told(Map<String, ?> figures) {
        answers.add(() -> {
            if (json) {
                object(figures);
            }
        });
    }

    /** A line of such an answer. */
    void tell(String line) {
        if (!json) {
            screen().line(line);
            stopIfLost();
        }
    }

    private void object(Map<String, ?> figures) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("input", input);
        line.putAll(figures);
        screen().line(JsonObject.of(line).toString());
    }
}
