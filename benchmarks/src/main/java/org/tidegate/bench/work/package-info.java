/** What is compared, and the contract of those who are compared. */
package org.tidegate.bench.work;
