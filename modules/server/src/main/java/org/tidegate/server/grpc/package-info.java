/**
 * The protocol over gRPC: ModelInfer and its stream, health (grpc.health.v1), reflection.
 *
 * <p>Inputs come as raw_input_contents or as typed contents, all of a request in one form. Outputs go as raw_output_contents, which is what
 * clients of Triton read, whatever form the inputs had; with the request's parameter {@code binary_data_output} false they go as typed contents.
 */
package org.tidegate.server.grpc;
