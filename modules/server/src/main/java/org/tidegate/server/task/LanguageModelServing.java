/* Texts that a language model writes. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.tidegate.decode.Sampling;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.lm.Generation;
import org.tidegate.task.lm.LanguageModelAnswers;

/**
 * Texts [N], prompts; what follows each [N] and why it ended there [N], {@code length} or {@code stop_sequence}. Asked for by name: the
 * tokens [M] of all of them, the log probability of each [M] in nats, and how many each text has [N].
 *
 * <p>Parameters: {@code max_tokens} (20), {@code temperature} (0: always the likeliest), {@code top_k}, {@code top_p}, {@code seed} (at
 * random), {@code stop}, a text or several.
 *
 * <p>A run writes for some milliseconds and leaves the rest to the next, so that a long text keeps no worker from others; all texts go on
 * side by side.
 */
final class LanguageModelServing extends TaskServing<LanguageModelAnswers, LanguageModelServing.Writing, List<Draft>> {
    /** The tokens that are written unless the request says how many. */
    static final int USUAL_TOKENS = 20;
    /** The most that it may ask for. */
    static final int MOST_TOKENS = 4096;

    private static final String FINISH_REASON = "finish_reason";
    private static final String TOKENS = "tokens";
    private static final String LOGPROBS = "logprobs";
    private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(4);

    /** The texts of a request, and who hears of them while they are written. */
    static final class Writing {
        private final List<Draft> drafts;
        private Call call; // null for nobody

        Writing(List<Draft> drafts) {
            this.drafts = drafts;
        }

        private boolean isCancelled() {
            return call != null && call.isCancelled();
        }

        private void advance(Draft draft) {
            draft.advance();
            if (call != null && drafts.size() == 1) {
                draft.tell(call::part);
            }
        }
    }

    LanguageModelServing(LanguageModelAnswers answers) {
        super(answers);
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorMetadata.of(TEXT, Datatype.BYTES, -1), TensorMetadata.of(FINISH_REASON, Datatype.BYTES, -1),
                TensorMetadata.of(TOKENS, Datatype.BYTES, -1), TensorMetadata.of(LOGPROBS, Datatype.FP32, -1), lengthsOf(LOGPROBS));
    }

    @Override
    public Generates generates() {
        return new Generates(TEXT, TEXT, Set.of("max_tokens", "temperature", "top_k", "top_p", "seed", "stop"));
    }

    @Override
    void describe(Map<String, String> properties) {
        properties.put("token", answers().reading().target());
        properties.put("vocabulary", Integer.toString(answers().reading().vocabulary().size()));
        properties.put("max_tokens", Integer.toString(MOST_TOKENS));
        properties.put("only_by_name", String.join("\n", TOKENS, LOGPROBS, LOGPROBS + LENGTHS));
    }

    @Override
    public Writing read(InferenceRequest request) {
        long tokens = request.number("max_tokens", USUAL_TOKENS);
        if (tokens < 0 || tokens > MOST_TOKENS) {
            throw ProtocolException.invalid("parameter 'max_tokens' is " + tokens + "; expected 0 to " + MOST_TOKENS);
        }
        long topK = request.number("top_k", 0);
        if (topK < 0 || topK > Integer.MAX_VALUE) {
            throw ProtocolException.invalid("parameter 'top_k' is " + topK + "; expected 1 or more, or 0 for all tokens");
        }
        Sampling sampling = Sampling.temperature(request.real("temperature", 0)).topK((int) topK).topP(request.real("top_p", 1))
                .seed(request.parameters().containsKey("seed") ? request.number("seed", 0) : ThreadLocalRandom.current().nextLong());
        StopSequences stops = new StopSequences(stops(request.parameters().get("stop")));
        boolean measured = asks(request, TOKENS) || asks(request, LOGPROBS) || asks(request, LOGPROBS + LENGTHS);
        return new Writing(texts(request, TEXT).stream()
                .map(prompt -> new Draft(answers().begin(prompt, (int) tokens, sampling), stops, measured)).toList());
    }

    private static List<String> stops(Object value) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof String one) {
            return List.of(one);
        }
        if (value instanceof List<?> several && several.stream().allMatch(String.class::isInstance)) {
            return several.stream().map(String.class::cast).toList();
        }
        throw ProtocolException.invalid("parameter 'stop' is no text, nor several");
    }

    @Override
    public void attach(Writing writing, Call call) {
        writing.call = call;
    }

    @Override
    public int size(Writing writing) {
        return writing.drafts.size();
    }

    /** Null where a text has not ended. */
    @Override
    public List<List<Draft>> run(List<Writing> inputs) {
        long end = System.nanoTime() + SLICE;
        Map<Generation, Runnable> written = new HashMap<>();
        for (Writing writing : inputs) {
            for (Draft draft : writing.isCancelled() ? List.<Draft>of() : writing.drafts) {
                if (!draft.hasEnded()) {
                    written.put(draft.generation(), () -> {
                        writing.advance(draft);
                        if (writing.isCancelled()) {
                            draft.generation().end(); // whoever queued it finds that nobody waits
                        }
                    });
                }
            }
        }
        answers().write(List.copyOf(written.keySet()), () -> System.nanoTime() < end, generation -> written.get(generation).run());
        List<List<Draft>> found = new ArrayList<>(inputs.size());
        for (Writing writing : inputs) {
            found.add(writing.drafts.stream().allMatch(Draft::hasEnded) ? writing.drafts : null);
        }
        return found;
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, Writing writing, List<Draft> drafts) {
        int n = drafts.size();
        Outputs outputs = new Outputs(request).add(TEXT, () -> InferenceTensor.of(TEXT, drafts.stream().map(Draft::text).toList(), n))
                .add(FINISH_REASON, () -> InferenceTensor.of(FINISH_REASON, drafts.stream().map(Draft::reason).toList(), n));
        if (!request.outputs().isEmpty()) {
            List<String> tokens = drafts.stream().flatMap(draft -> draft.tokens().stream()).toList();
            List<Double> logProbabilities = drafts.stream().flatMap(draft -> draft.logProbabilities().stream()).toList();
            outputs.add(TOKENS, () -> InferenceTensor.of(TOKENS, tokens, tokens.size()))
                    .add(LOGPROBS, () -> InferenceTensor.of(LOGPROBS,
                            floats(tokens.size(), 1, (i, k) -> logProbabilities.get(i)), tokens.size()))
                    .add(LOGPROBS + LENGTHS, () -> lengths(LOGPROBS, drafts.stream().mapToInt(draft -> draft.tokens().size()).toArray()));
        }
        return outputs.list();
    }
}
