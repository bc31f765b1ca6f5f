package org.tidegate.bench.start;

/** What every JVM costs: a program that says two numbers. */
final class EmptyStart {
    private EmptyStart() {
    }

    public static void main(String[] arguments) {
        System.out.println(0f);
        System.out.println(0f);
    }
}
