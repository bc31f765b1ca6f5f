/** How long a program takes from the start of its JVM to its first answer. */
package org.tidegate.bench.start;
