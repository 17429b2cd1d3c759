package io.crossfk.listener.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  @Test
  void aSlipOfTheFingerFindsWhatWasMeant() {
    List<String> names = List.of("orders", "users", "user_roles");

    assertThat(NearestName.of("usres", names)).contains("users");
    assertThat(NearestName.of("user", names)).contains("users");
    assertThat(NearestName.of("userroles", names)).contains("user_roles");
  }

  @Test
  void onlyTheCaseMayDiffer() {
    assertThat(NearestName.of("ID", List.of("it", "Id", "is"))).contains("Id");
  }

  @Test
  void aNameThatIsFarFromAllIsNotGuessed() {
    assertThat(NearestName.of("invoices", List.of("orders", "users"))).isEmpty();
    assertThat(NearestName.of("x", List.of())).isEmpty();
  }

  @Test
  void ofTwoThatAreAsNearTheFirstByNameIsTaken() {
    assertThat(NearestName.of("user", List.of("users", "usera"))).contains("usera");
  }
}
