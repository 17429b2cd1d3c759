import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Reads the XML reports in the folders that are given and prints each failed test with what it said,
 * then one line: {@code N passed, N failed, N skipped}.
 *
 * <p>It counts test cases, not the sums in the reports' heads: a class that two test engines run has
 * one report, whose head speaks of the engine that came last.
 */
class TestReport {
  private static final int LINES = 60;

  public static void main(String[] folders) throws Exception {
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int passed = 0;
    int failed = 0;
    int skipped = 0;
    for (Path report : reports(folders)) {
      Element suite =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getDocumentElement();
      for (Element test : elements(suite.getElementsByTagName("testcase")).toList()) {
        Optional<Element> failure = child(test, "failure").or(() -> child(test, "error"));
        if (failure.isPresent()) {
          failed++;
          out.printf(
              "%n-- FAILED %s.%s (%s)%n",
              suite.getAttribute("name"), test.getAttribute("name"), report.getParent());
          print(out, "", failure.get().getTextContent());
          child(test, "system-out").ifPresent(it -> print(out, "out| ", it.getTextContent()));
          child(test, "system-err").ifPresent(it -> print(out, "err| ", it.getTextContent()));
        } else if (child(test, "skipped").isPresent()) {
          skipped++;
        } else {
          passed++;
        }
      }
    }
    out.printf("%n%d passed, %d failed, %d skipped%n", passed, failed, skipped);
  }

  private static List<Path> reports(String[] folders) throws Exception {
    List<Path> reports = new ArrayList<>();
    for (String folder : folders) {
      if (Files.isDirectory(Path.of(folder))) {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
          files
              .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
              .sorted()
              .forEach(reports::add);
        }
      }
    }
    return reports;
  }

  /** The end of a long text is where the failure is; of a stack trace, which is short, all of it. */
  private static void print(PrintStream out, String prefix, String text) {
    List<String> lines = text.strip().lines().toList();
    if (lines.size() > LINES) {
      out.printf("%s... %d lines before%n", prefix, lines.size() - LINES);
    }
    lines.stream().skip(Math.max(0, lines.size() - LINES)).forEach(it -> out.println(prefix + it));
  }

  private static Optional<Element> child(Element parent, String name) {
    return elements(parent.getChildNodes()).filter(it -> it.getTagName().equals(name)).findFirst();
  }

  private static Stream<Element> elements(NodeList nodes) {
    return IntStream.range(0, nodes.getLength())
        .<Node>mapToObj(nodes::item)
        .filter(Element.class::isInstance)
        .map(Element.class::cast);
  }
}
