// What init= and init_scale= of a node with parameters say about how a weight [rows, cols] starts. a is init_scale, if it is given.
//
//   uniform     U(-a, a), a = the layer's own scale; its biases too
//   normal      N(0, a^2), a = the layer's own scale
//   xavier      U(-a, a), a = sqrt(6 / (rows + cols)) (Glorot and Bengio, AISTATS 2010)
//   orthogonal  orthonormal rows or columns, times a = 1 (Saxe, McClelland and Ganguli, ICLR 2014), where the layer says that the
//               weight is meant (the recurrent ones of a recurrent layer), and xavier elsewhere
//   zero
//
// Biases start at 0 unless the law is uniform.
#pragma once

#include <cmath>

#include "ops/op.h"

namespace tidegate {

class Initializer {
 public:
  // scale: the layer's own; standard: the law of a node that does not say.
  Initializer(const Attributes& attributes, double scale, const char* standard = "uniform")
      : law_(attributes.choice("init", {"uniform", "normal", "xavier", "orthogonal", "zero"}, standard)),
        given_(attributes.has("init_scale")),
        scale_(given_ ? attributes.number("init_scale", 0, 1e6) : scale) {}

  Init weight(index rows, index cols, bool orthogonal = false) const {
    if (law_ == "uniform") return {Init::Law::uniform, scale_};
    if (law_ == "normal") return {Init::Law::normal, scale_};
    if (law_ == "zero") return {Init::Law::constant, 0};
    if (law_ == "orthogonal" && orthogonal) return {Init::Law::orthogonal, given_ ? scale_ : 1};
    const double xavier = std::sqrt(6 / (static_cast<double>(rows) + static_cast<double>(cols)));
    return {Init::Law::uniform, given_ && law_ == "xavier" ? scale_ : xavier};
  }
  Init bias() const { return {law_ == "uniform" ? Init::Law::uniform : Init::Law::constant, law_ == "uniform" ? scale_ : 0}; }

 private:
  std::string law_;
  bool given_;
  double scale_;
};

}  // namespace tidegate
