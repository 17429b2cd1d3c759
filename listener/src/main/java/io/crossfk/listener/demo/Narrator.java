package io.crossfk.listener.demo;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;

/** Tells the story: what was done, what crossfk made of it, and when. For use by any thread. */
final class Narrator {
  private enum Ink {
    PLAIN(""),
    BOLD("1"),
    DIM("2"),
    RED("31"),
    GREEN("32"),
    BLUE("36");

    private final String code;

    Ink(String code) {
      this.code = code;
    }
  }

  private final PrintWriter out;
  private final boolean colour;
  private final long startedNanos;

  Narrator(PrintWriter out, boolean colour) {
    this.out = out;
    this.colour = colour;
    long runningMillis =
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    this.startedNanos = System.nanoTime() - Duration.ofMillis(runningMillis).toNanos();
  }

  /** Since the start of the process. */
  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  void title(String text) {
    say("", Ink.BOLD, text);
  }

  void plain(String text) {
    say("", Ink.PLAIN, text);
  }

  void blank() {
    say("", Ink.PLAIN, "");
  }

  /** Something is ready, and since when. */
  void ready(String what) {
    say("%9s  ".formatted(milliseconds(elapsed())), Ink.PLAIN, what);
  }

  void chapter(int number, String title) {
    blank();
    say("", Ink.BOLD, number + ". " + title);
  }

  /** What is done in a database. */
  void sql(String database, String statement) {
    say("   %-8s ".formatted(database + ">"), Ink.BLUE, statement);
  }

  void opened(String text) {
    verdict(Ink.RED, text);
  }

  void resolved(String text) {
    verdict(Ink.GREEN, text);
  }

  void silence(String text) {
    verdict(Ink.DIM, text);
  }

  private void verdict(Ink ink, String text) {
    say("   crossfk  ", ink, text);
  }

  /** More about the verdict just told. */
  void more(String text) {
    say("            ", Ink.DIM, text);
  }

  private synchronized void say(String before, Ink ink, String text) {
    boolean inked = colour && !ink.code.isEmpty();
    out.println(before + (inked ? "\u001b[" + ink.code + "m" + text + "\u001b[0m" : text));
    out.flush();
  }

  /** {@code 2,034 ms}. */
  static String milliseconds(Duration duration) {
    return String.format(Locale.ROOT, "%,d ms", duration.toMillis());
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
