package io.crossfk.listener.lookup.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server's bytes arrive in any portions; what comes out is the same, in fewer messages. */
class MergedCopyStreamTest {
  /** A message as a reader sees it. */
  private record Message(char letter, String content) {}

  /** Hands out as many bytes at a time as chance wills. */
  private static InputStream inPortions(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] to, int offset, int length) {
        return super.read(to, offset, Math.min(length, 1 + random.nextInt(3000)));
      }
    };
  }

  private static byte[] bytes(List<Message> messages) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (Message message : messages) {
      out.writeByte(message.letter());
      out.writeInt(message.content().length() + Integer.BYTES);
      out.writeBytes(message.content());
    }
    return bytes.toByteArray();
  }

  private static List<Message> read(InputStream stream) throws IOException {
    List<Message> messages = new ArrayList<>();
    DataInputStream in = new DataInputStream(stream);
    for (int letter = in.read(); letter >= 0; letter = in.read()) {
      byte[] content = new byte[in.readInt() - Integer.BYTES];
      in.readFully(content);
      messages.add(new Message((char) letter, new String(content, StandardCharsets.ISO_8859_1)));
    }
    return messages;
  }

  /** Neighbours that are rows become one, as often as you like. */
  private static List<Message> merged(List<Message> messages) {
    List<Message> merged = new ArrayList<>();
    StringBuilder rows = new StringBuilder();
    for (Message message : messages) {
      if (message.letter() == 'd') {
        rows.append(message.content());
      } else {
        if (!rows.isEmpty()) {
          merged.add(new Message('d', rows.toString()));
          rows.setLength(0);
        }
        merged.add(message);
      }
    }
    return merged;
  }

  private static String content(Random random) {
    // Most are rows of a few bytes; some do not fit into any buffer.
    int length =
        switch (random.nextInt(100)) {
          case 0 -> 120_000 + random.nextInt(20_000);
          case 1 -> 300_000;
          case 2, 3 -> 0;
          default -> random.nextInt(40);
        };
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyByteOfEveryMessageComesInItsOrder(long seed) throws IOException {
    Random random = new Random(seed);
    List<Message> sent = new ArrayList<>(List.of(new Message('R', "\0\0\0\0")));
    for (int i = 0; i < 5000; i++) {
      sent.add(new Message(random.nextInt(200) == 0 ? 'N' : 'd', content(random)));
    }
    sent.add(new Message('Z', "I"));

    List<Message> received =
        read(new MergedCopyStream(inPortions(bytes(sent), new Random(seed + 100))));

    assertThat(merged(received)).isEqualTo(merged(sent));
    assertThat(received).hasSizeLessThan(sent.size() / 4);
  }

  @Test
  void aRefusalOfEncryptionComesFirst() throws IOException {
    List<Message> sent =
        List.of(
            new Message('R', "ok"),
            new Message('d', "a"),
            new Message('d', "b"),
            new Message('c', ""));
    byte[] framed = bytes(sent);
    byte[] all = new byte[framed.length + 2];
    all[0] = 'N';
    all[1] = 'N';
    System.arraycopy(framed, 0, all, 2, framed.length);

    InputStream stream = new MergedCopyStream(new ByteArrayInputStream(all));

    assertThat(stream.read()).isEqualTo('N');
    assertThat(stream.read()).isEqualTo('N');
    assertThat(read(stream))
        .containsExactly(new Message('R', "ok"), new Message('d', "ab"), new Message('c', ""));
  }

  @ParameterizedTest
  @ValueSource(chars = {'S', 'G', (char) 0x16})
  void whatIsEncryptedIsNotTouched(char granted) throws IOException {
    byte[] all =
        bytes(List.of(new Message('d', "a"), new Message('d', "b"), new Message('d', "c")));
    byte[] sent = new byte[all.length + 1];
    sent[0] = (byte) granted;
    System.arraycopy(all, 0, sent, 1, all.length);

    assertThat(new MergedCopyStream(inPortions(sent, new Random(1))).readAllBytes())
        .isEqualTo(sent);
  }

  @Test
  void halfAMessageAtTheEndIsHandedOut() throws IOException {
    byte[] all =
        bytes(List.of(new Message('R', "ok"), new Message('d', "row"), new Message('d', "row")));
    byte[] cut = java.util.Arrays.copyOf(all, all.length - 1);

    byte[] received = new MergedCopyStream(new ByteArrayInputStream(cut)).readAllBytes();

    assertThat(received).endsWith(java.util.Arrays.copyOfRange(cut, 7, cut.length));
  }
}
