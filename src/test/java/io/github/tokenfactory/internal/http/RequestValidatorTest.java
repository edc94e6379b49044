package io.github.tokenfactory.internal.http;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.github.tokenfactory.errors.InvalidRequestException;
import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import retrofit2.Call;
import retrofit2.http.Body;

/** A validator of the caller's own checks any bean, generated or not. */
class RequestValidatorTest {
  interface Service {
    Call<Void> send(@Body Object bean);
  }

  private static final RequestValidator REQUESTS =
      new RequestValidator(
          Validation.byDefaultProvider()
              .configure()
              .messageInterpolator(
                  new ParameterMessageInterpolator(Set.of(Locale.ENGLISH), Locale.ENGLISH, false))
              .buildValidatorFactory()
              .getValidator());

  private static void validateBean(Object bean) throws NoSuchMethodException {
    REQUESTS.validate(Service.class.getDeclaredMethod("send", Object.class), new Object[] {bean});
  }

  /** Annotated as generated models are. */
  public record Bean(
      @Nullable String name,
      @Nullable Long count,
      @Nullable Bean nested,
      @Nullable List<Bean> list) {
    @NotNull
    public @Nullable String getName() {
      return name;
    }

    @DecimalMin(value = "1", message = "must be greater than or equal to {value}")
    public @Nullable Long getCount() {
      return count;
    }

    @Valid
    public @Nullable Bean getNested() {
      return nested;
    }

    @Size(max = 1)
    public @Nullable List<@Valid Bean> getList() {
      return list;
    }

    public Map<String, Bean> unknown() {
      return Map.of("x", this);
    }
  }

  private static final Bean GOOD = new Bean("a", null, null, null);

  private static void assertInvalid(Bean bean, String message) {
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> validateBean(bean))
        .withMessage("Invalid Bean, nothing was sent: " + message + ".");
  }

  @Test
  void takesWhatIsValid() {
    assertThatNoException()
        .isThrownBy(
            () -> {
              validateBean(GOOD);
              validateBean(new Bean("a", 1L, GOOD, List.of(GOOD)));
            });
  }

  @Test
  void refusesWhatIsNot() {
    assertInvalid(new Bean(null, null, null, null), "name must not be null");
    assertInvalid(new Bean("a", 0L, null, null), "count must be greater than or equal to 1");
    assertInvalid(
        new Bean("a", null, new Bean(null, null, null, null), null),
        "nested.name must not be null");
    assertInvalid(
        new Bean("a", null, new Bean("b", 0L, null, null), null),
        "nested.count must be greater than or equal to 1");
    assertInvalid(
        new Bean("a", null, null, List.of(new Bean(null, null, null, null))),
        "list[0].name must not be null");
    assertInvalid(
        new Bean("a", null, null, List.of(GOOD, GOOD)), "list size must be between 0 and 1");
  }

  /** Annotated as handwritten models are. */
  public static class Base {
    @NotNull public @Nullable String id;
  }

  /** Has a method that is named like a getter but is none. */
  public static final class Derived extends Base {
    public String getName(String language) {
      return language;
    }

    public static Derived getDefault() {
      throw new IllegalStateException("called");
    }
  }

  @Test
  void checksFieldsAndInheritedConstraintsOfForeignModels() {
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> validateBean(new Derived()))
        .withMessage("Invalid Derived, nothing was sent: id must not be null.");
  }

  @Test
  void callsNothingButGetters() {
    Derived derived = new Derived();
    derived.id = "a";

    assertThatNoException().isThrownBy(() -> validateBean(derived));
  }
}
