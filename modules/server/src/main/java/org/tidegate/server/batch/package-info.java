/** How requests become batches, and what is counted of them. */
package org.tidegate.server.batch;
