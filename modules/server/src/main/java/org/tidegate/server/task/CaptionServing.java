/* Captions of images. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.data.GreyImage;
import org.tidegate.decode.BeamSearch;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.caption.CaptionerAnswers;

/**
 * Images [N], the bytes of a picture file each, see {@link Pictures}; their captions [N]. The parameter {@code beam} is the width of the
 * search, 1 (greedy) unless it is given.
 */
final class CaptionServing extends TaskServing<CaptionerAnswers, CaptionServing.Input, List<String>> {
    private static final String IMAGE = "image";
    private static final String CAPTION = "caption";

    /** Images and the width of the search. */
    record Input(List<GreyImage> images, int beam) {}

    CaptionServing(CaptionerAnswers answers) {
        super(answers);
    }

    @Override
    public List<TensorMetadata> inputs() {
        return List.of(TensorMetadata.of(IMAGE, Datatype.BYTES, -1));
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorMetadata.of(CAPTION, Datatype.BYTES, -1));
    }

    @Override
    void describe(Map<String, String> properties) {
        properties.put("rows", Integer.toString(answers().reading().rows()));
        properties.put("columns", Integer.toString(answers().reading().columns()));
        properties.put("beam", "1 to " + MOST_BEAM);
    }

    @Override
    public boolean readsSlowly() {
        return true;
    }

    @Override
    public Input read(InferenceRequest request) {
        List<byte[]> files = request.input(IMAGE).elements();
        if (files.isEmpty()) {
            throw ProtocolException.invalid("input '" + IMAGE + "' has no element; expected at least one picture file");
        }
        List<GreyImage> images = new ArrayList<>();
        for (byte[] file : files) {
            images.add(Pictures.read(file, "image " + images.size(), answers().reading().rows(), answers().reading().columns()));
        }
        return new Input(images, beam(request));
    }

    @Override
    public int size(Input input) {
        return input.images().size();
    }

    @Override
    public long held(Input input) {
        return input.images().stream().mapToLong(image -> image.pixels().length).sum();
    }

    @Override
    public Object group(Input input) {
        return input.beam();
    }

    @Override
    public List<List<String>> run(List<Input> inputs) {
        List<List<GreyImage>> images = inputs.stream().map(Input::images).toList();
        BeamSearch search = BeamSearch.of(inputs.get(0).beam()).lengthNormalization(1);
        return split(images, answers().caption(images.stream().flatMap(List::stream).toList(), search).stream().map(found -> found.get(0))
                .toList());
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, Input input, List<String> captions) {
        return new Outputs(request).add(CAPTION, () -> InferenceTensor.of(CAPTION, captions, captions.size())).list();
    }
}
