package org.tidegate.bench.work;

/**
 * The weights of one layer and direction in PyTorch's layout and gate order (i f g o; r z n): {@code weightIh [G*H, C]},
 * {@code weightHh [G*H, H]}, {@code biasIh [G*H]}, {@code biasHh [G*H]}.
 */
public record LayerWeights(int inputSize, float[] weightIh, float[] weightHh, float[] biasIh, float[] biasHh) {
}
