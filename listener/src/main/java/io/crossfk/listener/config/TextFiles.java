package io.crossfk.listener.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Small files of text. */
final class TextFiles {

  private TextFiles() {}

  /** The text of a file, or the reason in words for people. */
  sealed interface Content {
    record Text(String text) implements Content {}

    /**
     * @param line the line at which it stops being text; 1 if it could not be read at all
     */
    record Unreadable(int line, String reason) implements Content {}
  }

  static Content read(Path file, int longest) {
    byte[] bytes;
    try {
      if (Files.isDirectory(file)) {
        return new Content.Unreadable(1, "a folder, and no file");
      }
      long size = Files.size(file);
      if (size > longest) {
        return new Content.Unreadable(
            1, "%d bytes, and at most %d are read".formatted(size, longest));
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException missing) {
      return new Content.Unreadable(1, "no such file");
    } catch (AccessDeniedException denied) {
      return new Content.Unreadable(1, "this user may not read it");
    } catch (IOException failure) {
      return new Content.Unreadable(1, "it cannot be read: " + failure);
    }
    return decoded(bytes);
  }

  /** Strict, since a replaced letter would be a wrong name that looks right. */
  private static Content decoded(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (!result.isError()) {
      return new Content.Text(out.flip().toString());
    }
    int line = 1;
    for (int i = 0; i < in.position(); i++) {
      line += bytes[i] == '\n' ? 1 : 0;
    }
    return new Content.Unreadable(line, "this line is no text in UTF-8");
  }
}
