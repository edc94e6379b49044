package io.github.tokenfactory.build;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;

/**
 * Turns the names and texts of a document into Java that can be nothing but a name, a literal or a
 * comment.
 */
final class JavaNames {
  /** Names that generated code declares, inherits or imports, except those of the JDK. */
  private static final Set<String> USED =
      names(
          """
          Adapter Body Builder Call Checked Checks DELETE DecimalMax DecimalMin EnumAdapter Field FormUrlEncoded
          FieldMap GET HEAD HTTP Header Headers JsonAdapter JsonElement JsonPrimitive LocalDate Max MemberSetter Min Multipart
          MultipartBody MultipleOf NotNull NullMarked Nullable OPTIONS ObjectAdapter
          OffsetDateTime PATCH POST PUT Part Path Pattern Query QueryMap RequestBody ResponseBody
          SerializedName Size Streaming TokenFactoryApi TypeToken URI UnionAdapter Valid
          """);

  /** Names, in lower case, that the generator would change or import from elsewhere. */
  private static final Set<String> GENERATORS =
      names(
          """
          anytype apiclient apiexception apimodel apimodelproperty apiresponse array bytearray
          configuration datetime file ioexception jsoncreator jsondeserialize jsonignore
          jsonignoreproperties jsoninclude jsonnullable jsonproperty jsonreader jsonsubtypes
          jsontypeinfo jsontypename jsonvalue jsonwriter list localdate localdatetime localtime object
          offsetdatetime schema stringutil timestamp typeadapter unsignedinteger unsignedlong
          """);

  /** Methods of every object: one of an interface may not return something else. */
  private static final Set<String> METHODS_OF_OBJECT =
      names("clone finalize getClass hashCode notify notifyAll toString wait");

  /** What a literal, Javadoc or YAML does not allow, and characters that are not seen. */
  private static final Pattern TO_ESCAPE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}\"\\\\*@{}<>&]");

  /** The generator's parser takes names of this length; Java takes slightly longer constants. */
  private static final int MAX_LITERAL = 50_000;

  private JavaNames() {}

  private static Set<String> names(String text) {
    return Set.of(text.strip().split("\\s+"));
  }

  /** {@return a class name made of {@code name}, which is the name itself if that is a good one} */
  static String type(String name) {
    String type = words(name);
    if (type.isEmpty() || !Character.isJavaIdentifierStart(type.charAt(0))) {
      type = "Model" + type;
    }
    return isTaken(type) ? type + "Model" : type;
  }

  /** {@return the words of {@code name}, each with a capital, as a part of a class name} */
  static String words(String name) {
    return capitalized(split(name));
  }

  private static String capitalized(List<String> words) {
    return words.stream()
        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining());
  }

  private static boolean isTaken(String type) {
    String lowerCase = type.toLowerCase(Locale.ROOT);
    if (USED.contains(type)
        || GENERATORS.contains(lowerCase)
        || SourceVersion.isKeyword(lowerCase)) {
      return true;
    }
    for (String known : List.of("java.lang.", "java.util.", "java.math.")) {
      try {
        Class.forName(known + type, false, JavaNames.class.getClassLoader());
        return true;
      } catch (ClassNotFoundException | LinkageError e) {
        // Free. LinkageError: a file system that ignores case found another class.
      }
    }
    return false;
  }

  /** {@return a name for a field, a method and a parameter made of {@code name}} */
  static String member(String name) {
    List<String> words = split(name);
    String first = words.isEmpty() ? "" : words.get(0);
    String start =
        first.equals(first.toUpperCase(Locale.ROOT))
            ? first.toLowerCase(Locale.ROOT)
            : Character.toLowerCase(first.charAt(0)) + first.substring(1);
    String member = start + capitalized(words.subList(Math.min(1, words.size()), words.size()));
    if (member.isEmpty() || !Character.isJavaIdentifierStart(member.charAt(0))) {
      member = "value" + member;
    }
    // getClass() is Object's; the other two are the templates' own.
    boolean isTaken = Set.of("class", "unknownMembers", "additionalMembers").contains(member);
    return isTaken || SourceVersion.isKeyword(member) ? member + "Property" : member;
  }

  /** {@return a name for a method of the interface made of {@code name}} */
  static String method(String name) {
    String method = member(name);
    return METHODS_OF_OBJECT.contains(method) ? method + "Operation" : method;
  }

  /** {@return a constant's name made of {@code value}} */
  static String constant(String value) {
    String signed = value.matches("-[0-9].*") ? "MINUS_" + value.substring(1) : value;
    String constant =
        String.join("_", split(signed.replaceAll("([a-z0-9])([A-Z])", "$1_$2")))
            .toUpperCase(Locale.ROOT);
    if (constant.isEmpty()) {
      return value.isEmpty() ? "EMPTY" : "VALUE";
    }
    return Character.isJavaIdentifierStart(constant.charAt(0)) ? constant : "VALUE_" + constant;
  }

  /**
   * {@return {@code name}, with the first number from 2 on that makes {@code isFree} true, if it is
   * not as it is}
   */
  static String unique(String name, Predicate<String> isFree) {
    String unique = name;
    for (int i = 2; !isFree.test(unique); i++) {
      unique = name + i;
    }
    return unique;
  }

  /** Letters beyond ASCII separate words: in a file name they would depend on the encoding. */
  private static List<String> split(String name) {
    return Stream.of(name.split("[^A-Za-z0-9]+")).filter(word -> !word.isEmpty()).toList();
  }

  /**
   * {@return what stands between the quotes of a string literal for {@code text}}
   *
   * <p>Octal escapes, not {@code \}{@code u}: the compiler reads those before it knows comments and
   * literals, which is harmless for the characters beyond that are not seen. What is left is plain
   * in a Javadoc comment, too.
   */
  static String literal(String text) {
    return TO_ESCAPE
        .matcher(text)
        .replaceAll(
            found -> {
              StringBuilder escaped = new StringBuilder();
              for (char c : found.group().toCharArray()) {
                escaped.append(String.format(c < 0x100 ? "\\%03o" : "\\u%04x", (int) c));
              }
              return Matcher.quoteReplacement(escaped.toString());
            });
  }

  /** Fails if a text is longer than a constant of Java can be; {@code where} is its place. */
  static void requireFits(String text, String where) {
    if (literal(text).getBytes(StandardCharsets.UTF_8).length > MAX_LITERAL) {
      throw new IllegalArgumentException(
          "A name or value of %d characters is too long for Java at %s"
              .formatted(text.length(), where));
    }
  }

  /** Fails if a class has more members than the compiler takes; {@code where} is its place. */
  static void requireRoom(int members, int most, String where) {
    if (members > most) {
      throw new IllegalArgumentException(
          "%s has %d members; a Java class has room for %d".formatted(where, members, most));
    }
  }

  /** Fails if there are too many texts for a class, or one is too long for it. */
  static void requireFit(Collection<String> texts, int most, String where) {
    requireRoom(texts.size(), most, where);
    texts.forEach(text -> requireFits(text, where));
  }

  /** {@return a string literal for {@code text}} */
  static String quoted(String text) {
    return '"' + literal(text) + '"';
  }
}
