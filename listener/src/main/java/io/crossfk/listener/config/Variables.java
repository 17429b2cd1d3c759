package io.crossfk.listener.config;

import io.crossfk.rules.text.Mistakes;
import io.crossfk.rules.text.Substitution;
import io.crossfk.rules.text.Suggestions;
import io.crossfk.rules.text.YamlScalar;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${NAME}} by an environment variable and {@code ${file:/path}} by a file's content
 * without its last line break, as Kubernetes and Docker lay out secrets. A second dollar sign in
 * front of the brace's own keeps the letters as they are.
 */
final class Variables implements Substitution {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final int LONGEST_SECRET = 1 << 16;

  private final Path folder;
  private final Map<String, String> environment;

  /**
   * @param folder what relative paths are relative to
   */
  Variables(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  @Override
  public Optional<String> apply(YamlScalar scalar, Mistakes mistakes) {
    String text = scalar.text();
    StringBuilder result = new StringBuilder();
    boolean complete = true;
    int index = 0;
    while (index < text.length()) {
      if (text.startsWith("$${", index)) {
        result.append("${");
        index += 3;
      } else if (text.startsWith("${", index)) {
        int end = text.indexOf('}', index);
        if (end < 0) {
          mistakes.add(
              scalar,
              index,
              "this ${ is never closed by a }; write $${ for the letters themselves");
          return Optional.empty();
        }
        Optional<String> value = value(text.substring(index + 2, end), scalar, index, mistakes);
        value.ifPresent(result::append);
        complete &= value.isPresent();
        index = end + 1;
      } else {
        result.append(text.charAt(index));
        index++;
      }
    }
    return complete ? Optional.of(result.toString()) : Optional.empty();
  }

  private Optional<String> value(String name, YamlScalar scalar, int offset, Mistakes mistakes) {
    if (name.startsWith("file:")) {
      return content(name.substring("file:".length()), scalar, offset, mistakes);
    }
    if (!NAME.matcher(name).matches()) {
      mistakes.add(
          scalar,
          offset,
          "${"
              + name
              + "} is neither ${NAME} nor ${file:/path}; write $${ for the letters themselves");
      return Optional.empty();
    }
    String value = environment.get(name);
    if (value == null) {
      mistakes.add(
          scalar,
          offset,
          "the environment has no "
              + name
              + Suggestions.nearest(name, environment.keySet())
                  .map(near -> "; did you mean ${" + near + "}?")
                  .orElse(": set it before crossfk starts"));
    }
    return Optional.ofNullable(value);
  }

  private Optional<String> content(String path, YamlScalar scalar, int offset, Mistakes mistakes) {
    TextFiles.Content content;
    try {
      content = TextFiles.read(folder.resolve(path), LONGEST_SECRET);
    } catch (InvalidPathException noPath) {
      content = new TextFiles.Content.Unreadable(1, "that is no path");
    }
    return switch (content) {
      case TextFiles.Content.Text text -> Optional.of(text.text().replaceFirst("\\r?\\n\\z", ""));
      case TextFiles.Content.Unreadable unreadable -> {
        mistakes.add(scalar, offset, "${file:" + path + "}: " + unreadable.reason());
        yield Optional.empty();
      }
    };
  }
}
