package io.crossfk.rules.change;

/** A top-level transaction id as pgoutput's Begin carries it: 32 bits, they wrap. */
public record TransactionId(int value) {

  public static TransactionId of(long unsigned) {
    return new TransactionId((int) unsigned);
  }

  @Override
  public String toString() {
    return Integer.toUnsignedString(value);
  }
}
