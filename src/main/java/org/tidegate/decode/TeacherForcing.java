package org.tidegate.decode;

import java.util.Arrays;
import org.tidegate.text.Vocabulary;

/**
 * The inputs and targets of a decoder that is trained with teacher forcing: it reads the target of the step before (Williams and Zipser
 * 1989).
 */
public final class TeacherForcing {
    private TeacherForcing() {}

    /**
     * {@return the targets, {@code [T + 1]}: the tokens and the end sign}
     *
     * @param vocabulary with {@code <bos>} and {@code <eos>}
     * @param tokens the ids of a sequence, {@code [T]}
     */
    public static int[] targets(Vocabulary vocabulary, int... tokens) {
        int[] targets = Arrays.copyOf(tokens, tokens.length + 1);
        targets[tokens.length] = vocabulary.endId();
        return targets;
    }

    /**
     * {@return the inputs for targets, as many: the begin sign, then the targets shifted by one step}
     *
     * @param vocabulary with {@code <bos>} and {@code <eos>}
     * @param targets at least one id
     */
    public static int[] inputs(Vocabulary vocabulary, int... targets) {
        int[] inputs = new int[targets.length];
        inputs[0] = vocabulary.beginId();
        System.arraycopy(targets, 0, inputs, 1, targets.length - 1);
        return inputs;
    }
}
