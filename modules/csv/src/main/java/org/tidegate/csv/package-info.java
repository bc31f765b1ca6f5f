/** CSV files: a {@link org.tidegate.csv.SeriesCsv} reads the columns of a file as a series. */
package org.tidegate.csv;
