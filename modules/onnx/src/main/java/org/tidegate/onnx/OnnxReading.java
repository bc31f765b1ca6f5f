package org.tidegate.onnx;

import org.tidegate.Network;
import org.tidegate.json.JsonObject;
import org.tidegate.task.Reading;

/**
 * What is known of an imported model besides its network: where it comes from, and where the inputs and outputs of its file lie.
 *
 * @param source for people: the name of the file and the tool that wrote it
 * @param signature of its inputs and outputs
 */
public record OnnxReading(String source, OnnxSignature signature) implements Reading {
    /** The task's name. */
    public static final String TASK = "onnx";

    static OnnxReading of(JsonObject json) {
        json.only("source", "signature");
        return new OnnxReading(json.string("source"), OnnxSignature.fromJson(json.object("signature")));
    }

    @Override
    public String task() {
        return TASK;
    }

    @Override
    public String target() {
        return "row";
    }

    @Override
    public String describe() {
        return "a model imported from " + source + (signature.carries() ? ", which carries its state" : "");
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("source", source).put("signature", signature.toJson()).build();
    }

    @Override
    public void checkFits(Network network) {
        signature.checkFits(network);
    }
}
