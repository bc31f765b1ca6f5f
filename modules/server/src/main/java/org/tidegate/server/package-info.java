/** A server of the Open Inference Protocol. */
package org.tidegate.server;
