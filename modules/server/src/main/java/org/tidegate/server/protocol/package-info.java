/** The Open Inference Protocol without a transport: requests, answers, tensors in the binary form, metadata, failures. */
package org.tidegate.server.protocol;
