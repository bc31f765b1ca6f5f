package org.tidegate.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.tidegate.data.WordSplitter;
import org.tidegate.text.Vocabulary;
import picocli.CommandLine.TypeConversionException;

/** The units of a text's tokens, the values of --unit. */
enum Units {
    CHAR(Vocabulary.Unit.CODE_POINT),
    WORD(Vocabulary.Unit.WORD),
    WHITESPACE(Vocabulary.Unit.WHITESPACE),
    BPE(Vocabulary.Unit.BPE);

    /** What --unit says of its values. */
    static final String VALUES = "What is predicted: char, word, bpe: parts of words by byte-pair encoding, so that none is unknown, or"
            + " whitespace: the tokens between white space and the line breaks of a text that is tokenised already, as papers count them"
            + " (${DEFAULT-VALUE}).";

    private final Vocabulary.Unit unit;

    Units(Vocabulary.Unit unit) {
        this.unit = unit;
    }

    /** The unit of a name, which may be a plural: words, chars. */
    static Units of(String name) {
        return of(name, "", values());
    }

    /** The unit of a name, one of those that a task has; the reason is why it has no others. */
    static Units of(String name, String reason, Units... units) {
        return Arrays.stream(units).filter(each -> List.of(each.spec(), each.spec() + "s").contains(name.toLowerCase(Locale.ROOT)))
                .findFirst().orElseThrow(() -> new TypeConversionException("expected "
                        + Arrays.stream(units).map(Units::spec).collect(Collectors.joining(" or ")) + " but was '" + name + "'" + reason));
    }

    private String spec() {
        return name().toLowerCase(Locale.ROOT);
    }

    String noun() {
        return unit.noun();
    }

    /** The unit of a vocabulary. */
    Vocabulary.Unit unit() {
        return unit;
    }

    /** The splitter of a model into words, unless they are ready; of a model that was trained on ready words Unicode's, if not. */
    WordSplitter splitter(WordSplitter model) {
        return this == WHITESPACE ? WordSplitter.READY : model.isReady() ? WordSplitter.WORDS : model;
    }

    /**
     * The vocabulary of a training text. A word that occurs once becomes {@code <unk>}, so that the model is trained on unknown words; not so of
     * a text that has them already. Of parts of words a character that occurs once is spelled by bytes, to the same end.
     */
    Vocabulary vocabulary(String text, VocabularyOptions options) {
        boolean all = this == CHAR || this == WHITESPACE && unit.tokens(text).contains(Vocabulary.UNKNOWN);
        return options.put(Vocabulary.builder(unit).add(text).minimumCount(all ? 1 : 2)).build();
    }
}
