package io.crossfk.rules.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.key.EqualityCases.Case;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two keys are equal exactly if PostgreSQL's foreign key says that the child refers to the parent.
 */
final class PostgresEqualityTest {

  static List<Case> cases() {
    return EqualityCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void keysAreEqualExactlyIfPostgresFindsTheParent(Case line) {
    KeyShape shape = line.shape();

    Key child = shape.fromChild(line.childText());
    Optional<Key> parent = shape.fromParent(line.parentText());

    if (line.equal()) {
      assertThat(parent).contains(child);
      assertThat(parent.orElseThrow()).hasSameHashCodeAs(child);
      assertThat(shape.canonical(parent.orElseThrow())).isEqualTo(shape.canonical(child));
    } else {
      assertThat(parent).isPresent().get().isNotEqualTo(child);
      assertThat(shape.canonical(parent.orElseThrow())).isNotEqualTo(shape.canonical(child));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aParentWithAChildIsReachable(Case line) {
    KeyShape shape = line.shape();
    Key parent = shape.fromParent(line.parentText()).orElseThrow();

    assertThat(shape.reachable(parent) || !line.equal()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothKeysComeBackFromTheTextOfEitherSide(Case line) {
    KeyShape shape = line.shape();
    Key child = shape.fromChild(line.childText());
    Key parent = shape.fromParent(line.parentText()).orElseThrow();

    assertThat(shape.parse(shape.canonical(child))).isEqualTo(child);
    assertThat(shape.parse(shape.canonical(parent))).isEqualTo(parent);
    assertThat(shape.reachable(child)).isTrue();
    assertThat(shape.childText(child, 0)).isNotNull();
    assertThat(shape.parentText(parent, 0)).isNotNull();
    assertThat(line.equal() && shape.parentText(child, 0) == null).isFalse();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theKeyOfAParentDoesNotDependOnWhoRefersToIt(Case line) {
    KeyShape alone = KeyShape.of(List.of(new KeyShape.Pair(line.parent(), line.parent())));

    assertThat(line.shape().fromParent(line.parentText()))
        .isEqualTo(alone.fromParent(line.parentText()));
  }
}
