/** The libraries that are compared. Each converts PyTorch's weights to its own layout. */
package org.tidegate.bench.peers;
