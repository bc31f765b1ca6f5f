/**
 * Recurrent neural networks trained and served on the CPU.
 */
module org.tidegate {
    requires com.fasterxml.jackson.core;

    exports org.tidegate;
    exports org.tidegate.audio;
    exports org.tidegate.checkpoint;
    exports org.tidegate.data;
    exports org.tidegate.decode;
    exports org.tidegate.json;
    exports org.tidegate.metrics;
    exports org.tidegate.task;
    exports org.tidegate.task.caption;
    exports org.tidegate.task.classify;
    exports org.tidegate.task.fill;
    exports org.tidegate.task.forecast;
    exports org.tidegate.task.lm;
    exports org.tidegate.task.tag;
    exports org.tidegate.task.transcribe;
    exports org.tidegate.task.translate;
    exports org.tidegate.task.voice;
    exports org.tidegate.text;
    exports org.tidegate.train;

    uses org.tidegate.task.TaskFormat;

    provides org.tidegate.task.TaskFormat with
        org.tidegate.task.lm.LanguageModelFormat,
        org.tidegate.task.classify.ClassifierFormat,
        org.tidegate.task.forecast.ForecasterFormat,
        org.tidegate.task.tag.TaggerFormat,
        org.tidegate.task.fill.FillInFormat,
        org.tidegate.task.translate.TranslatorFormat,
        org.tidegate.task.transcribe.TranscriberFormat,
        org.tidegate.task.caption.CaptionerFormat,
        org.tidegate.task.voice.VoiceFormat;
}
