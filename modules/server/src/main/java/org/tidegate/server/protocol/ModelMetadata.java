/* What a model takes and gives. */
package org.tidegate.server.protocol;

import java.util.List;
import java.util.Map;

/**
 * A model as clients see it.
 *
 * @param name its name
 * @param versions those that are ready, in their order
 * @param platform {@code tidegate_} and the task
 * @param inputs what it takes
 * @param outputs what it gives
 * @param properties what else clients may want to know: labels, precision, sample rate
 */
public record ModelMetadata(String name, List<String> versions, String platform, List<TensorMetadata> inputs, List<TensorMetadata> outputs,
        Map<String, String> properties) {
    /**
     * A tensor.
     *
     * @param name its name
     * @param datatype the type of its elements
     * @param shape its dimensions, -1 where the size is the request's
     */
    public record TensorMetadata(String name, Datatype datatype, List<Long> shape) {
        /** {@return a tensor of dimensions} */
        public static TensorMetadata of(String name, Datatype datatype, long... shape) {
            return new TensorMetadata(name, datatype, java.util.Arrays.stream(shape).boxed().toList());
        }
    }
}
