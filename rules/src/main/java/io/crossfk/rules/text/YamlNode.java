package io.crossfk.rules.text;

import java.util.regex.Pattern;

/** A part of a document that knows where it stands, in the file and in the document. */
public sealed interface YamlNode permits YamlMapping, YamlSequence, YamlScalar {

  /** Where the node begins. */
  Place place();

  /** Where it is in the document, as in {@code rules[0].parent}; empty for the root. */
  String path();

  /** How many nodes it is made of, itself among them. */
  int size();

  /** The same node somewhere else in the document: what an alias stands for. */
  YamlNode movedTo(String path);

  /** The path of a property of the mapping at a path. */
  static String propertyPath(String path, String key) {
    if (key.length() <= LONGEST_KEY_SHOWN && PLAIN_KEY.matcher(key).matches()) {
      return path.isEmpty() ? key : path + "." + key;
    }
    String shown =
        key.length() <= LONGEST_KEY_SHOWN ? key : key.substring(0, LONGEST_KEY_SHOWN) + "…";
    return path + "[\"" + shown.replace("\"", "\\\"") + "\"]";
  }

  /** The path of an item of the sequence at a path. */
  static String itemPath(String path, int index) {
    return path + "[" + index + "]";
  }

  /** Every node below holds its name in its own path. */
  int LONGEST_KEY_SHOWN = 100;

  /** What can stand after a dot without being misread. */
  Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]+");
}
