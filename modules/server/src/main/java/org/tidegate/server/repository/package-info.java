/** The folder that models come from: their versions, what becomes of new files, loads and unloads. */
package org.tidegate.server.repository;
