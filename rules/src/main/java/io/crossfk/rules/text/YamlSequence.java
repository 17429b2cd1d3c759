package io.crossfk.rules.text;

import java.util.ArrayList;
import java.util.List;

/** A list of nodes. */
public record YamlSequence(Place place, String path, List<YamlNode> items) implements YamlNode {
  public YamlSequence {
    items = List.copyOf(items);
  }

  @Override
  public int size() {
    return 1 + items.stream().mapToInt(YamlNode::size).sum();
  }

  @Override
  public YamlSequence movedTo(String newPath) {
    List<YamlNode> moved = new ArrayList<>();
    for (YamlNode item : items) {
      moved.add(item.movedTo(YamlNode.itemPath(newPath, moved.size())));
    }
    return new YamlSequence(place, newPath, moved);
  }
}
