/** Sequences: inputs that come step by step, and their states, which are kept here. */
package org.tidegate.server.sequence;
