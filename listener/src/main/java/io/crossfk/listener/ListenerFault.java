package io.crossfk.listener;

/**
 * The running service can vouch for nothing any more: the process must end, and a new one reads the
 * journal (I5). Nothing that was published is in doubt.
 */
public final class ListenerFault extends RuntimeException {

  /** Exit code for an error of crossfk itself (sysexits: EX_SOFTWARE). */
  public static final int SOFTWARE = 70;

  private final int exitCode;

  ListenerFault(String message, int exitCode, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
