/* What a model answers. */
package org.tidegate.server.protocol;

import java.util.List;
import java.util.Map;

/**
 * The answer to a request.
 *
 * @param model the model's name
 * @param version the version that answered
 * @param id the request's
 * @param parameters Boolean, Long, Double or String by name
 * @param outputs in the order of the metadata, or of the request where it names outputs
 */
public record InferenceResponse(String model, String version, String id, Map<String, Object> parameters, List<InferenceTensor> outputs) {}
