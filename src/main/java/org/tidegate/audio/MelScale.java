package org.tidegate.audio;

/** Mel scales of perceived pitch, each with the height of its triangular filters. */
public enum MelScale {
    /** 2595 log10(1 + f / 700), triangles of height 1: O'Shaughnessy, "Speech Communication", 1987; the one of HTK. */
    HTK {
        @Override
        public double mel(double hertz) {
            return 2595 * Math.log10(1 + hertz / 700);
        }

        @Override
        public double hertz(double mel) {
            return 700 * (Math.pow(10, mel / 2595) - 1);
        }

        @Override
        double height(double lower, double upper) {
            return 1;
        }
    },

    /** 3 f / 200 below 1000 Hz, 15 + 27 ln(f / 1000) / ln 6.4 above; triangles of area 1: Slaney, "Auditory Toolbox", 1998. */
    SLANEY {
        @Override
        public double mel(double hertz) {
            return hertz < BREAK_HERTZ ? 3 * hertz / 200 : BREAK_MEL + Math.log(hertz / BREAK_HERTZ) * 27 / Math.log(6.4);
        }

        @Override
        public double hertz(double mel) {
            return mel < BREAK_MEL ? 200 * mel / 3 : BREAK_HERTZ * Math.exp((mel - BREAK_MEL) * Math.log(6.4) / 27);
        }

        @Override
        double height(double lower, double upper) {
            return 2 / (upper - lower);
        }
    };

    private static final double BREAK_HERTZ = 1000;
    private static final double BREAK_MEL = 15;

    /**
     * {@return the mel value of a frequency}
     *
     * @param hertz the frequency in Hz
     */
    public abstract double mel(double hertz);

    /**
     * {@return the frequency of a mel value, in Hz}
     *
     * @param mel the mel value
     */
    public abstract double hertz(double mel);

    /** The height of a triangle between two frequencies in Hz. */
    abstract double height(double lower, double upper);
}
