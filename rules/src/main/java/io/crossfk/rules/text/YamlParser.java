package io.crossfk.rules.text;

import io.crossfk.rules.text.YamlMapping.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * YAML 1.2 text to a tree of nodes that know their place. Made from the parser's events and not
 * from a ready tree, since only those give the place of every name and value, and let one duplicate
 * key not hide the rest of the file.
 *
 * <p>Whatever the text, time and memory are bounded: by its length, by the depth, and by the number
 * of nodes, which counts an aliased node each time it is used.
 */
final class YamlParser {
  /** Characters. A thousand rules with descriptions are a third of it. */
  static final int LONGEST_TEXT = 1 << 20;

  static final int DEEPEST_NESTING = 50;
  static final int MOST_NODES = 100_000;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setCodePointLimit(LONGEST_TEXT + 1)
          // What a %YAML line claims changes nothing: the text is read as YAML 1.2.
          .setVersionFunction(version -> version)
          .build();

  private final SourceText source;
  private final String text;
  private final Mistakes mistakes;
  private final ParserImpl events;
  private final Map<Anchor, YamlNode> anchored = new HashMap<>();
  private final Set<Anchor> open = new HashSet<>();
  private int nodes;
  private int lastCodePoint;
  private int lastIndex;

  private YamlParser(SourceText source, String text, Mistakes mistakes) {
    this.source = source;
    this.text = text;
    this.mistakes = mistakes;
    this.events = new ParserImpl(SETTINGS, new StreamReader(SETTINGS, text));
  }

  /**
   * The document's root, or nothing if the text is no YAML. There can be mistakes beside a root:
   * duplicate names, for example.
   */
  static Optional<YamlNode> parse(SourceText source, Mistakes mistakes) {
    mistakes.open(source.file());
    // A byte order mark stands in no column.
    String text = source.text().startsWith("\uFEFF") ? source.text().substring(1) : source.text();
    if (text.length() > LONGEST_TEXT) {
      mistakes.add(
          new Place(source.file(), 1, 1),
          "",
          "the file has "
              + text.length()
              + " characters and may have "
              + LONGEST_TEXT
              + ": split it into several");
      return Optional.empty();
    }
    Optional<Place> unprintable = firstUnprintable(source.file(), text);
    if (unprintable.isPresent()) {
      mistakes.add(
          unprintable.get(),
          "",
          "a control character that YAML does not allow: is this a text file in UTF-8?");
      return Optional.empty();
    }
    try {
      return Optional.of(new YamlParser(source, text, mistakes).document());
    } catch (Unreadable unreadable) {
      mistakes.add(unreadable.place, unreadable.path, unreadable.message);
    } catch (MarkedYamlEngineException notYaml) {
      Place place =
          notYaml
              .getProblemMark()
              .or(notYaml::getContextMark)
              .map(mark -> place(source.file(), mark))
              .orElse(new Place(source.file(), 1, 1));
      mistakes.add(place, "", "not YAML: " + sentence(notYaml));
    } catch (YamlEngineException notYaml) {
      mistakes.add(new Place(source.file(), 1, 1), "", "not YAML: " + notYaml.getMessage());
    }
    return Optional.empty();
  }

  private static String sentence(MarkedYamlEngineException notYaml) {
    String problem = notYaml.getProblem();
    String context = notYaml.getContext();
    String told = context == null || context.isBlank() ? problem : problem + " (" + context + ")";
    if (problem != null && problem.contains("mapping values are not allowed")) {
      return told + ": check the indentation; a value that holds \": \" needs quotes";
    }
    return told;
  }

  private static Optional<Place> firstUnprintable(String file, String text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      if (!StreamReader.isPrintable(codePoint)) {
        return Optional.of(new Place(file, line, column));
      }
      i += Character.charCount(codePoint);
      boolean lineEnds =
          codePoint == '\n'
              || (codePoint == '\r' && !(i < text.length() && text.charAt(i) == '\n'));
      line += lineEnds ? 1 : 0;
      column = lineEnds ? 1 : column + 1;
    }
    return Optional.empty();
  }

  private YamlNode document() throws Unreadable {
    expect(Event.ID.StreamStart);
    if (events.checkEvent(Event.ID.StreamEnd)) {
      throw new Unreadable(new Place(source.file(), 1, 1), "", "the file is empty");
    }
    expect(Event.ID.DocumentStart);
    YamlNode root = node("", 1);
    expect(Event.ID.DocumentEnd);
    if (!events.checkEvent(Event.ID.StreamEnd)) {
      throw new Unreadable(
          place(events.peekEvent()),
          "",
          "a second document begins here: a file holds one; remove the \"---\" or split the file");
    }
    return root;
  }

  private void expect(Event.ID id) {
    if (!events.checkEvent(id)) {
      throw new IllegalStateException("expected " + id + ", got " + events.peekEvent());
    }
    events.next();
  }

  private YamlNode node(String path, int depth) throws Unreadable {
    Event event = events.next();
    Place place = place(event);
    if (depth > DEEPEST_NESTING) {
      throw new Unreadable(
          place,
          "",
          "nested deeper than " + DEEPEST_NESTING + " levels, and nothing here needs to");
    }
    if (event instanceof AliasEvent alias) {
      return aliased(alias.getAlias(), place, path);
    }
    Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
    anchor.ifPresent(open::add);
    YamlNode node =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar, place, path);
          case SequenceStartEvent start -> sequence(start, place, path, depth);
          case MappingStartEvent start -> mapping(start, place, path, depth);
          default -> throw new IllegalStateException("no node: " + event);
        };
    anchor.ifPresent(
        name -> {
          open.remove(name);
          anchored.put(name, node);
        });
    return node;
  }

  private YamlNode aliased(Anchor name, Place place, String path) throws Unreadable {
    if (open.contains(name)) {
      throw new Unreadable(place, path, "*" + name + " stands inside of what it refers to");
    }
    YamlNode node = anchored.get(name);
    if (node == null) {
      throw new Unreadable(
          place, path, "*" + name + " refers to nothing: there is no &" + name + " before it");
    }
    count(node.size(), place, path);
    return node.movedTo(path);
  }

  private void count(int more, Place place, String path) throws Unreadable {
    nodes += more;
    if (nodes > MOST_NODES) {
      throw new Unreadable(
          place,
          path,
          "more than " + MOST_NODES + " values, aliases counted each time: split the file");
    }
  }

  private YamlSequence sequence(CollectionStartEvent start, Place place, String path, int depth)
      throws Unreadable {
    refuseTag(start.getTag(), "!!seq", place, path);
    count(1, place, path);
    List<YamlNode> items = new ArrayList<>();
    while (!events.checkEvent(Event.ID.SequenceEnd)) {
      items.add(node(YamlNode.itemPath(path, items.size()), depth + 1));
    }
    events.next();
    return new YamlSequence(place, path, items);
  }

  private YamlMapping mapping(CollectionStartEvent start, Place place, String path, int depth)
      throws Unreadable {
    refuseTag(start.getTag(), "!!map", place, path);
    count(1, place, path);
    Map<String, Property> properties = new LinkedHashMap<>();
    while (!events.checkEvent(Event.ID.MappingEnd)) {
      Place namePlace = place(events.peekEvent());
      YamlNode nameNode = node(path, depth + 1);
      if (!(nameNode instanceof YamlScalar name) || name.kind() == YamlScalar.Kind.NOTHING) {
        throw new Unreadable(namePlace, path, "the name of a property must be plain text");
      }
      String propertyPath = YamlNode.propertyPath(path, name.text());
      YamlNode value = node(propertyPath, depth + 1);
      Property first = properties.get(name.text());
      if (name.text().equals("<<")) {
        mistakes.add(
            namePlace, propertyPath, "merge keys (<<) are not YAML 1.2: write the properties out");
      } else if (first != null) {
        mistakes.add(
            namePlace,
            propertyPath,
            "\"" + name.text() + "\" stands here twice; first in line " + first.place().line());
      } else {
        properties.put(name.text(), new Property(namePlace, value));
      }
    }
    events.next();
    return new YamlMapping(place, path, properties);
  }

  private YamlScalar scalar(ScalarEvent event, Place place, String path) throws Unreadable {
    count(1, place, path);
    boolean asText = refuseTag(event.getTag(), "!!str", place, path);
    YamlScalar.Kind kind =
        event.isPlain() && !asText ? CoreScalars.kindOf(event.getValue()) : YamlScalar.Kind.TEXT;
    ScalarSpelling.Style style =
        switch (event.getScalarStyle()) {
          case SINGLE_QUOTED -> ScalarSpelling.Style.SINGLE_QUOTED;
          case DOUBLE_QUOTED -> ScalarSpelling.Style.DOUBLE_QUOTED;
          case LITERAL, FOLDED -> ScalarSpelling.Style.BLOCK;
          default -> ScalarSpelling.Style.PLAIN;
        };
    int start = indexInText(event.getStartMark().orElseThrow());
    String value = event.getValue();
    return new YamlScalar(
        place, path, kind, value, value, true, new ScalarSpelling(text, start, style));
  }

  /** True if the node has the one tag that its form allows. */
  private boolean refuseTag(Optional<String> tag, String allowed, Place place, String path)
      throws Unreadable {
    if (tag.isEmpty()) {
      return false;
    }
    String shown = tag.get().replace("tag:yaml.org,2002:", "!!");
    if (!shown.equals(allowed) && !shown.equals("!")) {
      throw new Unreadable(place, path, "the tag " + shown + " means nothing here: remove it");
    }
    return true;
  }

  /** Marks count code points; the way from one mark to the next is short, from the start is not. */
  private int indexInText(Mark mark) {
    lastIndex = text.offsetByCodePoints(lastIndex, mark.getIndex() - lastCodePoint);
    lastCodePoint = mark.getIndex();
    return lastIndex;
  }

  private Place place(Event event) {
    return event
        .getStartMark()
        .map(mark -> place(source.file(), mark))
        .orElse(new Place(source.file(), 1, 1));
  }

  private static Place place(String file, Mark mark) {
    return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  /** The rest of the text cannot be understood. */
  private static final class Unreadable extends Exception {
    private final transient Place place;
    private final String path;
    private final String message;

    Unreadable(Place place, String path, String message) {
      super(message, null, false, false);
      this.place = place;
      this.path = path;
      this.message = message;
    }
  }
}
