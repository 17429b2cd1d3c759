package io.crossfk.listener.config;

/** A text that must not be seen: it shows as dots wherever it is printed. */
public record Secret(String value) {

  @Override
  public String toString() {
    return "•••";
  }
}
