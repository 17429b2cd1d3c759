package io.crossfk.listener.source.postgres;

/**
 * Bytes that are no message of pgoutput as we asked for it. Never skipped: what cannot be read
 * could be a change.
 */
final class MalformedMessageException extends RuntimeException {
  MalformedMessageException(String message) {
    super(message);
  }
}
