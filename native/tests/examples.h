// The registry's example specs, and data that fits any spec: what the gradient checks, the fuzzer's corpus and other tests that run
// over all ops have in common.
#pragma once

#include <string>
#include <vector>

#include "network.h"

struct Example {
  std::string op, spec;
};

// Every example of every op.
std::vector<Example> all_examples();

// Every cell of the registry, and with the settings that go together: "gru", "lstm peepholes=true coupled=true clip=0.7"; what may follow
// cell= in a spec.
std::vector<std::string> cells_with_settings();

// The attribute of a node's line in a spec, "" if it is not there.
std::string attribute_of(const std::string& spec, const std::string& node, const std::string& key);

// Whether a stream can run it: not where a node pads the end of a sequence, or reflects its beginning.
bool streams(const std::string& spec);

// The spec with gradient=true on every real input.
std::string with_input_gradients(const std::string& spec);

// lengths for the first axis; further axes have as many sequences, with the lengths in reverse. Random reals; ids that are valid
// for whatever reads them.
void fill(const Model& model, const std::string& spec, const Ids& lengths, std::uint64_t seed, Batch* batch);
