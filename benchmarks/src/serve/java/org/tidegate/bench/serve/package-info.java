/** The benchmark of a server: what it answers in a second, and how long an answer takes. */
package org.tidegate.bench.serve;
