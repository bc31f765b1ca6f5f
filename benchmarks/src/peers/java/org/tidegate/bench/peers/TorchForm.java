package org.tidegate.bench.peers;

/** The ways in which LibTorch runs a recurrent layer on a processor. */
enum TorchForm {
    /** {@code torch.lstm} and its kind, which hand over to the oneDNN inside. */
    LAYER_ONEDNN("layer, oneDNN inside"),
    /** The same with oneDNN switched off. */
    LAYER("layer, own kernels"),
    /** {@code torch.lstm_cell} and its kind, a call for each step. */
    CELL("cell");

    private final String words;

    TorchForm(String words) {
        this.words = words;
    }

    /** In words. */
    String words() {
        return words;
    }
}
