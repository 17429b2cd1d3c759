package io.crossfk.listener.cli;

/** A placeholder. */
public final class Main {
  private Main() {}

  /** Prints what it was given. */
  public static void main(String[] arguments) {
    System.out.println(String.join("|", arguments));
  }
}
