/** What a Java user sees, measured by JMH. */
package org.tidegate.bench.jmh;
