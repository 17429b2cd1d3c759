package io.crossfk.listener.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Change;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Row;
import io.crossfk.rules.change.Table;
import io.crossfk.rules.change.Table.Column;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.model.TableReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two lines per wire message: bytes, value. */
final class PgOutputDecoderTest {
  private static final long INT8 = 20;
  private static final long TEXT = 25;
  private static final int ORDERS_ID = 16_385;
  private static final TableReference ORDERS = new TableReference("orders", "public", "orders");
  private static final TableReference USERS = new TableReference("orders", "Şema", "ürün users");

  private final List<String> unfit = new ArrayList<>();
  private final WatchedTables tables =
      new WatchedTables(
          List.of(
              new WatchedTable(ORDERS, Set.of("user_id", "id"), Set.of("id")),
              new WatchedTable(USERS, Set.of("id"), Set.of())),
          (table, message) -> unfit.add(table + " " + message));
  private final PgOutputDecoder decoder = new PgOutputDecoder(tables);

  @Test
  void beginCarriesTheTopLevelXidUnsignedAndTheCommitTime() {
    Wire begin = Wire.message('B').int64(0xF000_0000_0000_0001L).int64(-1).int32(4_294_967_295L);
    assertThat(decode(begin))
        .isEqualTo(
            new Change.Begin(
                TransactionId.of(4_294_967_295L),
                Position.parse("F0000000/1"),
                Instant.parse("1999-12-31T23:59:59.999999Z")));
  }

  @Test
  void commitIsThePositionAfterTheRecord() {
    Wire commit = Wire.message('C').int8(0).int64(0x10).int64(0x40).int64(1_000_000);
    assertThat(decode(commit)).isEqualTo(new Change.Commit(new Position(0x40)));
  }

  @Test
  void originTypeAndLogicalMessageSayNothingOfTables() {
    assertThat(decode(Wire.message('O').int64(1).name("elsewhere"))).isNull();
    assertThat(decode(Wire.message('Y').int32(90_000).name("public").name("mood"))).isNull();
    assertThat(decode(Wire.message('M').int8(1).int64(7).name("x").int32(3).int8(1).int16(2)))
        .isNull();
  }

  @Test
  void onlyWatchedColumnsAreReadInTheOrderOfTheLog() {
    Table orders = describeOrders();
    assertThat(orders)
        .isEqualTo(
            new Table(
                ORDERS, List.of(new Column("id", INT8, true), new Column("user_id", INT8, false))));
    Wire insert = Wire.message('I').int32(ORDERS_ID).int8('N').int16(4);
    insert.text("7").text("a note nobody needs").text("42").sqlNull();
    assertThat(values(((Change.Insert) decoded(insert)).row())).containsExactly("7", "42");
  }

  @Test
  void aTypeOidIsUnsigned() {
    Wire relation = Wire.message('R').int32(5).name("public").name("orders").int8('d').int16(2);
    relation.column(true, "id", 4_294_967_290L).column(false, "user_id", INT8);
    assertThat(decode(relation)).isNull();
    assertThat(inserted(5, "1", "2").table().columns().getFirst().typeOid())
        .isEqualTo(4_294_967_290L);
  }

  @Test
  void namesAndValuesAreUtf8() {
    Wire relation = Wire.message('R').int32(6).name("Şema").name("ürün users").int8('d').int16(1);
    decode(relation.column(true, "id", TEXT));
    assertThat(inserted(6, "Kıbrıs 🦊").table().reference()).isEqualTo(USERS);
    assertThat(inserted(6, "Kıbrıs 🦊").row().value(0)).isEqualTo("Kıbrıs 🦊");
  }

  @Test
  void nullIsNullAndUnchangedIsNever() {
    describeOrders();
    Wire update = Wire.message('U').int32(ORDERS_ID).int8('N').int16(4);
    Row after =
        ((Change.Update) decoded(update.unchanged().unchanged().sqlNull().sqlNull())).after();
    assertThat(after.isUnchanged(0)).isTrue();
    assertThat(after.isUnchanged(1)).isFalse();
    assertThat(after.value(1)).isNull();
  }

  @Test
  void anUpdateMayCarryNoOldRowOrItsIdentityOrAllOfIt() {
    describeOrders();
    Change.Update plain = (Change.Update) decoded(update(null));
    assertThat(plain.before()).isEmpty();
    Change.Update identity = (Change.Update) decoded(update('K'));
    assertThat(values(identity.before().orElseThrow())).containsExactly("6", null);
    assertThat(identity.beforeIsWhole()).isFalse();
    assertThat(values(identity.after())).containsExactly("7", "42");
    assertThat(((Change.Update) decoded(update('O'))).beforeIsWhole()).isTrue();
  }

  @Test
  void aDeleteCarriesTheIdentityOrTheWholeRow() {
    describeOrders();
    Wire key = Wire.message('D').int32(ORDERS_ID).int8('K').int16(4);
    Change.Delete byKey = (Change.Delete) decoded(key.text("7").sqlNull().sqlNull().sqlNull());
    assertThat(values(byKey.before())).containsExactly("7", null);
    assertThat(byKey.beforeIsWhole()).isFalse();
    Wire whole = Wire.message('D').int32(ORDERS_ID).int8('O').int16(4);
    Change.Delete byRow = (Change.Delete) decoded(whole.text("7").sqlNull().text("4").sqlNull());
    assertThat(values(byRow.before())).containsExactly("7", "4");
    assertThat(byRow.beforeIsWhole()).isTrue();
  }

  @Test
  void aTruncateNamesTheWatchedTablesAmongAllOfThem() {
    Table orders = describeOrders();
    decode(Wire.message('R').int32(9).name("public").name("other").int8('d').int16(0));
    assertThat(decode(Wire.message('T').int32(2).int8(3).int32(9).int32(ORDERS_ID)))
        .isEqualTo(new Change.Truncate(List.of(orders)));
    assertThat(decode(Wire.message('T').int32(1).int8(0).int32(9))).isNull();
  }

  @Test
  void whatNobodyWatchesIsIgnoredWhateverItsRowsAre() {
    Wire other = Wire.message('R').int32(9).name("public").name("other").int8('d').int16(1);
    assertThat(decode(other.column(true, "id", INT8))).isNull();
    assertThat(decode(Wire.message('I').int32(9).int8('N').int16(1).text("1"))).isNull();
    assertThat(decode(Wire.message('D').int32(9).int8('K').int16(1).text("1"))).isNull();
  }

  @Test
  void aTableOfTheSameNameInAnotherSchemaIsAnotherTable() {
    Wire other = Wire.message('R').int32(9).name("archive").name("orders").int8('d').int16(1);
    decode(other.column(true, "id", INT8));
    assertThat(decode(Wire.message('I').int32(9).int8('N').int16(1).text("1"))).isNull();
  }

  @Test
  void theSameDescriptionIsTheSameObjectEvenOnAnotherConnection() {
    Table first = describeOrders();
    assertThat(describeOrders()).isSameAs(first);
    PgOutputDecoder nextConnection = new PgOutputDecoder(tables);
    assertThat(nextConnection.decode(ordersRelation(ORDERS_ID).buffer())).isNull();
    Wire insert = Wire.message('I').int32(ORDERS_ID).int8('N').int16(4);
    insert.text("7").sqlNull().text("42").sqlNull();
    assertThat(nextConnection.decode(insert.buffer()))
        .isInstanceOfSatisfying(Change.Insert.class, i -> assertThat(i.table()).isSameAs(first));
  }

  @Test
  void aColumnDroppedBeforeTheKeyMovesTheKeyAndNotTheTable() {
    Table first = describeOrders();
    Wire relation =
        Wire.message('R').int32(ORDERS_ID).name("public").name("orders").int8('d').int16(2);
    decode(relation.column(true, "id", INT8).column(false, "user_id", INT8));
    Change.Insert insert = inserted(ORDERS_ID, "7", "42");
    assertThat(insert.table()).isSameAs(first);
    assertThat(values(insert.row())).containsExactly("7", "42");
  }

  @Test
  void aChangedTypeIsANewTable() {
    Table first = describeOrders();
    Wire relation =
        Wire.message('R').int32(ORDERS_ID).name("public").name("orders").int8('d').int16(2);
    decode(relation.column(true, "id", INT8).column(false, "user_id", TEXT));
    Table second = inserted(ORDERS_ID, "7", "x").table();
    assertThat(second).isNotSameAs(first);
    assertThat(second.columns().get(1).typeOid()).isEqualTo(TEXT);
  }

  @Test
  void aRelationWithoutAWatchedColumnOrOldKeyIsUnfit() {
    Wire relation = Wire.message('R').int32(3).name("public").name("orders").int8('d').int16(1);
    decode(relation.column(false, "id", INT8));
    assertThat(unfit).hasSize(2);
    assertThat(unfit.get(0)).contains("orders:public.orders").contains("[user_id]");
    assertThat(unfit.get(1)).contains("old values of [id]").contains("REPLICA IDENTITY");
  }

  @Test
  void anUnknownTypeIsNamedWithItsPlace() {
    assertThatThrownBy(() -> decode(Wire.message('S').int32(1)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("pgoutput message of 5 bytes: unknown type S at byte 0, in protocol 1");
    assertThatThrownBy(() -> decode(Wire.message((char) 0)))
        .hasMessageContaining("unknown type 0x0");
  }

  @Test
  void aMessageCutAnywhereIsAnErrorThatNamesItAndThePlace() {
    describeOrders();
    Wire truncate = Wire.message('T').int32(1).int8(0).int32(ORDERS_ID);
    Wire begin = Wire.message('B').int64(1).int64(1).int32(1);
    Wire commit = Wire.message('C').int8(0).int64(1).int64(2).int64(3);
    Wire logical = Wire.message('M').int8(1).int64(7).name("x").int32(1).int8(1);
    Wire origin = Wire.message('O').int64(1).name("elsewhere");
    for (Wire whole :
        List.of(
            update('K'),
            update('O'),
            ordersRelation(4),
            truncate,
            begin,
            commit,
            logical,
            origin)) {
      for (int length = 0; length < whole.length(); length++) {
        int cut = length;
        assertThatThrownBy(() -> decoder.decode(whole.cutTo(cut)))
            .as("cut to %s bytes", cut)
            .isInstanceOf(MalformedMessageException.class)
            .hasMessageContaining("of " + cut + " bytes")
            .hasMessageContaining("at byte ");
      }
    }
  }

  @Test
  void aLengthThatLiesIsAnError() {
    describeOrders();
    Wire negative = Wire.message('I').int32(ORDERS_ID).int8('N').int16(4).int8('t').int32(-5);
    assertThatThrownBy(() -> decode(negative)).hasMessageContaining("4294967291 bytes are needed");
    Wire huge = Wire.message('I').int32(ORDERS_ID).int8('N').int16(4).int8('t');
    assertThatThrownBy(() -> decode(huge.int32(Integer.MAX_VALUE)))
        .hasMessageContaining("pgoutput Insert");
  }

  @Test
  void bytesBehindTheEndAreAnError() {
    assertThatThrownBy(() -> decode(Wire.message('O').int64(1).name("x").int8(0)))
        .hasMessage("pgoutput Origin of 12 bytes: 1 bytes follow its end at byte 11");
  }

  @Test
  void aRowOfAnUndescribedRelationIsAnError() {
    assertThatThrownBy(() -> decode(Wire.message('I').int32(4_000_000_000L).int8('N')))
        .hasMessageContaining("relation 4000000000 was not described");
  }

  @Test
  void aRowThatDoesNotFitItsDescriptionIsAnError() {
    describeOrders();
    assertThatThrownBy(() -> inserted(ORDERS_ID, "1", "2"))
        .hasMessageContaining("has 2 columns at byte 6, its description has 4");
  }

  @Test
  void aBinaryValueIsAnErrorSinceTextWasAsked() {
    describeOrders();
    Wire insert = Wire.message('I').int32(ORDERS_ID).int8('N').int16(4).raw('b', new byte[8]);
    assertThatThrownBy(() -> decode(insert))
        .hasMessageContaining("found b at byte 8 instead of t, n or u");
  }

  private static Wire update(@Nullable Character old) {
    Wire update = Wire.message('U').int32(ORDERS_ID);
    if (old != null) {
      update.int8(old).int16(4).text("6").sqlNull().sqlNull().sqlNull();
    }
    return update.int8('N').int16(4).text("7").text("note").text("42").sqlNull();
  }

  private static Wire ordersRelation(int id) {
    Wire relation = Wire.message('R').int32(id).name("public").name("orders").int8('d').int16(4);
    relation.column(true, "id", INT8).column(false, "note", TEXT);
    return relation.column(false, "user_id", INT8).column(false, "extra", TEXT);
  }

  private Table describeOrders() {
    assertThat(decode(ordersRelation(ORDERS_ID))).isNull();
    Change.Truncate truncate =
        (Change.Truncate) decoded(Wire.message('T').int32(1).int8(0).int32(ORDERS_ID));
    return truncate.tables().getFirst();
  }

  private Change.Insert inserted(int id, String... values) {
    Wire insert = Wire.message('I').int32(id).int8('N').int16(values.length);
    for (String value : values) {
      insert.text(value);
    }
    return (Change.Insert) decoded(insert);
  }

  private @Nullable Change decode(Wire message) {
    return decoder.decode(message.buffer());
  }

  private Change decoded(Wire message) {
    return Objects.requireNonNull(decode(message));
  }

  private static List<@Nullable String> values(Row row) {
    List<@Nullable String> values = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      values.add(row.value(i));
    }
    return values;
  }
}
