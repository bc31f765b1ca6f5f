/** Networks without a task: tensors of ragged lengths in, tensors out. */
package org.tidegate.server.network;
