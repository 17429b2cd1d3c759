package io.crossfk.listener.randomwork;

import java.util.UUID;

/** How the keys of one kind look in SQL; each is made of a small number. */
enum KeySpace {
  NUMBER {
    @Override
    String literal(int number) {
      return Integer.toString(number);
    }
  },
  WORD {
    @Override
    String literal(int number) {
      return "'Ä-" + number + "'";
    }
  },
  IDENTIFIER {
    @Override
    String literal(int number) {
      return "'" + new UUID(0x4000L, Long.MIN_VALUE | number) + "'::uuid";
    }
  },
  /** Two columns. */
  LINE {
    @Override
    String literal(int number) {
      return number / 4 + ", " + number % 4;
    }
  };

  /** The values of all columns of the key. */
  abstract String literal(int number);
}
