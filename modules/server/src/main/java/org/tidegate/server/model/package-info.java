/** A model in service: its queue, its statistics and its sequences, whatever room reads and runs it. */
package org.tidegate.server.model;
