package io.crossfk.rules.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.model.TableReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RowTest {

  @Test
  void nullIsNotUnchangedAndUnchangedIsNotNull() {
    Row row = new Row("1", null, Row.unchanged());

    assertThat(row.size()).isEqualTo(3);
    assertThat(row.value(0)).isEqualTo("1");
    assertThat(row.isUnchanged(0)).isFalse();
    assertThat(row.value(1)).isNull();
    assertThat(row.isUnchanged(1)).isFalse();
    assertThat(row.isUnchanged(2)).isTrue();
  }

  @Test
  void aUsersTextThatReadsLikeTheMarkIsAText() {
    String sameCharacters = String.valueOf(Row.unchanged().toCharArray());

    assertThat(new Row(sameCharacters).isUnchanged(0)).isFalse();
    assertThat(new Row(sameCharacters.intern()).isUnchanged(0)).isFalse();
  }

  @Test
  void aTableFindsItsColumnsByTheirExactNames() {
    Table table = table("id", "user_id", "ID");

    assertThat(table.indexOf("id")).isZero();
    assertThat(table.indexOf("user_id")).isEqualTo(1);
    assertThat(table.indexOf("ID")).isEqualTo(2);
    assertThat(table.indexOf("User_Id")).isEqualTo(-1);
  }

  @Test
  void aTableKeepsItsColumnsWhateverBecomesOfTheList() {
    List<Table.Column> columns = new ArrayList<>(table("id").columns());
    Table table = new Table(new TableReference("users", "public", "users"), columns);

    columns.clear();

    assertThat(table.indexOf("id")).isZero();
    assertThat(table).isEqualTo(table("id"));
  }

  private static Table table(String... names) {
    List<Table.Column> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(new Table.Column(name, 20, name.equals("id")));
    }
    return new Table(new TableReference("users", "public", "users"), columns);
  }
}
