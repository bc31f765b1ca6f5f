/** The benchmarks' program: what is compared, how it is timed, how it is told. */
package org.tidegate.bench;
