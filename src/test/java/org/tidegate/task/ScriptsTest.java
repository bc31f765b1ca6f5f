package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.tidegate.Precision;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.data.GreyImage;
import org.tidegate.decode.BeamSearch;
import org.tidegate.json.JsonObject;
import org.tidegate.task.caption.CaptionedImage;
import org.tidegate.task.caption.Captioner;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.task.fill.Cloze;
import org.tidegate.task.fill.FillIn;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.tag.TaggedSentence;
import org.tidegate.task.tag.Tagger;
import org.tidegate.task.transcribe.Transcriber;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.task.translate.Translator;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

/** Texts of many scripts in every task that reads or writes words. */
class ScriptsTest {
    /** A text, and what it is in the form that vocabularies have. */
    private static final Map<String, String> TEXTS = new LinkedHashMap<>();
    /** No letter or sign of its own: combining marks, joiners, variation selectors, zero-width and soft hyphens. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{M}\\p{Cf}\\p{Zs}\u200B]+");
    private static final Training TRAINING = Training.epochs(60).batch(4).learningRate(2e-2).seed(5);

    static {
        same("मैं हिन्दी पढ़ता हूँ ।", "चाय गर्म है ।", "น้ำเย็นมาก ฉันดื่มชา", "我喜欢喝茶。", "これはコーヒーです。", "هل تحب القهوة؟",
                "می\u200Cخواهم کتاب بخوانم", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 👩\u200D👩\u200D👧 ok 👎🏽", "❤\uFE0Fny 1\uFE0F\u20E3 🇫🇷🇩🇪", "မြန်မာစာ", "한국어를 배워요.");
        TEXTS.put("le cafe\u0301 est froid", "le café est froid");
        TEXTS.put("co\u00ADoperate ab\u200Bcd\uFEFF", "cooperate ab cd");
    }

    private static void same(String... texts) {
        for (String text : texts) {
            TEXTS.put(text, text);
        }
    }

    private static List<String> texts() {
        return List.copyOf(TEXTS.keySet());
    }

    private static List<String> words(String text) {
        return Vocabulary.Unit.WORD.tokens(text).stream().filter(word -> !word.isBlank()).toList();
    }

    private static final Map<String, Supplier<Trainable<?, ?>>> MODELS = new LinkedHashMap<>(Map.of(
            "classify", () -> Classifier.builder(labelled()).hidden(4).embedding(4).build(),
            "lm", () -> LanguageModel.builder(Vocabulary.ofWords(String.join("\n", texts()))).hidden(4).embedding(4).build(),
            "fill", () -> FillIn.builder(texts().stream().map(Cloze::words).toList()).minimumCount(1).hidden(4).embedding(4).build(),
            "tag", () -> Tagger.builder(texts().stream()
                    .map(text -> new TaggedSentence(words(text), words(text).stream().map(word -> "T").toList())).toList())
                    .minimumCount(1).hidden(4).embedding(4).build(),
            "translate", () -> Translator.builder(pairs()).minimumCount(1).encoder(4).hidden(8).embedding(4).build(),
            "caption", () -> Captioner.builder(images()).hidden(4).embedding(4).build(),
            "transcribe", () -> Transcriber.builder(texts().stream()
                    .map(text -> new Recording("one", new Audio(new float[80_000], 8000), text, "")).toList()).hidden(4).build()));

    private static List<LabelledText> labelled() {
        return texts().stream().map(text -> new LabelledText(text.length() % 2 == 0 ? "even" : "odd", text)).toList();
    }

    private static List<SentencePair> pairs() {
        return texts().stream().map(text -> new SentencePair(text, text)).toList();
    }

    private static List<CaptionedImage> images() {
        List<CaptionedImage> images = new ArrayList<>();
        for (String text : texts()) {
            byte[] pixels = new byte[16];
            pixels[images.size()] = (byte) 200;
            images.add(new CaptionedImage(new GreyImage(4, 4, pixels), text));
        }
        return images;
    }

    @Test
    void noTaskHasATokenThatIsNotSeenAndEachFileSaysHowItsTextsAreSplit() {
        Set<String> without = new TreeSet<>(Tasks.all().stream().map(TaskFormat::task).toList());
        without.removeAll(MODELS.keySet());
        assertEquals(Set.of("forecast", "signal", "voice"), without, "a task that reads words needs a model here");
        MODELS.forEach((task, maker) -> {
            try (Trainable<?, ?> model = maker.get()) {
                List<JsonObject> vocabularies = new ArrayList<>();
                for (String key : List.of("vocabulary", "source_vocabulary", "target_vocabulary", "words", "forms", "letters")) {
                    if (model.reading().toJson().has(key)) {
                        vocabularies.add(model.reading().toJson().object(key));
                    }
                }
                assertFalse(vocabularies.isEmpty(), task);
                for (JsonObject vocabulary : vocabularies) {
                    assertEquals(List.of("15.0", "NFC"), List.of(vocabulary.string("unicode"), vocabulary.string("normalization")), task);
                    if (!vocabulary.string("unit").equals("code_point")) {
                        List<String> unseen = vocabulary.strings("tokens").stream()
                                .filter(token -> UNSEEN.matcher(token).matches() && !token.equals(" ")).toList();
                        assertEquals(List.of(), unseen, task);
                    }
                }
            }
        });
    }

    @Test
    void wordsOfEveryScriptComeBackAsTheyWereWritten() {
        Vocabulary all = Vocabulary.ofWords(String.join("\n", texts()));
        TEXTS.forEach((text, expected) -> assertEquals(expected, all.decode(all.encodeKnown(text))));
        TEXTS.forEach((text, expected) -> assertEquals(Cloze.words(text), Cloze.words(expected)));
    }

    @Test
    void composedAndDecomposedLettersAreTheSameInEveryTask() throws IOException {
        try (Trainable<?, ?> transcriber = MODELS.get("transcribe").get();
                Classifier classifier = (Classifier) MODELS.get("classify").get();
                var answers = classifier.answers(Precision.FLOAT32); FillIn fill = (FillIn) MODELS.get("fill").get();
                var gaps = fill.answers(Precision.FLOAT32); Tagger tagger = (Tagger) MODELS.get("tag").get();
                var tags = tagger.answers(Precision.FLOAT32)) {
            assertEquals(answers.classify("le café"), answers.classify("le cafe\u0301"));
            assertEquals(gaps.fill(new Cloze(List.of("café"), List.of()), 3),
                    gaps.fill(new Cloze(List.of("cafe\u0301"), List.of()), 3));
            assertTrue(tagger.reading().isSeen("cafe\u0301") && tagger.reading().isSeen("café"));
            assertEquals(tags.loss(List.of(new TaggedSentence(List.of("café"), List.of("T")))),
                    tags.loss(List.of(new TaggedSentence(List.of("cafe\u0301"), List.of("T")))));
            assertFalse(transcriber.reading().toJson().object("letters").strings("tokens").contains("\u0301"));
        }
    }

    /** These were learned to the last word, and answered with spaces between a letter and its marks. */
    @Test
    void whatWasLearnedIsWrittenAsInTheTrainingData() throws IOException {
        try (Translator model = Translator.builder(pairs()).minimumCount(1).encoder(24).hidden(48).embedding(24).tied(false).dropout(0).build()) {
            model.train(pairs(), TRAINING);
            try (var answers = model.answers(Precision.FLOAT32)) {
                TEXTS.forEach((text, expected) -> assertEquals(expected, answers.translate(text).text()));
            }
        }
        try (Captioner model = Captioner.builder(images()).hidden(48).embedding(24).dropout(0).shift(0).build()) {
            model.train(images(), TRAINING);
            try (var answers = model.answers(Precision.FLOAT32)) {
                List<String> captions = answers.caption(images().stream().map(CaptionedImage::image).toList(), BeamSearch.greedy()).stream()
                        .map(found -> found.get(0)).toList();
                assertEquals(List.copyOf(TEXTS.values()), captions);
            }
        }
    }
}
