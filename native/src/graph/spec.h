// The text of a graph: one line a node, `name = op input... key=value...`, # starts a comment. This file knows only the grammar.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tidegate {

struct NodeLine {
  int line;                          // from 1
  std::string name, op;
  std::vector<std::string> inputs;   // node, or node.port
  std::vector<std::pair<std::string, std::string>> attributes;
};

// Throws invalid_spec with the line: not UTF-8 or not ASCII outside comments, no name, no op, a name given twice, too many nodes.
std::vector<NodeLine> parse_spec(const std::string& text);

}  // namespace tidegate
