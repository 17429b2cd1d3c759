package io.crossfk.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * A server of the sandbox could not be set up, started or stopped. The message names the server,
 * what was tried and the end of the server's own log.
 */
public final class SandboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SandboxException(String message) {
    super(message);
  }

  SandboxException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
