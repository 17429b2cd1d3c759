package io.crossfk.listener.cli;

import io.crossfk.listener.audit.CheckOutcome;
import io.crossfk.listener.audit.CheckOutcome.Checked;
import io.crossfk.listener.audit.CheckOutcome.Failed;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A check as JUnit's XML, which every CI shows: a test for each rule. */
final class JunitReport {
  private static final String SUITE = "crossfk check";

  private JunitReport() {}

  static String of(List<CheckOutcome> outcomes) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", SUITE);
      xml.writeAttribute("tests", Integer.toString(outcomes.size()));
      xml.writeAttribute("failures", number(outcomes, JunitReport::isBroken));
      xml.writeAttribute("errors", number(outcomes, Failed.class::isInstance));
      xml.writeAttribute(
          "time",
          seconds(outcomes.stream().map(CheckOutcome::time).reduce(Duration.ZERO, Duration::plus)));
      for (CheckOutcome outcome : outcomes) {
        xml.writeCharacters("\n  ");
        test(xml, outcome);
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException impossible) {
      throw new IllegalStateException(impossible);
    }
    return text + "\n";
  }

  private static void test(XMLStreamWriter xml, CheckOutcome outcome) throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", SUITE);
    xml.writeAttribute("name", CheckReport.name(outcome));
    xml.writeAttribute("time", seconds(outcome.time()));
    switch (outcome) {
      case Checked checked when isBroken(checked) ->
          problem(
              xml,
              "failure",
              CheckReport.count(checked) + " broken keys",
              checked.violations().stream()
                  .map(violation -> CheckReport.sentence(checked, violation))
                  .collect(Collectors.joining("\n")));
      case Checked clean -> {}
      case Failed failed ->
          problem(xml, "error", "database " + failed.database() + ": " + failed.reason(), "");
    }
    xml.writeEndElement();
  }

  private static void problem(XMLStreamWriter xml, String element, String message, String text)
      throws XMLStreamException {
    xml.writeStartElement(element);
    xml.writeAttribute("message", message);
    xml.writeCharacters(text);
    xml.writeEndElement();
  }

  private static boolean isBroken(CheckOutcome outcome) {
    return outcome instanceof Checked checked && !checked.violations().isEmpty();
  }

  private static String number(
      List<CheckOutcome> outcomes, java.util.function.Predicate<CheckOutcome> counted) {
    return Long.toString(outcomes.stream().filter(counted).count());
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3f", time.toMillis() / 1e3);
  }
}
