package org.tidegate.task;

import org.tidegate.audio.LogMel;
import org.tidegate.audio.MelScale;
import org.tidegate.json.JsonObject;

/** JSON of the features: {@code {"rate":8000,"mels":40,"scale":"htk","stack":2,"mean":[…],"deviation":[…]}}. */
final class SpeechFeaturesJson {
    private SpeechFeaturesJson() {}

    static JsonObject write(SpeechFeatures features) {
        return JsonObject.builder().put("rate", features.rate()).put("mels", features.logMel().mels())
                .put("scale", features.logMel().scale()).put("stack", features.stack()).put("mean", features.mean())
                .put("deviation", features.deviation()).build();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static SpeechFeatures read(JsonObject json) {
        LogMel logMel = new LogMel(json.integer("rate"), json.integer("mels"), json.constant("scale", MelScale.class));
        return new SpeechFeatures(logMel, json.integer("stack"), json.floats("mean"), json.floats("deviation"));
    }
}
