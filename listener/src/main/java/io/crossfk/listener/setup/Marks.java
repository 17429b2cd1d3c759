package io.crossfk.listener.setup;

/**
 * Comments on what set-up made. They go with it, and until then they tell the way back from it:
 * what carries none was there before, and stays.
 */
final class Marks {
  static final String TEXT = "made by crossfk setup";

  private Marks() {}
}
