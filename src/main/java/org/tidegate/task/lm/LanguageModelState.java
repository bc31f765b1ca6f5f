package org.tidegate.task.lm;

import org.tidegate.State;

/**
 * The state of a {@link LanguageModelStream}: a value to be stored, restored or branched. Immutable.
 *
 * @param recurrent the recurrent state after all tokens but the last; {@link State#toBytes} stores it
 * @param last the id of the last token; −1 at the beginning
 * @param spaced whether the text so far is empty or ends with white space, so that no space comes before the next word
 */
public record LanguageModelState(State recurrent, int last, boolean spaced) {}
