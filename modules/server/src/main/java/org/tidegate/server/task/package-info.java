/** One room for each task: how its requests are read, run and answered. */
package org.tidegate.server.task;
