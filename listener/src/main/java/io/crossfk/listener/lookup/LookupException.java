package io.crossfk.listener.lookup;

/** A database that could not be asked; the message is one line for people and names it. */
public final class LookupException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LookupException(String message, Throwable cause) {
    super(message, cause);
  }

  public LookupException(String message) {
    super(message);
  }
}
