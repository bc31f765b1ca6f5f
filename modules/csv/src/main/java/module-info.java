/** CSV files as series of numbers. */
module org.tidegate.csv {
    requires transitive org.tidegate;
    requires de.siegmar.fastcsv;

    exports org.tidegate.csv;
}
