package io.github.tokenfactory.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import javax.lang.model.SourceVersion;

/**
 * Turns the names and texts of a document into Java that can be nothing but a name, a literal or a
 * comment.
 */
final class JavaNames {
  /** Simple names that generated code uses for something else than a model. */
  private static final Set<String> USED =
      Set.of(
          "Adapter",
          "Builder",
          "Call",
          "DecimalMax",
          "DecimalMin",
          "JsonAdapter",
          "JsonElement",
          "LocalDate",
          "MemberSetter",
          "MultipartBody",
          "NotNull",
          "NullMarked",
          "Nullable",
          "OffsetDateTime",
          "Pattern",
          "RequestBody",
          "ResponseBody",
          "SerializedName",
          "Size",
          "TokenFactoryApi",
          "TypeToken",
          "URI",
          "Valid",
          // All of retrofit2.http, which the interface imports beside the models.
          "Body",
          "DELETE",
          "Field",
          "FieldMap",
          "FormUrlEncoded",
          "GET",
          "HEAD",
          "HTTP",
          "Header",
          "HeaderMap",
          "Headers",
          "Multipart",
          "OPTIONS",
          "PATCH",
          "POST",
          "PUT",
          "Part",
          "PartMap",
          "Path",
          "Query",
          "QueryMap",
          "QueryName",
          "Streaming",
          "Tag",
          "Url",
          // The handwritten classes, which it imports, too.
          "ApiException",
          "AuthenticationException",
          "BadRequestException",
          "BulkEmbedder",
          "BulkException",
          "BulkItem",
          "BulkProgress",
          "CallListener",
          "CancelledException",
          "ConsoleProgress",
          "DeadlineExceededException",
          "EmbeddingInput",
          "EmbeddingResult",
          "EmbeddingVector",
          "EmbeddingsService",
          "EnumAdapter",
          "InvalidRequestException",
          "InvalidResponseException",
          "Json",
          "MultipleOf",
          "NotFoundException",
          "ObjectAdapter",
          "RateLimitException",
          "RateLimits",
          "RequestOptions",
          "ServerException",
          "TokenFactoryClient",
          "TokenFactoryConverterFactory",
          "TokenFactoryException",
          "TransportException",
          "UnionAdapter");

  /** Methods of every object: one of an interface may not return something else. */
  private static final Set<String> METHODS_OF_OBJECT =
      Set.of(
          "clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait");

  private JavaNames() {}

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
    StringBuilder words = new StringBuilder();
    for (String word : split(name)) {
      words.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    return words.toString();
  }

  private static boolean isTaken(String type) {
    if (USED.contains(type)) {
      return true;
    }
    for (String imported : List.of("java.lang.", "java.util.", "java.math.")) {
      try {
        Class.forName(imported + type, false, JavaNames.class.getClassLoader());
        return true;
      } catch (ClassNotFoundException | LinkageError e) {
        // Not there, or there in another case on a file system that does not tell: free.
      }
    }
    return false;
  }

  /** {@return a name for a field, a method and a parameter made of {@code name}} */
  static String member(String name) {
    StringBuilder member = new StringBuilder();
    for (String word : split(name)) {
      if (!member.isEmpty()) {
        member.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
      } else if (word.equals(word.toUpperCase(Locale.ROOT))) {
        member.append(word.toLowerCase(Locale.ROOT));
      } else {
        member.append(Character.toLowerCase(word.charAt(0))).append(word.substring(1));
      }
    }
    if (member.isEmpty() || !Character.isJavaIdentifierStart(member.charAt(0))) {
      member.insert(0, "value");
    }
    String made = member.toString();
    // getClass() is Object's; "value", "builder" and "unknownMembers" are the templates' own.
    return SourceVersion.isKeyword(made)
            || made.equals("class")
            || made.equals("unknownMembers")
            || made.equals("additionalMembers")
        ? made + "Property"
        : made;
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

  private static List<String> split(String name) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    name.codePoints()
        .forEach(
            c -> {
              // Letters beyond ASCII would depend on the encoding of file names.
              if (c < 128 && Character.isLetterOrDigit(c)) {
                word.appendCodePoint(c);
              } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
              }
            });
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  /**
   * {@return what stands between the quotes of a string literal for {@code text}}
   *
   * <p>Octal escapes, not {@code \}{@code u}: the compiler reads those before it knows comments and
   * literals. What is left is plain in a Javadoc comment, too.
   */
  static String literal(String text) {
    StringBuilder literal = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (c < ' ' || c == 127 || "\"\\*@{}<>&".indexOf(c) >= 0) {
                literal.append(String.format("\\%03o", c));
              } else {
                literal.append((char) c);
              }
            });
    return literal.toString();
  }

  /**
   * {@return {@code text} as the inside of a Javadoc comment: one line, paragraphs kept, nothing in
   * it a tag or markup}
   */
  static String javadoc(String text) {
    StringBuilder javadoc = new StringBuilder();
    for (String paragraph : text.strip().split("\\R\\s*\\R")) {
      javadoc.append(javadoc.isEmpty() ? "" : " <p>");
      paragraph
          .strip()
          .replaceAll("[\\s\\p{Cntrl}]+", " ")
          .chars()
          .forEach(
              c ->
                  javadoc.append(
                      "&<>@{}\\\"*".indexOf(c) >= 0 ? "&#" + c + ";" : String.valueOf((char) c)));
    }
    return javadoc.toString();
  }
}
